/** Whom a question is about. */
import { type CompiledWorld, GUEST, type Principal, principalNamed } from '../../authz/index.ts';
import type { Caller } from '../../identity/caller.ts';

/**
 * True for whoever may act at all. A name that nobody has holds what `Everyone` holds, and so does
 * the name of an account that was closed: neither may be told to do anything.
 */
export function isKnownSubject(world: CompiledWorld, id: string): boolean {
  return id === GUEST || world.source.users.includes(id);
}

/** Oneself with all limits of the token that asks; somebody else by their name. */
export function principalOf({ principal }: Caller, id: string): Principal {
  return id === principal.id ? principal : principalNamed(id);
}
