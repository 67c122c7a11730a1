/** Which grants a principal holds now, and by which rules they can reach a doctype. */
import type { Action } from './actions.ts';
import type { CompiledWorld, Holding } from './compiled.ts';
import type { CompiledDoctype, CompiledPath } from './compiled-doctype.ts';
import type { CompiledRule } from './compiled-grant.ts';
import type { Coverage } from './coverage.ts';
import { EVERYONE, GUESTS, type Principal } from './principal.ts';
import { isValid } from './validity.ts';
import type { Share } from './world.ts';

/** One grant with one rule of its role: a single way to say yes. */
export type Way = {
  readonly holding: Holding;
  readonly rule: CompiledRule;
  /** What the grant covers of each dimension path that it must cover. */
  readonly tests: readonly { readonly path: CompiledPath; readonly coverage: Coverage }[];
  /** Dimensions neither named by the grant nor excepted by the rule: nothing is reached. */
  readonly unnamed: readonly string[];
};

/** Every grant that the principal holds at `now`, directly or through a group. */
export function holdingsOf(world: CompiledWorld, principal: Principal, now: number): Holding[] {
  return everyHolding(world, principal).filter((holding) => isHeld(holding, now));
}

/** Every grant that the principal holds, has held or will hold. */
export function everyHolding(world: CompiledWorld, principal: Principal): Holding[] {
  const holdings: Holding[] = [];
  for (const grant of world.userGrants.get(principal.id) ?? []) {
    holdings.push({ grant, member: null });
  }
  for (const member of membershipsOf(world, principal)) {
    for (const grant of world.groupGrants.get(member.group) ?? []) {
      holdings.push({ grant, member });
    }
  }
  return holdings;
}

/** True where the grant is valid at the moment, and the membership that brings it is too. */
export function isHeld({ grant, member }: Holding, now: number): boolean {
  return isValid(grant.source, now) && (member === null || isValid(member, now));
}

/** Ways that a principal has now to do an action on a doctype, whether or not they reach one. */
export function waysOf(
  world: CompiledWorld,
  principal: Principal,
  action: Action,
  doctype: CompiledDoctype,
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

/** Groups that the principal is in, was in or will be in, with the one that is built in. */
export function membershipsOf(world: CompiledWorld, principal: Principal) {
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

/** How this grant reaches documents of the doctype by this rule. */
export function wayBy(holding: Holding, rule: CompiledRule, doctype: CompiledDoctype): Way {
  const tests: { path: CompiledPath; coverage: Coverage }[] = [];
  const unnamed: string[] = [];
  if (rule.source.reach !== 'everything') {
    for (const path of doctype.compiledPaths) {
      const dimension = path.dimension.name;
      const coverage = holding.grant.coverage.get(dimension);
      if (coverage) tests.push({ path, coverage });
      else if (!rule.except.has(dimension)) unnamed.push(dimension);
    }
  }
  return { holding, rule, tests, unnamed };
}
