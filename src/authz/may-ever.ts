/** For menus: whether it is worth offering at all. Never an answer about a document. */
import { type Action, actionBit } from './actions.ts';
import { namesAllow } from './ceiling.ts';
import type { CompiledWorld } from './compiled.ts';
import type { Principal } from './principal.ts';
import { profileOf } from './profiles.ts';

export type MayEverRequest = {
  readonly principal: Principal;
  readonly action: Action;
  readonly doctype: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
};

/**
 * False where the principal may do the action on no document of the doctype, whatever it holds.
 * True says no more than that some grant or share could allow it: `decide` decides.
 */
export function mayEver(world: CompiledWorld, request: MayEverRequest): boolean {
  const { principal, action, now } = request;
  const doctype = world.doctypes.get(request.doctype);
  if (!doctype) return false;
  if (!principal.ceilings.every((ceiling) => namesAllow(world, ceiling, action, doctype.name))) {
    return false;
  }
  const place = profileOf(world, principal, now);
  const bit = actionBit(action);
  if (world.profiles.mayEver(place, world.ruleTable, doctype, bit)) return true;
  const shared = world.profiles.sharesOf(place, principal, doctype);
  return [...shared.values()].some((actions) => (actions & bit) !== 0);
}
