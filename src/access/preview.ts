/** What a change would do, shown to those who may make it or ask about it, before it is saved. */
import {
  type Action,
  type CompiledWorld,
  type Effect,
  type FieldEffect,
  type Grouping,
  groupingsFor,
  mayEver,
  type Preview,
  personalPairs,
  previewChange,
  recompile,
  type WorldChange,
  WorldError,
} from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import type { Caller } from '../identity/caller.ts';
import type { Policy } from '../store/policy.ts';
import { selectExisting } from '../store/read-documents.ts';
import type { Statement } from '../store/statement.ts';
import type { Moment, ReadResults, Store } from '../store/store.ts';
import { findingsOfChange } from './change-findings.ts';
import { groupsFrom, selectGroups, tableIn } from './counted-groups.ts';
import type { FindingEntry } from './lint-words.ts';
import { requireReadableConditions, requireWholeSight } from './preview-limits.ts';
import { type PreviewRequest, readChange } from './preview-request.ts';

/** `fields` says which fields come into sight, by their level. */
export type PreviewAnswer = {
  readonly gained: readonly Effect[];
  readonly lost: readonly Effect[];
  readonly fields: {
    readonly gained: readonly FieldAnswer[];
    readonly lost: readonly FieldAnswer[];
  };
  /** What lint says of it, and does not say of how things stand. */
  readonly findings: readonly FindingEntry[];
  /**
   * Pairs of a person and a document in which personal fields come into sight, by all that has
   * not ended, and whether they are more than the `threshold` that one person may give at once.
   */
  readonly approval: {
    readonly required: boolean;
    readonly personal_pairs: number;
    readonly threshold: number;
  };
};

type FieldAnswer = Omit<FieldEffect, 'isPersonal'> & {
  readonly sensitivity: 'none' | 'personal';
};

/** See `Access.preview`. */
export async function preview(
  store: Store,
  caller: Caller,
  request: PreviewRequest,
  threshold: number,
): Promise<PreviewAnswer> {
  const known = { policy: await store.policy(), now: Date.now() };
  const action = maySome(known, caller, 'inspect') ? 'inspect' : 'select';
  const plans = new Map<Policy, Plan>();
  const read = await store.read(caller.credential, caller.principal.id, action, (moment) => {
    if (!maySome(moment, caller, action === 'inspect' ? 'inspect' : 'create')) {
      throw new Refusal('forbidden', 'A preview is for those who may give access or inspect it.');
    }
    const plan = planPreview(moment, caller, request);
    plans.set(moment.policy, plan);
    return plan.statements;
  });
  const plan = plans.get(read.policy);
  if (!plan) throw new Error('an answer without its plan');
  return answerPreview(plan, read, threshold);
}

/**
 * What the plan's statements say, in the order in which they were asked. Throws `link_not_found`
 * for what the asking person may not choose.
 */
export function answerPreview(
  plan: Plan,
  read: Pick<ReadResults, 'policy' | 'results' | 'now'>,
  threshold: number,
): PreviewAnswer {
  requireNamed(plan, read);
  const groups = groupsFrom(read.policy, plan.groupings, read.results.slice(plan.named.size));
  const groupsOf = (doctype: string) => groups.get(doctype) ?? [];
  const change = { before: read.policy.world, after: plan.after, change: plan.change };
  const counted = previewChange(change, groupsOf, read.now);
  const pairs = personalPairs(change, groupsOf, read.now, counted);
  const approval = { required: pairs > threshold, personal_pairs: pairs, threshold };
  const findings = findingsOfChange(read.policy.world, plan.after, groups, read.now);
  return { ...shown(counted, plan.after), findings, approval };
}

/** The statements: first whether what is named is there, then the censuses. */
export type Plan = {
  readonly change: WorldChange;
  readonly after: CompiledWorld;
  readonly named: ReadonlyMap<string, readonly string[]>;
  readonly groupings: ReadonlyMap<string, Grouping>;
  readonly statements: readonly Statement[];
};

/**
 * What has to be asked of the database to show a change to the caller. Throws as `readChange` does,
 * and `forbidden` where the numbers would tell them what they may not read.
 */
export function planPreview(
  moment: Pick<Moment, 'policy' | 'now'>,
  caller: Caller,
  request: PreviewRequest,
): Plan {
  const { policy } = moment;
  requireWholeSight(caller.principal);
  const { change, named: all } = readChange(policy, request);
  requireReadableConditions(moment, caller, change);
  const after = changed(policy.world, change);
  const groupings = groupingsFor({ before: policy.world, after, change });
  const named = new Map<string, string[]>();
  for (const { doctype, name } of all) {
    const names = named.get(doctype) ?? [];
    named.set(doctype, names);
    if (!names.includes(name)) names.push(name);
  }
  const statements = [
    ...[...named].map(([doctype, names]) => selectExisting(tableIn(policy, doctype), names)),
    ...selectGroups(policy, groupings),
  ];
  return { change, after, named, groupings, statements };
}

function changed(world: CompiledWorld, change: WorldChange): CompiledWorld {
  try {
    return recompile(world, change);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    throw new Refusal('bad_value', `This cannot be put in force: ${error.message}.`);
  }
}

/** As saving would: what the caller may not choose is not there for them. */
function requireNamed({ named }: Plan, { results }: Pick<ReadResults, 'results'>): void {
  for (const [index, [doctype, names]] of [...named].entries()) {
    const found = new Set(results[index]?.rows.map(([name]) => name));
    const missing = names.find((name) => !found.has(name));
    if (missing === undefined) continue;
    throw new Refusal('link_not_found', `${doctype} \`${missing}\` was not found.`);
  }
}

/** Whoever gives grants, or asks about them. */
function maySome({ policy, now }: Pick<Moment, 'policy' | 'now'>, caller: Caller, action: Action) {
  return mayEver(policy.world, { principal: caller.principal, action, doctype: 'Grant', now });
}

/** What says something of people first, then by how much changes hands. */
function shown(
  { gained, lost, gainedFields, lostFields }: Preview,
  { doctypes }: CompiledWorld,
): Omit<PreviewAnswer, 'findings' | 'approval'> {
  const isPersonal = (name: string): number => (doctypes.get(name)?.personal.size ? 0 : 1);
  const ordered = <One extends { doctype: string; pairs: number }>(effects: readonly One[]) =>
    effects.toSorted((a, b) => isPersonal(a.doctype) - isPersonal(b.doctype) || b.pairs - a.pairs);
  const inFields = (effects: readonly FieldEffect[]): FieldAnswer[] =>
    ordered(effects).map(({ isPersonal: personal, ...effect }) => ({
      ...effect,
      sensitivity: personal ? 'personal' : 'none',
    }));
  return {
    gained: ordered(gained),
    lost: ordered(lost),
    fields: { gained: inFields(gainedFields), lost: inFields(lostFields) },
  };
}
