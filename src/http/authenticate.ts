/** Makes the caller of a request: from its token, from its session's cookie, or a guest. */
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../base/errors.ts';
import { type Caller, guestCaller, type Origin } from '../identity/caller.ts';
import type { Identity } from '../identity/sign-in.ts';
import { refuseCrossSite } from './origin-check.ts';

export const SESSION_COOKIE = 'sid';

/** Throws `unauthenticated` for a token or session that is not valid, `forbidden` cross-site. */
export async function authenticate(
  identity: Identity,
  request: FastifyRequest,
  ownOrigins: ReadonlySet<string>,
  /** Routes that work with documents tell whose session has ended to sign in again. */
  needsValidSession: boolean,
): Promise<Caller> {
  const address = request.ip.replace(/^::ffff:(?=\d+\.)/i, '');
  const origin: Origin = { requestId: request.id, door: 'http', address };
  const authorization = request.headers.authorization;
  if (authorization !== undefined) return await byHeader(identity, origin, authorization);
  // Signing in is a write too: another site must not sign its visitor in as somebody.
  refuseCrossSite(request.method, request.headers, ownOrigins);
  const secret = request.cookies[SESSION_COOKIE];
  if (secret === undefined || secret === '') return guestCaller(origin);
  const caller = await identity.bySession(origin, secret);
  if (!caller && needsValidSession) throw new Refusal('unauthenticated', 'Sign in again.');
  return caller ?? guestCaller(origin);
}

/** `token KEY:SECRET`, or the same as a bearer. Nothing else is tried: no fallback to a cookie. */
async function byHeader(identity: Identity, origin: Origin, header: string): Promise<Caller> {
  const match = /^(?:token|bearer) +([A-Za-z0-9_-]{1,64}):([A-Za-z0-9_-]{1,128})$/i.exec(header);
  const caller = match?.[1] && match[2] ? await identity.byToken(origin, match[1], match[2]) : null;
  if (caller) return caller;
  await identity.noteBadToken(origin, match?.[1] ?? null);
  throw new Refusal('unauthenticated', 'The token is not valid.');
}
