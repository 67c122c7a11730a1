/** Who may give roles, and within which scope. */
import type { CompiledWorld } from './compiled.ts';
import { type Coverage, coverageOf, covers, type ScopeCoverage } from './coverage.ts';
import type { RoleGain } from './gain.ts';
import { EVERYONE, GUESTS, type Principal } from './principal.ts';
import { areSpansWithin } from './spans.ts';
import { isValid } from './validity.ts';
import { ANY_VALUE, type Grantee, type GrantingAuthority, type ScopeValue } from './world.ts';

/** In an authority's roles: every role. */
export const ANY_ROLE = ANY_VALUE;

/**
 * True where the user is the grantee or in the group, at any time: a membership which begins
 * tomorrow must not let its owner give to the group today. Everybody is among the guests: it
 * takes no more than to sign out. Who acts as another is among whatever that one is among.
 */
export function isAmong(world: CompiledWorld, user: string, grantee: Grantee): boolean {
  return actingAs(world, user).some((name) => isNamed(world, name, grantee));
}

function isNamed(world: CompiledWorld, user: string, grantee: Grantee): boolean {
  if (grantee.type === 'User') return grantee.name === user;
  if (grantee.name === EVERYONE || grantee.name === GUESTS) return true;
  return (world.memberships.get(user) ?? []).some((member) => member.group === grantee.name);
}

/** The user, and whoever they act as, directly or through another. */
export function actingAs(world: CompiledWorld, user: string): readonly string[] {
  const names = [user];
  // The list grows while it is walked.
  for (const name of names) {
    for (const { holder, principal } of world.source.acting ?? []) {
      if (!names.includes(principal) && isNamed(world, name, holder)) names.push(principal);
    }
  }
  return names;
}

/** True where one authority that the principal holds now has the role and contains the scope. */
export function hasAuthority(
  world: CompiledWorld,
  principal: Principal,
  gain: Omit<RoleGain, 'grantee'>,
  now: number,
): boolean {
  return world.authorities.some(
    (authority) =>
      isHeldNow(world, principal, authority.holder, now) &&
      hasRole(authority, gain) &&
      isScopeWithin(world, gain.scope, authority.scope),
  );
}

/** True where the authority is over the role, whatever the scope. */
export function hasRole(
  { roles, exceptRoles }: GrantingAuthority,
  { role, exceptRoles: left = [] }: Pick<RoleGain, 'role' | 'exceptRoles'>,
): boolean {
  if (role !== ANY_ROLE && roles.includes(role)) return true;
  if (!roles.includes(ANY_ROLE)) return false;
  // Of every role, all that this authority leaves out must be left out as well.
  if (role === ANY_ROLE) return exceptRoles.every((name) => left.includes(name));
  return !exceptRoles.includes(role);
}

/** Unlike `isAmong`, by memberships valid now only: who has left a group gives nothing as it. */
export function isHeldNow(
  world: CompiledWorld,
  { id, kind }: Principal,
  holder: Grantee,
  now: number,
): boolean {
  if (holder.type === 'User') return holder.name === id;
  if (holder.name === EVERYONE) return kind === 'user';
  if (holder.name === GUESTS) return kind === 'guest';
  return (world.memberships.get(id) ?? []).some(
    (member) => member.group === holder.name && isValid(member, now),
  );
}

/**
 * A scope lies inside another if, for every dimension that the outer one names, the inner names a
 * subset, or leaves it out where the outer holds both `*` and `(blank)` of it. Further dimensions
 * of the inner only narrow.
 */
export function isScopeWithin(
  world: CompiledWorld,
  inner: readonly ScopeValue[],
  outer: readonly ScopeValue[],
): boolean {
  const innerCoverage: ScopeCoverage = coverageOf(inner, world.dimensions);
  const outerCoverage: ScopeCoverage = coverageOf(outer, world.dimensions);
  return [...outerCoverage].every(([dimension, outerPart]) => {
    const innerPart = innerCoverage.get(dimension);
    if (innerPart === undefined) return outerPart.any && outerPart.blank;
    return (
      isCoverageWithin(innerPart, outerPart) &&
      (outerPart.any || growsInside(world, dimension, inner, outer))
    );
  });
}

function isCoverageWithin(inner: Coverage, outer: Coverage): boolean {
  if (inner.blank && !outer.blank) return false;
  if (outer.any) return true;
  if (inner.any) return false;
  const known = [...inner.strangers].every((value) => outer.strangers.has(value));
  return known && areSpansWithin(inner.spans, outer.spans);
}

/**
 * A value with descendants covers nodes that come later. It is inside only where the outer scope
 * would take those in as well: because the value lies in a subtree given with descendants there.
 */
function growsInside(
  world: CompiledWorld,
  dimension: string,
  inner: readonly ScopeValue[],
  outer: readonly ScopeValue[],
): boolean {
  const growing = outer.filter((entry) => entry.dimension === dimension && entry.descendants);
  const grown = coverageOf(growing, world.dimensions).get(dimension);
  const known = world.dimensions.get(dimension);
  return inner.every(
    (entry) =>
      entry.dimension !== dimension ||
      !entry.descendants ||
      (grown !== undefined && covers(grown, known, entry.value)),
  );
}
