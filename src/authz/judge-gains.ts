/**
 * Whether somebody may make a change. Whatever adds access needs a granting authority that covers
 * all that is gained, and is refused where the actor is among those who gain
 * (INVARIANT (no-self-gain)).
 */
import { withImplied } from './actions.ts';
import { hasAuthority, hasRole, isAmong, isHeldNow, isScopeWithin } from './authority.ts';
import type { CompiledWorld } from './compiled.ts';
import { decide } from './decide.ts';
import type { Gain, PowerGain, ShareGain } from './gain.ts';
import type { DocumentFacts } from './matches.ts';
import type { Principal } from './principal.ts';
import { couldGive } from './rule-power.ts';
import type { ScopeValue } from './world.ts';

/** Why a change may not be made by this actor, or null where it may. */
export type GainRefusal = 'self_gain' | 'outside_authority' | null;

/** The facts of a document as it is stored; null where there is none. */
export type FactsOf = (doctype: string, document: string) => DocumentFacts | null;

const NO_FACTS: FactsOf = () => null;

/**
 * Judges all gains of one change together, in the world before it: the first refusal wins,
 * self-gain before authority. `now` is in milliseconds since 1970 UTC, from the transaction that
 * makes the change. Sharing a document whose facts are not known is refused.
 */
export function judgeGains(
  world: CompiledWorld,
  actor: Principal,
  gains: readonly Gain[],
  now: number,
  factsOf: FactsOf = NO_FACTS,
): GainRefusal {
  if (gains.some((gain) => isOwnGain(world, actor, gain))) return 'self_gain';
  const mayGive = (gain: Gain): boolean => {
    if ('power' in gain) return mayEmpower(world, actor, gain, now);
    if ('share' in gain) return mayShare(world, actor, gain, now, factsOf);
    return hasAuthority(world, actor, gain, now) && isWithinCeilings(world, actor, gain.scope);
  };
  return gains.every(mayGive) ? null : 'outside_authority';
}

/** By themself, by a group, as somebody they act as; or it is given to who acts on their behalf. */
function isOwnGain(world: CompiledWorld, { id, actor }: Principal, gain: Gain): boolean {
  if ('power' in gain) return false;
  return (
    isAmong(world, id, gain.grantee) || (actor !== null && isAmong(world, actor, gain.grantee))
  );
}

/** Who acts through a token or an assistant gives no further than that reaches. */
function isWithinCeilings(
  world: CompiledWorld,
  actor: Principal,
  scope: readonly ScopeValue[],
): boolean {
  return actor.ceilings.every((ceiling) => isScopeWithin(world, scope, ceiling.scope ?? []));
}

/**
 * A power is its role's wherever that is held, so it takes a token without limits of scope. Who
 * could give it already may not bring it to where they could not, by somebody else who gives the
 * role there.
 */
function mayEmpower(
  world: CompiledWorld,
  actor: Principal,
  { power, opened, scopes }: PowerGain,
  now: number,
): boolean {
  const able = world.authorities.filter(
    (authority) =>
      isHeldNow(world, actor, authority.holder, now) &&
      hasRole(authority, { role: power.role }) &&
      couldGive(world, authority, power, opened),
  );
  const isCovered = (scope: readonly ScopeValue[]): boolean =>
    able.some((authority) => isScopeWithin(world, scope, authority.scope));
  return able.length > 0 && scopes.every(isCovered) && isWithinCeilings(world, actor, []);
}

/**
 * Who shares a document holds `share` on it, each action that is passed on, and what it shows; now,
 * and still when the share ends, or for ever. What is held for a while is not passed on for longer.
 */
function mayShare(
  world: CompiledWorld,
  principal: Principal,
  { share: { doctype, document: name, actions, until }, levels }: ShareGain,
  now: number,
  factsOf: FactsOf,
): boolean {
  const document = factsOf(doctype, name);
  if (document === null) return false;
  const last = Math.max(now, until === null ? LAST_MOMENT : until - 1);
  return [now, last].every((moment) =>
    [...withImplied(['share', ...actions])].every((action) => {
      const decision = decide(world, { principal, action, doctype, document, now: moment });
      return decision.allowed && levels.every((level) => decision.levels.has(level));
    }),
  );
}

/** The latest that JavaScript has a date for; nothing that ends is held then. */
const LAST_MOMENT = 8.64e15;
