/** Which grants a principal holds now, and by which rules they can reach a doctype. */
import type { Action } from './actions.ts';
import { type CompiledRule, type CompiledWorld, type Holding, isValid } from './compile.ts';
import type { Coverage } from './coverage.ts';
import { EVERYONE, GUESTS, type Principal } from './principal.ts';
import type { DoctypeShape, Share } from './world.ts';

/** One grant with one rule of its role: a single way to say yes. */
export type Way = {
  readonly holding: Holding;
  readonly rule: CompiledRule;
  /** What the grant covers of each dimension path that it must cover. */
  readonly tests: readonly {
    readonly path: string;
    readonly dimension: string;
    readonly coverage: Coverage;
  }[];
  /** Dimensions neither named by the grant nor excepted by the rule: nothing is reached. */
  readonly unnamed: readonly string[];
};

/** Every grant that the principal holds at `now`, directly or through a group. */
export function holdingsOf(world: CompiledWorld, principal: Principal, now: number): Holding[] {
  const holdings: Holding[] = [];
  for (const grant of world.userGrants.get(principal.id) ?? []) {
    if (isValid(grant.source, now)) holdings.push({ grant, member: null });
  }
  for (const member of membershipsOf(world, principal)) {
    if (!isValid(member, now)) continue;
    for (const grant of world.groupGrants.get(member.group) ?? []) {
      if (isValid(grant.source, now)) holdings.push({ grant, member });
    }
  }
  return holdings;
}

/** Ways that a principal has now to do an action on a doctype, whether or not they reach one. */
export function waysOf(
  world: CompiledWorld,
  principal: Principal,
  action: Action,
  doctype: DoctypeShape,
  now: number,
): Way[] {
  const ways: Way[] = [];
  for (const holding of holdingsOf(world, principal, now)) {
    for (const rule of world.rules.get(holding.grant.source.role)?.get(doctype.name) ?? []) {
      if (rule.actions.has(action)) ways.push(wayBy(holding, rule, doctype));
    }
  }
  return ways;
}

/** Shares of one doctype's documents with the principal that are valid now. */
export function sharesOf(
  world: CompiledWorld,
  principal: Principal,
  doctype: string,
  now: number,
): Share[] {
  const shares = world.shares.get(principal.id)?.get(doctype) ?? [];
  return shares.filter((share) => isValid(share, now));
}

/**
 * A doctype is visible to whoever holds, now and with whatever scope, a role with a rule in
 * force for it, or a share of one of its documents. All others get the answer of an unknown one.
 */
export function isVisible(
  world: CompiledWorld,
  principal: Principal,
  doctype: string,
  now: number,
): boolean {
  if (!world.doctypes.has(doctype)) return false;
  if (principal.ceilings.some((ceiling) => ceiling.doctypes?.includes(doctype) === false)) {
    return false;
  }
  return (
    sharesOf(world, principal, doctype, now).length > 0 ||
    holdingsOf(world, principal, now).some((holding) =>
      world.rules.get(holding.grant.source.role)?.has(doctype),
    )
  );
}

function membershipsOf(world: CompiledWorld, principal: Principal) {
  const named = world.memberships.get(principal.id) ?? [];
  const builtIn = builtInGroup(principal);
  if (builtIn === null) return named;
  return [...named, { group: builtIn, user: principal.id, from: null, until: null }];
}

/** A system principal is in neither: what it may do stands in grants to its own name. */
function builtInGroup(principal: Principal): string | null {
  if (principal.kind === 'guest') return GUESTS;
  return principal.kind === 'user' ? EVERYONE : null;
}

function wayBy(holding: Holding, rule: CompiledRule, doctype: DoctypeShape): Way {
  const tests: { path: string; dimension: string; coverage: Coverage }[] = [];
  const unnamed: string[] = [];
  if (rule.source.reach !== 'everything') {
    for (const { dimension, path } of doctype.paths) {
      const coverage = holding.grant.coverage.get(dimension);
      if (coverage) tests.push({ path, dimension, coverage });
      else if (!rule.except.has(dimension)) unnamed.push(dimension);
    }
  }
  return { holding, rule, tests, unnamed };
}
