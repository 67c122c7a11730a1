/** Who a decision is made for. Made by `identity` and by nothing else. */
import type { Action } from './actions.ts';
import type { ScopeValue } from './world.ts';

/** A limit that only narrows; a missing part does not limit. */
export type Ceiling = {
  readonly name: string;
  readonly actions?: readonly Action[];
  readonly doctypes?: readonly string[];
  readonly tools?: readonly string[];
  readonly scope?: readonly ScopeValue[];
};

/**
 * `user`: a person or service account who signed in. `system`: a named part of the system with
 * grants of its own. `guest`: nobody signed in. There is no principal that may do everything.
 */
export type Principal = {
  readonly id: string;
  readonly kind: 'user' | 'system' | 'guest';
  /** The token or assistant that uses this principal's authority, null for the person alone. */
  readonly actor: string | null;
  readonly ceilings: readonly Ceiling[];
};

/** Of whoever acts without a token or an assistant: one list, which is the same for all. */
export const NO_CEILINGS: readonly Ceiling[] = Object.freeze([]);

/** The name of whoever did not sign in. */
export const GUEST = 'Guest';

/** What a name stands for is told by the name alone: `system:ledger`, `Guest`, or a user's. */
export function kindOf(id: string): Principal['kind'] {
  if (id === GUEST) return 'guest';
  return id.startsWith('system:') ? 'system' : 'user';
}

/** Who is meant by a name, acting alone and without limits. */
export function principalNamed(id: string): Principal {
  return { id, kind: kindOf(id), actor: null, ceilings: NO_CEILINGS };
}

/** Everyone who signed in. */
export const EVERYONE = 'Everyone';
/** Whoever did not sign in. */
export const GUESTS = 'Guests';
