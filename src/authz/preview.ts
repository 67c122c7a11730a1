/**
 * What a change would do, before it is made: exactly how many people gain or lose what on how
 * many documents. Exact because access only adds up, and groups of documents are finite.
 */
import { ACTIONS, type Action } from './actions.ts';
import { affectedBy } from './affected.ts';
import type { CompiledWorld } from './compiled.ts';
import {
  type DocumentGroup,
  DocumentGroups,
  type Grouping,
  groupingOf,
} from './document-groups.ts';
import { type Counts, EffectTally } from './effect-tally.ts';
import { fieldBatches } from './field-batches.ts';
import { CLOSED_LEVEL } from './gain.ts';
import { LEVELS_SHIFT, marksOf } from './group-marks.ts';
import { GUEST, kindOf, type Principal } from './principal.ts';
import { renamedFacts } from './rename.ts';
import type { WorldChange } from './world-change.ts';

/**
 * For whom an action on a doctype changes hands. People are service accounts and system principals
 * too; whoever has not signed in counts as one.
 */
export type Effect = Counts & {
  readonly doctype: string;
  readonly action: Action;
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
  const batches = fieldBatches(before.doctypes.get(name), after.doctypes.get(name));
  const gained = new EffectTally(groups, ACTIONS.length);
  const lost = new EffectTally(groups, ACTIONS.length);
  const fields = {
    gained: new EffectTally(groups, batches.length),
    lost: new EffectTally(groups, batches.length),
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
      for (const [index, { from, to }] of batches.entries()) {
        const wasOpen = isOpen(earlier, from);
        count(fields.gained, fields.lost, index, group, wasOpen, isOpen(later, to));
      }
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
  gained: EffectTally,
  lost: EffectTally,
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

/** In each world of its own: a tree that moved numbers its values anew. */
function sideOf(
  world: CompiledWorld,
  name: string,
  groups: readonly DocumentGroup[],
): DocumentGroups | null {
  const doctype = world.doctypes.get(name);
  return doctype ? new DocumentGroups(doctype, groups) : null;
}
