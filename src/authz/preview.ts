/**
 * What a change would do, before it is made: exactly how many people gain or lose what on how
 * many documents. Exact because access only adds up, and groups of documents are finite.
 */
import { ACTIONS, type Action, actionBit, actionBits, withImplied } from './actions.ts';
import { affectedBy } from './affected.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import {
  type DocumentGroup,
  DocumentGroups,
  type Grouping,
  groupingOf,
} from './document-groups.ts';
import { sharesOf } from './holdings.ts';
import { kindOf, type Principal } from './principal.ts';
import { partsOf } from './profiles.ts';
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
  const everybody = new Set([...before.population().names, ...after.population().names]);
  const people = [...(affected.principals ?? everybody)].filter((name) => everybody.has(name));
  const preview = { gained: [], lost: [], gainedFields: [], lostFields: [] };
  for (const name of affected.doctypes ?? after.doctypes.keys()) {
    const groups = groupsOf(name);
    if (groups.length > 0) countDoctype(change, name, groups, people, now, preview);
  }
  return preview;
}

const LEVELS_SHIFT = 16;
const LEVELS = 10;
const READ = actionBit('read');

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
  const next = sideOf(after, name, renames.length === 0 ? groups : groups.map(renamed));
  const gained = new Tally(groups);
  const lost = new Tally(groups);
  for (const person of people) {
    const principal: Principal = { id: person, kind: kindOf(person), actor: null, ceilings: [] };
    const had = marksOf(before, old, principal, now);
    const has = marksOf(after, next, principal, now);
    gained.add(has, had);
    lost.add(had, has);
  }
  if (!shape) return;
  report(gained, shape, into.gained, into.gainedFields);
  report(lost, shape, into.lost, into.lostFields);
}

type Side = { readonly doctype: CompiledDoctype; readonly groups: DocumentGroups } | null;

function sideOf(world: CompiledWorld, name: string, groups: readonly DocumentGroup[]): Side {
  const doctype = world.doctypes.get(name);
  return doctype ? { doctype, groups: new DocumentGroups(doctype, groups) } : null;
}

/** By group: the actions the principal may do, and above them the levels open for reading. */
function marksOf(world: CompiledWorld, side: Side, principal: Principal, now: number): Int32Array {
  const marks = new Int32Array(side?.groups.groups.length ?? 0);
  if (!side) return marks;
  for (const part of partsOf(world, principal, side.doctype, now)) {
    const levels = (part.actions & READ) === 0 ? 0 : part.levels << LEVELS_SHIFT;
    side.groups.mark(part, part.actions | levels, principal.id, marks);
  }
  for (const { document, actions } of sharesOf(world, principal, side.doctype.name, now)) {
    const bits = actionBits(withImplied(actions));
    const levels = (bits & READ) === 0 ? 0 : 1 << LEVELS_SHIFT;
    side.groups.markNamed(document, bits | levels, marks);
  }
  return marks;
}

/** Counts bits that are in one set of marks and not in the other. */
class Tally {
  readonly people = new Float64Array(LEVELS_SHIFT + LEVELS);
  readonly pairs = new Float64Array(LEVELS_SHIFT + LEVELS);
  private readonly groups: readonly DocumentGroup[];
  private readonly touched: Int32Array;

  constructor(groups: readonly DocumentGroup[]) {
    this.groups = groups;
    this.touched = new Int32Array(groups.length);
  }

  /** Counts one person. */
  add(marks: Int32Array, others: Int32Array): void {
    let all = 0;
    for (let group = 0; group < this.groups.length; group++) {
      let left = (marks[group] ?? 0) & ~(others[group] ?? 0);
      if (left === 0) continue;
      all |= left;
      this.touched[group] = (this.touched[group] as number) | left;
      for (; left !== 0; left &= left - 1) {
        const bit = 31 - Math.clz32(left & -left);
        this.pairs[bit] = (this.pairs[bit] as number) + (this.groups[group] as DocumentGroup).count;
      }
    }
    for (; all !== 0; all &= all - 1) {
      const bit = 31 - Math.clz32(all & -all);
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
