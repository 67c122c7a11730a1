/** What each grant alone gives and when it was last needed: for those who may ask about it. */
import {
  type CompiledWorld,
  decide,
  every,
  type Grant,
  type GrantsAsked,
  grantsWithin,
  groupingsOfGrants,
  holdingsOf,
  isValid,
  listFilter,
  mayEver,
  type Principal,
  principalNamed,
  worthOfGrants,
} from '../authz/index.ts';
import { notFound, Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import type { Caller } from '../identity/caller.ts';
import { needsFrom, selectNeeds } from '../store/grant-needs.ts';
import { selectPage } from '../store/read-documents.ts';
import type { Result, Statement } from '../store/statement.ts';
import type { Moment, ReadResults, Store } from '../store/store.ts';
import { needsInspect } from './authorised-question.ts';
import { type Groupings, groupsFrom, selectGroups, tableIn } from './counted-groups.ts';
import { type LeastUseAnswer, leastUseRow } from './least-use-answer.ts';

/** Of which grants: all that are in force, or fewer. */
export type LeastUseRequest = {
  readonly grant?: string;
  /** Held by this user now, by themselves or through a group. */
  readonly user?: string;
  readonly role?: string;
  readonly start?: number;
  readonly limit?: number;
};

type Page = { readonly start: number; readonly limit: number };

/**
 * See `Access.leastUse`. A grant that the caller may inspect is told of where they may inspect
 * every document that it reaches; how many others there are is said. Without `inspect` on grants,
 * and of oneself by name, it is about one's own rights.
 */
export async function leastUse(
  store: Store,
  caller: Caller,
  request: LeastUseRequest,
): Promise<LeastUseAnswer> {
  const page = readPage(request);
  const plans = new Map<Moment['policy'], Plan>();
  const { credential, principal } = caller;
  const read = await store.read(credential, principal.id, 'inspect', (moment) => {
    const plan = planFor(moment, caller, request, page);
    plans.set(moment.policy, plan);
    return plan.statements;
  });
  const plan = plans.get(read.policy);
  if (!plan) throw new Error('an answer without its plan');
  return answer(plan, read, caller, request, page);
}

type Plan = {
  /** One's own rights only; null for everybody's. */
  readonly of: Principal | null;
  /** All that are asked about, in the order of their names. */
  readonly candidates: readonly Grant[];
  /** Null where only the statements' results say which of them may be told of. */
  readonly page: readonly Grant[] | null;
  readonly groupings: Groupings;
  readonly statements: readonly Statement[];
};

function planFor(moment: Moment, caller: Caller, request: LeastUseRequest, page: Page): Plan {
  const { policy, now } = moment;
  const { principal } = caller;
  const { world } = policy;
  const ask = { principal, action: 'inspect' as const, doctype: 'Grant', now };
  const isOwn = request.user === principal.id || !mayEver(world, ask);
  if (isOwn && request.user !== undefined && request.user !== principal.id) throw needsInspect();
  const of = isOwn ? principal : null;
  const candidates = candidatesOf(world, request, of, now);
  const isKnown = isOwn || inspectsAll(world, principal, candidates, now);
  const asked = isKnown ? pageOf(candidates, page) : candidates;
  const groupings = groupingsOfGrants(world, asked);
  const names = asked.map(({ name }) => name);
  const statements = [
    selectNeeds(names, of?.id ?? null),
    ...selectGroups(policy, groupings),
    ...(isKnown ? [] : [selectInspected(moment, principal, names)]),
  ];
  return { of, candidates, page: isKnown ? asked : null, groupings, statements };
}

function candidatesOf(
  world: CompiledWorld,
  { grant: name, user, role }: LeastUseRequest,
  of: Principal | null,
  now: number,
): Grant[] {
  const holder = of ?? (user === undefined ? null : principalNamed(user));
  const held = holder && new Set(holdingsOf(world, holder, now).map((one) => one.grant.source));
  const found = world.source.grants.filter(
    (grant) =>
      isValid(grant, now) &&
      (held === null || held.has(grant)) &&
      (name === undefined || grant.name === name) &&
      (role === undefined || grant.role === role) &&
      (of === null || isWithinCeilings(world, grant, of)),
  );
  if (name !== undefined && found.length === 0) throw notFound('Grant', name);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** INVARIANT (ceiling-narrows): a token that reaches less than a grant is told nothing of it. */
function isWithinCeilings(world: CompiledWorld, { role }: Grant, { ceilings }: Principal): boolean {
  const opened = ['Grant', ...(world.rules.get(role)?.keys() ?? [])];
  return ceilings.every(
    ({ actions, doctypes, scope }) =>
      actions === undefined &&
      scope === undefined &&
      (doctypes === undefined || opened.every((doctype) => doctypes.includes(doctype))),
  );
}

/** Every grant, and every document of the doctypes that these open: no result is needed to know. */
function inspectsAll(
  world: CompiledWorld,
  principal: Principal,
  grants: readonly Grant[],
  now: number,
): boolean {
  const roles = new Set(grants.map(({ role }) => role));
  const opened = [...roles].flatMap((role) => [...(world.rules.get(role)?.keys() ?? [])]);
  return ['Grant', 'Share', ...new Set(opened)].every((doctype) => {
    const filter = listFilter(world, { principal, action: 'inspect', doctype, now });
    return filter.kind === 'always';
  });
}

/** Of the grants, those that the caller may inspect. */
function selectInspected(
  { policy, now }: Moment,
  principal: Principal,
  names: readonly string[],
): Statement {
  const ask = { principal, action: 'inspect' as const, doctype: 'Grant', now };
  return selectPage({
    ...{ table: tableIn(policy, 'Grant'), columns: ['name'], me: principal.id, orderBy: [] },
    where: every([{ kind: 'one-of', field: 'name', values: names }, listFilter(policy.world, ask)]),
    limit: names.length,
    offset: 0,
  });
}

function answer(
  plan: Plan,
  read: ReadResults,
  caller: Caller,
  request: LeastUseRequest,
  page: Page,
): LeastUseAnswer {
  const { policy, now, results } = read;
  const { of, candidates, groupings } = plan;
  const [needs, ...rest] = results;
  const groups = groupsFrom(policy, groupings, rest);
  const groupsOf = (doctype: string) => groups.get(doctype) ?? [];
  const inspected = plan.page ? null : namesOf(rest[groupings.size]);
  const known = candidates.filter(({ name }) => inspected?.has(name) ?? true);
  if (request.grant !== undefined && known.length === 0) throw notFound('Grant', request.grant);
  const asked = { grants: known, of, groupsOf, now };
  const open = inspected ? openTo(caller.principal, read, asked) : known;
  if (request.grant !== undefined && open.length === 0) throw needsInspect();
  const shown = pageOf(open, page);
  const byName = needsFrom(needs);
  // Of what covers a grant, only what the caller may inspect is named.
  const isTold = (name: string): boolean => inspected === null || inspected.has(name);
  const worths = worthOfGrants(policy.world, { ...asked, grants: shown });
  return {
    of: of ? 'oneself' : 'everybody',
    data: worths.map((worth) => leastUseRow(policy, worth, byName.get(worth.grant.name), isTold)),
    total: open.length,
    withheld: known.length - open.length,
  };
}

/** Those of which the caller may inspect every document that anybody reaches by them. */
function openTo(principal: Principal, { policy, now }: ReadResults, asked: GrantsAsked): Grant[] {
  const within = grantsWithin(policy.world, asked, (doctype, document) => {
    const question = { principal, action: 'inspect' as const, doctype, document, now };
    return decide(policy.world, question).allowed;
  });
  return asked.grants.filter((grant) => within.has(grant));
}

function namesOf(result: Result | undefined): ReadonlySet<string> {
  return new Set((result?.rows ?? []).map(([name]) => String(name)));
}

function pageOf(grants: readonly Grant[], { start, limit }: Page): readonly Grant[] {
  return grants.slice(start, start + limit);
}

/** Throws `bad_value` for a page as no list has it. */
function readPage({ start = 0, limit = LIMITS.pageRowsDefault }: LeastUseRequest): Page {
  if (limit < 1 || limit > LIMITS.pageRowsMax) {
    throw new Refusal('bad_value', `A page has 1 to ${LIMITS.pageRowsMax} rows.`);
  }
  if (start < 0 || start > LIMITS.listOffsetMax) {
    throw new Refusal('bad_value', `\`limit_start\` is 0 to ${LIMITS.listOffsetMax}.`);
  }
  return { start, limit };
}
