/** Whoever a request is for, with the proof of it that the database checks again. */
import { GUEST, type Principal, principalNamed } from '../authz/index.ts';
import type { Credential } from '../store/opening.ts';
import type { Once } from '../store/request-key.ts';

export type Caller = {
  readonly principal: Principal;
  readonly credential: Credential;
  readonly requestId: string;
  /** Which door the request came through: `http`, `cli`. */
  readonly door: string;
  readonly address: string | null;
  /** What it asks for is done once, however often it is sent; missing where nobody says so. */
  readonly once?: Once;
};

/** Where a request came from, for the audit log. */
export type Origin = Pick<Caller, 'requestId' | 'door' | 'address'>;

/** Nobody signed in. */
export function guestCaller(origin: Origin): Caller {
  return {
    ...origin,
    principal: principalNamed(GUEST),
    credential: { kind: 'named', principal: GUEST },
  };
}

/** A named part of the system; what it may do stands in grants to that name. */
export function systemCaller(name: `system:${string}`, origin: Origin, actor?: string): Caller {
  return {
    ...origin,
    principal: { ...principalNamed(name), actor: actor ?? null },
    credential: { kind: 'named', principal: name },
  };
}
