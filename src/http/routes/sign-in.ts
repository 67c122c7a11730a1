/** Signing in and out, and API tokens. */
import { Type } from 'typebox';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { canonicalDatetime } from '../../doctype/calendar.ts';
import { SESSION_COOKIE } from '../authenticate.ts';
import type { Route } from '../route.ts';

const perMinute = LIMITS.requestsPerMinute;

/** What Frappe's clients send along for a second factor is taken and not used. */
const LOGIN = Type.Object(
  {
    usr: Type.String({ maxLength: 1000 }),
    pwd: Type.String({ maxLength: 10_000 }),
    otp: Type.Optional(Type.Unknown()),
    tmp_id: Type.Optional(Type.Unknown()),
    device: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

const SCOPE = Type.Array(
  Type.Object(
    {
      dimension: Type.String(),
      value: Type.String(),
      descendants: Type.Optional(Type.Union([Type.Literal(0), Type.Literal(1)])),
    },
    { additionalProperties: false },
  ),
);

const TOKEN = Type.Object(
  {
    label: Type.String({ minLength: 1, maxLength: 140 }),
    expires: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    cidr: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
    ceiling: Type.Optional(
      Type.Object(
        {
          actions: Type.Optional(Type.Array(Type.String())),
          doctypes: Type.Optional(Type.Array(Type.String())),
          tools: Type.Optional(Type.Array(Type.String())),
          scope: Type.Optional(SCOPE),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export const SIGN_IN_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/method/login',
    summary: 'Sign in with e-mail address and password: anybody may try',
    action: 'none',
    guest: true,
    rateLimit: { perMinute: LIMITS.failedSignInsPerMinute, counts: 'failures' },
    audit: 'writes and refusals',
    body: LOGIN,
    handle: async ({ services, caller, body, header, reply, isHttps }) => {
      const { usr, pwd } = body as { usr: string; pwd: string };
      const { requestId, door, address } = caller;
      const agent = header('user-agent')?.slice(0, 300) ?? null;
      const signedIn = await services.identity.signIn(
        { requestId, door, address, agent },
        usr,
        pwd,
      );
      reply.setCookie(SESSION_COOKIE, signedIn.secret, {
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        secure: isHttps || reply.request.protocol === 'https',
        maxAge: LIMITS.sessionHours * 3600,
      });
      return { message: 'Logged In', full_name: await services.identity.fullName(signedIn.caller) };
    },
  },
  {
    method: 'POST',
    path: '/api/method/logout',
    summary: "End one's own session: anybody may, it need not be there any more",
    action: 'none',
    guest: true,
    rateLimit: { perMinute },
    audit: 'writes',
    body: Type.Object({}, { additionalProperties: false }),
    handle: async ({ services, caller, reply }) => {
      await services.identity.signOut(caller);
      reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return { message: 'Logged Out' };
    },
  },
  {
    method: 'GET',
    path: '/api/method/frappe.auth.get_logged_user',
    summary: 'Who one is signed in as: whoever signed in',
    action: 'none',
    guest: false,
    rateLimit: { perMinute },
    audit: 'none',
    handle: async ({ services, caller }) => {
      const full_name = await services.identity.fullName(caller);
      return { message: caller.principal.id, full_name };
    },
  },
  {
    method: 'POST',
    path: '/api/tokens',
    summary: 'Make an API token for oneself, whoever signed in; the secret is shown once',
    action: 'none',
    guest: false,
    rateLimit: { perMinute: LIMITS.tokensPerMinute },
    audit: 'writes',
    body: TOKEN,
    handle: async ({ services, caller, body }) => {
      const request = body as {
        label: string;
        expires?: string | null;
        cidr?: string | null;
        ceiling?: { scope?: { dimension: string; value: string; descendants?: 0 | 1 }[] };
      };
      const scope = request.ceiling?.scope?.map((entry) => ({
        dimension: entry.dimension,
        value: entry.value,
        descendants: entry.descendants === 1,
      }));
      return await services.identity.makeToken(caller, {
        label: request.label,
        expires: momentOf(request.expires ?? null),
        cidr: request.cidr ?? null,
        ceiling: request.ceiling
          ? ({ ...request.ceiling, ...(scope ? { scope } : {}) } as never)
          : null,
      });
    },
  },
  {
    method: 'DELETE',
    path: '/api/tokens/:id',
    summary: "End one of one's own tokens: whoever signed in",
    action: 'none',
    guest: false,
    rateLimit: { perMinute },
    audit: 'writes',
    handle: async ({ services, caller, params, reply }) => {
      await services.identity.endToken(caller, params['id'] ?? '');
      reply.code(202);
      return { message: 'ok' };
    },
  },
  {
    method: 'GET',
    path: '/api/personas',
    summary: "The demo's people, where this is the demo: anybody may look",
    action: 'none',
    guest: true,
    rateLimit: { perMinute },
    audit: 'none',
    handle: async ({ services }) => {
      if (!services.personas) throw new Refusal('not_found', 'This is not the demo.');
      return { data: services.personas };
    },
  },
];

function momentOf(text: string | null): string | null {
  const moment = text === null ? null : canonicalDatetime(text);
  if (text !== null && moment === null) {
    throw new Refusal('bad_value', '`expires` takes a time in UTC such as 2026-02-28 17:30:00.');
  }
  return moment;
}
