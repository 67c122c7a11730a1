/**
 * What a change would do, before it is made: exactly how many people gain or lose what on how
 * many documents. Exact because access only adds up, and groups of documents are finite.
 */
import { ACTIONS, type Action } from './actions.ts';
import { affectedBy } from './affected.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import {
  type DocumentGroup,
  DocumentGroups,
  type Grouping,
  groupingOf,
} from './document-groups.ts';
import { LEVELS_SHIFT, marksOf } from './group-marks.ts';
import { GUEST, kindOf, type Principal } from './principal.ts';
import { renamedFacts } from './rename.ts';
import type { WorldChange } from './world-change.ts';

/** People, documents, and pairs of both, for whom an action on a doctype changes hands. */
export type Effect = {
  readonly doctype: string;
  readonly action: Action;
  /** People, service accounts, system principals; whoever has not signed in counts as one. */
  readonly people: number;
  readonly documents: number;
  readonly pairs: number;
};

/** The same for reading the fields of a level. */
export type FieldEffect = Omit<Effect, 'action'> & {
  readonly level: number;
  /** True where some field of the level says something of a person. */
  readonly isPersonal: boolean;
};

export type Preview = {
  readonly gained: readonly Effect[];
  readonly lost: readonly Effect[];
  readonly gainedFields: readonly FieldEffect[];
  readonly lostFields: readonly FieldEffect[];
};

/** A change on its way: the worlds before and after it, and whom it can concern. */
export type Change = {
  readonly before: CompiledWorld;
  readonly after: CompiledWorld;
  readonly change: WorldChange;
};

/** What must be known of documents for an exact preview, by doctype. */
export function groupingsFor({ before, after, change }: Change): Map<string, Grouping> {
  const { doctypes } = affectedBy(before, change);
  const names = doctypes ?? new Set(after.doctypes.keys());
  return new Map([...names].map((name) => [name, groupingOf([before, after], name)]));
}

/**
 * Counts what changes hands at `now` (milliseconds since 1970 UTC). `groupsOf` gives all documents
 * of a doctype in groups that differ in nothing which `groupingsFor` names.
 */
export function previewChange(
  change: Change,
  groupsOf: (doctype: string) => readonly DocumentGroup[],
  now: number,
): Preview {
  const { before, after } = change;
  const affected = affectedBy(before, change.change);
  const everybody = new Set([...before.source.users, ...after.source.users, GUEST]);
  const people = [...(affected.principals ?? everybody)].filter((name) => everybody.has(name));
  const preview = { gained: [], lost: [], gainedFields: [], lostFields: [] };
  for (const name of affected.doctypes ?? after.doctypes.keys()) {
    const groups = groupsOf(name);
    if (groups.length > 0) countDoctype(change, name, groups, people, now, preview);
  }
  return preview;
}

const LEVELS = 10;
const NOTHING = new Int32Array(0);

type Draft = {
  readonly gained: Effect[];
  readonly lost: Effect[];
  readonly gainedFields: FieldEffect[];
  readonly lostFields: FieldEffect[];
};

function countDoctype(
  { before, after, change: { renames = [] } }: Change,
  name: string,
  groups: readonly DocumentGroup[],
  people: readonly string[],
  now: number,
  into: Draft,
): void {
  const old = sideOf(before, name, groups);
  const shape = after.doctypes.get(name) ?? before.doctypes.get(name);
  const renamed = (group: DocumentGroup): DocumentGroup =>
    shape ? { ...group, facts: renamedFacts(shape, group.facts, renames) } : group;
  const isSame = renames.length === 0 && after.doctypes.get(name) === before.doctypes.get(name);
  const next = isSame
    ? old
    : sideOf(after, name, renames.length === 0 ? groups : groups.map(renamed));
  const gained = new Tally(groups);
  const lost = new Tally(groups);
  for (const person of people) {
    const principal: Principal = { id: person, kind: kindOf(person), actor: null, ceilings: [] };
    const had = old ? marksOf(before, old, principal, now) : NOTHING;
    const has = next ? marksOf(after, next, principal, now) : NOTHING;
    for (let group = 0; group < groups.length; group++) {
      const earlier = had[group] ?? 0;
      const later = has[group] ?? 0;
      if (earlier === later) continue;
      if ((later & ~earlier) !== 0) gained.addGroup(group, later & ~earlier);
      if ((earlier & ~later) !== 0) lost.addGroup(group, earlier & ~later);
    }
    gained.endPerson();
    lost.endPerson();
  }
  if (!shape) return;
  report(gained, shape, into.gained, into.gainedFields);
  report(lost, shape, into.lost, into.lostFields);
}

/** In each world of its own: a tree that moved numbers its values anew. */
function sideOf(
  world: CompiledWorld,
  name: string,
  groups: readonly DocumentGroup[],
): DocumentGroups | null {
  const doctype = world.doctypes.get(name);
  return doctype ? new DocumentGroups(doctype, groups) : null;
}

/** Counts bits that are in one set of marks and not in the other. */
class Tally {
  readonly people = new Float64Array(LEVELS_SHIFT + LEVELS);
  readonly pairs = new Float64Array(LEVELS_SHIFT + LEVELS);
  private readonly groups: readonly DocumentGroup[];
  private readonly touched: Int32Array;
  /** Of the person who is being counted. */
  private own = 0;

  constructor(groups: readonly DocumentGroup[]) {
    this.groups = groups;
    this.touched = new Int32Array(groups.length);
  }

  /** Counts bits of a group for the person who is being counted. */
  addGroup(group: number, bits: number): void {
    const { count } = this.groups[group] as DocumentGroup;
    this.own |= bits;
    this.touched[group] = (this.touched[group] as number) | bits;
    for (let left = bits; left !== 0; left &= left - 1) {
      const bit = 31 - Math.clz32(left & -left);
      this.pairs[bit] = (this.pairs[bit] as number) + count;
    }
  }

  endPerson(): void {
    for (; this.own !== 0; this.own &= this.own - 1) {
      const bit = 31 - Math.clz32(this.own & -this.own);
      this.people[bit] = (this.people[bit] as number) + 1;
    }
  }

  documents(bit: number): number {
    return this.groups.reduce(
      (sum, { count }, group) =>
        ((this.touched[group] as number) >>> bit) & 1 ? sum + count : sum,
      0,
    );
  }
}

function report(
  tally: Tally,
  { name, levels, personal }: CompiledDoctype,
  effects: Effect[],
  fieldEffects: FieldEffect[],
): void {
  const counts = (bit: number) => ({
    people: tally.people[bit] as number,
    documents: tally.documents(bit),
    pairs: tally.pairs[bit] as number,
  });
  for (const [bit, action] of ACTIONS.entries()) {
    if (tally.people[bit]) effects.push({ doctype: name, action, ...counts(bit) });
  }
  for (let level = 0; level < LEVELS; level++) {
    const bit = LEVELS_SHIFT + level;
    const fields = [...levels].filter(([, own]) => own === level).map(([field]) => field);
    if (!tally.people[bit] || fields.length === 0) continue;
    const isPersonal = fields.some((field) => personal.has(field));
    fieldEffects.push({ doctype: name, level, isPersonal, ...counts(bit) });
  }
}
