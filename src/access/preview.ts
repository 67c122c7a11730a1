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
import { groupsFrom, selectGroups, tableIn } from './document-groups.ts';
import { type PreviewRequest, readChange } from './preview-request.ts';

/** `fields` says which fields come into sight, by their level. */
export type PreviewAnswer = {
  readonly gained: readonly Effect[];
  readonly lost: readonly Effect[];
  readonly fields: {
    readonly gained: readonly FieldAnswer[];
    readonly lost: readonly FieldAnswer[];
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
): Promise<PreviewAnswer> {
  const known = { policy: await store.policy(), now: Date.now() };
  const action = maySome(known, caller, 'inspect') ? 'inspect' : 'select';
  const plans = new Map<Policy, Plan>();
  const read = await store.read(caller.credential, caller.principal.id, action, (moment) => {
    if (!maySome(moment, caller, action === 'inspect' ? 'inspect' : 'create')) {
      throw new Refusal('forbidden', 'A preview is for those who may give access or inspect it.');
    }
    const plan = planFor(moment.policy, request);
    plans.set(moment.policy, plan);
    return plan.statements;
  });
  const plan = plans.get(read.policy);
  if (!plan) throw new Error('an answer without its plan');
  requireNamed(plan, read);
  const groups = groupsFrom(read.policy, plan.groupings, read.results.slice(plan.named.size));
  const change = { before: read.policy.world, after: plan.after, change: plan.change };
  return shown(
    previewChange(change, (doctype) => groups.get(doctype) ?? [], read.now),
    plan.after,
  );
}

/** The statements: first whether what is named is there, then the censuses. */
type Plan = {
  readonly change: WorldChange;
  readonly after: CompiledWorld;
  readonly named: ReadonlyMap<string, readonly string[]>;
  readonly groupings: ReadonlyMap<string, Grouping>;
  readonly statements: readonly Statement[];
};

function planFor(policy: Policy, request: PreviewRequest): Plan {
  const { change, named: all } = readChange(policy, request);
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
function requireNamed({ named }: Plan, { results }: ReadResults): void {
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
): PreviewAnswer {
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
