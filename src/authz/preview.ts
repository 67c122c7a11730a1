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
import { CLOSED_LEVEL } from './gain.ts';
import { LEVELS_SHIFT, marksOf } from './group-marks.ts';
import { grouped } from './grouped.ts';
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

/** The same for reading fields: those that were of one level before, and are of one after. */
export type FieldEffect = Omit<Effect, 'action'> & {
  readonly level: number;
  readonly fields: readonly string[];
  /** True where some of the fields say something of a person. */
  readonly isPersonal: boolean;
};

export type Preview = {
  readonly gained: readonly Effect[];
  readonly lost: readonly Effect[];
  readonly gainedFields: readonly FieldEffect[];
  readonly lostFields: readonly FieldEffect[];
  /** Pairs in which some field that says something of a person comes into sight. */
  readonly personalPairs: number;
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
  const preview = { gained: [], lost: [], gainedFields: [], lostFields: [], personalPairs: 0 };
  for (const name of affected.doctypes ?? after.doctypes.keys()) {
    const groups = groupsOf(name);
    if (groups.length > 0) countDoctype(change, name, groups, people, now, preview);
  }
  return preview;
}

const NOTHING = new Int32Array(0);

type Draft = {
  readonly gained: Effect[];
  readonly lost: Effect[];
  readonly gainedFields: FieldEffect[];
  readonly lostFields: FieldEffect[];
  personalPairs: number;
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
  const batches = fieldBatches(before.doctypes.get(name), after.doctypes.get(name));
  const gained = new Tally(groups, ACTIONS.length);
  const lost = new Tally(groups, ACTIONS.length);
  const fields = {
    gained: new Tally(groups, batches.length),
    lost: new Tally(groups, batches.length),
  };
  // Where fields stay of their level, documents alike before and after tell nothing new.
  const isRelevelled = batches.some(({ from, to }) => from !== to);
  for (const person of people) {
    const principal: Principal = { id: person, kind: kindOf(person), actor: null, ceilings: [] };
    const had = old ? marksOf(before, old, principal, now) : NOTHING;
    const has = next ? marksOf(after, next, principal, now) : NOTHING;
    for (let group = 0; group < groups.length; group++) {
      const earlier = had[group] ?? 0;
      const later = has[group] ?? 0;
      if (earlier === later && !isRelevelled) continue;
      for (let bit = 0; bit < ACTIONS.length; bit++) {
        count(gained, lost, bit, group, (earlier >>> bit) & 1, (later >>> bit) & 1);
      }
      let isPersonal = false;
      for (const [index, { from, to, ...batch }] of batches.entries()) {
        const wasOpen = isOpen(earlier, from);
        const opens = isOpen(later, to);
        count(fields.gained, fields.lost, index, group, wasOpen, opens);
        isPersonal ||= batch.isPersonal && opens > wasOpen;
      }
      // Once for a person and a document, by however many fields.
      if (isPersonal) into.personalPairs += (groups[group] as DocumentGroup).count;
    }
    for (const tally of [gained, lost, fields.gained, fields.lost]) tally.endPerson();
  }
  for (const [bit, action] of ACTIONS.entries()) {
    const effect = { doctype: name, action };
    if (gained.people[bit]) into.gained.push({ ...effect, ...gained.counts(bit) });
    if (lost.people[bit]) into.lost.push({ ...effect, ...lost.counts(bit) });
  }
  for (const [index, { from, to, ...batch }] of batches.entries()) {
    const effect = { doctype: name, ...batch };
    if (fields.gained.people[index]) {
      into.gainedFields.push({ ...effect, level: to, ...fields.gained.counts(index) });
    }
    if (fields.lost.people[index]) {
      into.lostFields.push({ ...effect, level: from, ...fields.lost.counts(index) });
    }
  }
}

function count(
  gained: Tally,
  lost: Tally,
  index: number,
  group: number,
  earlier: number,
  later: number,
): void {
  if (earlier === later) return;
  (later === 1 ? gained : lost).add(index, group);
}

/** 1 where the marks say that fields of the level are open, 0 elsewhere. */
function isOpen(marks: number, level: number): number {
  return level === CLOSED_LEVEL ? 0 : (marks >>> (LEVELS_SHIFT + level)) & 1;
}

/** Fields by the level that they had and have; `CLOSED_LEVEL` where nobody can read them. */
type FieldBatch = Pick<FieldEffect, 'fields' | 'isPersonal'> & {
  readonly from: number;
  readonly to: number;
};

function fieldBatches(
  before: CompiledDoctype | undefined,
  after: CompiledDoctype | undefined,
): FieldBatch[] {
  const names = new Set([...(before?.levels.keys() ?? []), ...(after?.levels.keys() ?? [])]);
  const levelsOf = (field: string) => ({
    from: before?.levels.get(field) ?? CLOSED_LEVEL,
    to: after?.levels.get(field) ?? CLOSED_LEVEL,
  });
  const isPersonal = (field: string): boolean =>
    before?.personal.has(field) === true || after?.personal.has(field) === true;
  const alike = grouped([...names], (field) => JSON.stringify(levelsOf(field)));
  return [...alike.values()].map((fields) => ({
    ...levelsOf(String(fields[0])),
    fields,
    isPersonal: fields.some(isPersonal),
  }));
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

/** Counts of several things at once, each by its number. */
class Tally {
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
