/**
 * What a change would do, before it is made: exactly how many people gain or lose what on how
 * many documents. Exact because access only adds up, and groups of documents are finite.
 */
import { ACTIONS, type Action } from './actions.ts';
import { affectedBy } from './affected.ts';
import type { CompiledWorld } from './compiled.ts';
import { type DocumentGroup, type Grouping, groupingOf } from './document-groups.ts';
import { type Counts, EffectTally } from './effect-tally.ts';
import { type FieldBatch, fieldBatches } from './field-batches.ts';
import { CLOSED_LEVEL } from './gain.ts';
import { LEVELS_SHIFT } from './group-marks.ts';
import { GUEST, principalNamed } from './principal.ts';
import { turnedMarks } from './turned-marks.ts';
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

const ACTION_BITS = 2 ** ACTIONS.length - 1;

type Draft = {
  readonly gained: Effect[];
  readonly lost: Effect[];
  readonly gainedFields: FieldEffect[];
  readonly lostFields: FieldEffect[];
  personalPairs: number;
};

function countDoctype(
  change: Change,
  name: string,
  groups: readonly DocumentGroup[],
  people: readonly string[],
  now: number,
  into: Draft,
): void {
  const { before, after } = change;
  const batches = fieldBatches(before.doctypes.get(name), after.doctypes.get(name));
  const marks = turnedMarks(change, name, groups, now);
  const gained = new EffectTally(groups, ACTIONS.length);
  const lost = new EffectTally(groups, ACTIONS.length);
  const fields = {
    gained: new EffectTally(groups, batches.length),
    lost: new EffectTally(groups, batches.length),
  };
  // Where fields stay of their level, documents alike before and after tell nothing new.
  const isRelevelled = batches.some(({ from, to }) => from !== to);
  for (const person of people) {
    const principal = principalNamed(person);
    const count = (group: number, had: number, has: number): void => {
      gained.addBits(has & ~had & ACTION_BITS, group);
      lost.addBits(had & ~has & ACTION_BITS, group);
      let isPersonalNew = false;
      for (let index = 0; index < batches.length; index++) {
        const { from, to, isPersonal } = batches[index] as FieldBatch;
        const [wasOpen, isNowOpen] = [isOpen(had, from), isOpen(has, to)];
        if (wasOpen !== isNowOpen) (isNowOpen ? fields.gained : fields.lost).add(index, group);
        isPersonalNew ||= isPersonal && isNowOpen && !wasOpen;
      }
      // Once for a person and a document, by however many fields.
      if (isPersonalNew) into.personalPairs += (groups[group] as DocumentGroup).count;
    };
    marks.each(principal, count, isRelevelled);
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

/** True where the marks say that fields of the level are open. */
function isOpen(marks: number, level: number): boolean {
  return level !== CLOSED_LEVEL && ((marks >>> (LEVELS_SHIFT + level)) & 1) === 1;
}
