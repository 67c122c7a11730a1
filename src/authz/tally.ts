/** Counts people, documents and pairs of both, of several things at once. */
import type { DocumentGroup } from './document-groups.ts';

/** Counts of several things at once, each by its number. */
export class Tally {
  readonly people: Float64Array;
  private readonly pairs: Float64Array;
  private readonly groups: readonly DocumentGroup[];
  /** By thing, then by group: 1 where somebody was counted. */
  private readonly touched: Uint8Array;
  /** Things of the person who is being counted. */
  private readonly own: Uint8Array;

  constructor(groups: readonly DocumentGroup[], things: number) {
    this.groups = groups;
    this.people = new Float64Array(things);
    this.pairs = new Float64Array(things);
    this.touched = new Uint8Array(things * groups.length);
    this.own = new Uint8Array(things);
  }

  /** Counts a thing in a group for the person who is being counted. */
  add(thing: number, group: number): void {
    const { count } = this.groups[group] as DocumentGroup;
    this.own[thing] = 1;
    this.touched[thing * this.groups.length + group] = 1;
    this.pairs[thing] = (this.pairs[thing] as number) + count;
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

  counts(thing: number) {
    const first = thing * this.groups.length;
    const documents = this.groups.reduce(
      (sum, { count }, group) => sum + (this.touched[first + group] === 1 ? count : 0),
      0,
    );
    return {
      people: this.people[thing] as number,
      documents,
      pairs: this.pairs[thing] as number,
    };
  }
}
