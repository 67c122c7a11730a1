/** Counts of several things at once: of how many people, documents, and pairs of both. */
import { bitsFor, hasBit, setBit } from './bits.ts';
import type { DocumentGroup } from './document-groups.ts';

/** People, documents, and pairs of both. */
export type Counts = {
  readonly people: number;
  readonly documents: number;
  readonly pairs: number;
};

/** Things are known by their numbers, and are counted for one person after the other. */
export class EffectTally {
  readonly people: Float64Array;
  private readonly documents: Float64Array;
  private readonly pairs: Float64Array;
  private readonly groups: readonly DocumentGroup[];
  /** By thing: the groups in which somebody was counted. */
  private readonly touched: Int32Array[] = [];
  /** Things of the person who is being counted. */
  private readonly own: Uint8Array;

  constructor(groups: readonly DocumentGroup[], things: number) {
    this.groups = groups;
    this.people = new Float64Array(things);
    this.documents = new Float64Array(things);
    this.pairs = new Float64Array(things);
    this.own = new Uint8Array(things);
  }

  /** Counts a thing in a group for the person who is being counted: once at most. */
  add(thing: number, group: number): void {
    const { count } = this.groups[group] as DocumentGroup;
    this.own[thing] = 1;
    this.pairs[thing] = (this.pairs[thing] as number) + count;
    const touched = this.touched[thing] ?? bitsFor(this.groups.length);
    this.touched[thing] = touched;
    if (hasBit(touched, group)) return;
    setBit(touched, group);
    this.documents[thing] = (this.documents[thing] as number) + count;
  }

  /** The same for several things, as bits. */
  addBits(things: number, group: number): void {
    for (let left = things; left !== 0; left &= left - 1) {
      this.add(31 - Math.clz32(left & -left), group);
    }
  }

  /** Counts whatever was added since the last time as of one more person. */
  endPerson(): void {
    for (const [thing, isOwn] of this.own.entries()) {
      this.people[thing] = (this.people[thing] as number) + isOwn;
    }
    this.own.fill(0);
  }

  counts(thing: number): Counts {
    return {
      people: this.people[thing] as number,
      documents: this.documents[thing] as number,
      pairs: this.pairs[thing] as number,
    };
  }
}
