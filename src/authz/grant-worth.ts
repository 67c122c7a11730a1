/**
 * Least use: what each grant alone gives, exactly, and which grants give nothing beyond others. A
 * right on a document is a grant's alone where nothing else of the same person gives it.
 */
import { ACTIONS, type Action } from './actions.ts';
import type { CompiledWorld } from './compiled.ts';
import { coverForEver } from './cover-for-ever.ts';
import { coverOfToday } from './cover-of-today.ts';
import type { DoctypeReach, Giver, Holder } from './doctype-reach.ts';
import { EffectTally } from './effect-tally.ts';
import { type FieldBatch, fieldBatches } from './field-batches.ts';
import { type GrantsAsked, holdersOf, reachesOf } from './grants-asked.ts';
import type { Effect, FieldEffect } from './preview.ts';
import { numberOfRight, RIGHTS, type RightsPart, rightNumbered } from './rights.ts';
import type { Grant } from './world.ts';

/** Fields that only this grant opens for an action which, but for reading, others give as well. */
export type FieldWorth = FieldEffect & { readonly action: Action };

/**
 * What would be lost if this grant alone went. `redundant` where that is nothing: `now` of all
 * documents there are, `ever` of all there could be, for as long as the grant is valid.
 */
export type GrantWorth = {
  readonly grant: Grant;
  readonly alone: readonly Effect[];
  readonly aloneFields: readonly FieldWorth[];
  readonly redundant: 'now' | 'ever' | null;
  /** Of a redundant grant: grants and shares that give all that it gives, by name. */
  readonly by: readonly string[];
};

/** In the order of the grants, all of which are in force. Ceilings aside: by people's own right. */
export function worthOfGrants(world: CompiledWorld, request: GrantsAsked): GrantWorth[] {
  const { grants, of, now } = request;
  const holders = holdersOf(world, request);
  const drafts = new Map(grants.map((grant) => [grant, new Draft()]));
  const reaches = reachesOf(world, request);
  for (const reach of reaches) countDoctype(reach, holders, now, drafts);
  return grants.map((grant) => {
    const { alone, aloneFields } = drafts.get(grant) ?? new Draft();
    if (alone.length + aloneFields.length > 0) {
      return { grant, alone, aloneFields, redundant: null, by: [] };
    }
    const ever = coverForEver(world, grant, of, now);
    const by = ever ?? coverOfToday(reaches, holders, grant, now);
    return { grant, alone, aloneFields, redundant: ever ? 'ever' : 'now', by };
  });
}

class Draft {
  readonly alone: Effect[] = [];
  readonly aloneFields: FieldWorth[] = [];
}

function countDoctype(
  reach: DoctypeReach,
  holders: readonly Holder[],
  now: number,
  drafts: ReadonlyMap<Grant, Draft>,
): void {
  const tallies = new Map<Draft, EffectTally>();
  const room = new Room(reach.groups.length);
  const losses = reach.parts.map(lossesOf);
  for (const { principal, grants } of holders) {
    const givers = reach.giversOf(principal, grants, now);
    const asked = givers.flatMap((giver) => {
      const draft = giver.kind === 'grant' && drafts.get(giver.grant.source);
      return draft ? [{ giver, draft }] : [];
    });
    if (asked.length === 0) continue;
    for (const [part, lossOf] of losses.entries()) {
      const sole = room.soleOf(reach, givers, part, principal.id);
      for (const { giver, draft } of asked) {
        const marks = room.marksOf(reach, giver, part, principal.id);
        for (let group = 0; group < marks.length; group++) {
          const lost = (marks[group] as number) & (sole[group] as number);
          if (lost === 0) continue;
          const tally = tallies.get(draft) ?? new EffectTally(reach.groups, RIGHTS);
          tallies.set(draft, tally);
          for (const right of lossOf(lost)) tally.add(right, group);
        }
      }
    }
    for (const { draft } of asked) tallies.get(draft)?.endPerson();
  }
  const batches = fieldBatches(reach.doctype, reach.doctype);
  for (const [draft, tally] of tallies) describe(reach.doctype.name, tally, batches, draft);
}

/** Numbers of the rights that are lost with bits of the part: much the same is of many groups. */
function lossesOf(part: RightsPart): (bits: number) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return (bits) => {
    const numbers = known.get(bits);
    if (numbers) return numbers;
    const made = rightsLost(part, bits);
    known.set(bits, made);
    return made;
  };
}

/** Fields of what cannot be done at all any more are told of reading only, as previews do. */
function rightsLost({ rights, atAll }: RightsPart, bits: number): readonly number[] {
  const lost: number[] = [];
  for (let left = bits; left !== 0; left &= left - 1) {
    for (const number of rights[31 - Math.clz32(left & -left)] as readonly number[]) {
      const { action, level } = rightNumbered(number);
      const isWhole = (bits & (atAll[ACTIONS.indexOf(action)] as number)) !== 0;
      if (level === null || action === 'read' || !isWhole) lost.push(number);
    }
  }
  return lost;
}

function describe(
  doctype: string,
  tally: EffectTally,
  batches: readonly FieldBatch[],
  { alone, aloneFields }: Draft,
): void {
  for (const action of ACTIONS) {
    const counts = tally.counts(numberOfRight({ action, level: null }));
    if (counts.people > 0) alone.push({ doctype, action, ...counts });
    for (const { to: level, fields, isPersonal } of batches) {
      const ofFields = tally.counts(numberOfRight({ action, level }));
      if (ofFields.people === 0) continue;
      aloneFields.push({ doctype, action, level, fields, isPersonal, ...ofFields });
    }
  }
}

/** Room for one number of each group, used again and again. */
class Room {
  private readonly marks: Int32Array;
  private readonly once: Int32Array;
  private readonly twice: Int32Array;

  constructor(groups: number) {
    this.marks = new Int32Array(groups);
    this.once = new Int32Array(groups);
    this.twice = new Int32Array(groups);
  }

  marksOf(reach: DoctypeReach, giver: Giver, part: number, me: string): Int32Array {
    reach.mark(giver, part, me, this.marks.fill(0));
    return this.marks;
  }

  /** By group, the rights that exactly one of the givers gives. */
  soleOf(reach: DoctypeReach, givers: readonly Giver[], part: number, me: string): Int32Array {
    this.once.fill(0);
    this.twice.fill(0);
    for (const giver of givers) {
      const marks = this.marksOf(reach, giver, part, me);
      for (let group = 0; group < marks.length; group++) {
        const bits = marks[group] as number;
        if (bits === 0) continue;
        this.twice[group] = (this.twice[group] as number) | ((this.once[group] as number) & bits);
        this.once[group] = ((this.once[group] as number) | bits) & ~(this.twice[group] as number);
      }
    }
    return this.once;
  }
}
