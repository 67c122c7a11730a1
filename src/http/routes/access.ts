/** Questions about access, themselves authorised. */
import { Type } from 'typebox';
import type {
  Access,
  ExplainRequest,
  PreviewRequest,
  WhoAnywhereQuestion,
  WhoQuestion,
} from '../../access/access.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Caller } from '../../identity/caller.ts';
import { PAGE_PARAMETERS, pageRequest, wholeOf } from '../read-input.ts';
import type { Route } from '../route.ts';

/** How far a forecast looks where nobody says it. */
const DAYS = 30;

const EXPLAIN = Type.Object(
  {
    action: Type.String(),
    doctype: Type.String(),
    name: Type.Optional(Type.String()),
    field: Type.Optional(Type.String()),
    user: Type.Optional(Type.String()),
    at: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

const WHO = Type.Object(
  {
    action: Type.String(),
    doctype: Type.String(),
    name: Type.Optional(Type.String()),
    field: Type.Optional(Type.String()),
    at: Type.Optional(Type.String()),
    user: Type.Optional(Type.String()),
    by: Type.Optional(Type.String()),
    start: Type.Optional(Type.Integer()),
    limit: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);

const RECORDS = Type.Array(Type.Record(Type.String(), Type.Unknown()));

const PREVIEW = Type.Object(
  { add: Type.Optional(RECORDS), remove: Type.Optional(RECORDS) },
  { additionalProperties: false },
);

export const ACCESS_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/access/explain',
    summary:
      'Why something is allowed, or what is missing: of oneself for anybody who holds a role for ' +
      'the doctype, of another person with `inspect` only. Without a name it says what could allow ' +
      'it on some document, and decides on none',
    action: 'none',
    guest: true,
    ofDoctype: true,
    rateLimit: { perMinute: LIMITS.requestsPerMinute },
    audit: 'refusals',
    body: EXPLAIN,
    handle: async ({ services, caller, body }) =>
      await services.access.explain(caller, body as ExplainRequest),
  },
  {
    method: 'POST',
    path: '/api/access/who',
    summary:
      'Everybody who may do an action on a document or a field of it; without a name, on any ' +
      'document of the doctype: how many, and of whom. Needs `inspect`, but about oneself',
    action: 'inspect',
    guest: true,
    ofDoctype: true,
    rateLimit: { perMinute: LIMITS.requestsPerMinute },
    audit: 'refusals',
    body: WHO,
    handle: async ({ services, caller, body }) =>
      await askWho(services.access, caller, body as WhoQuestion | WhoAnywhereQuestion),
  },
  {
    method: 'POST',
    path: '/api/access/preview',
    summary:
      'What a change of permissions would give and take, in people, documents and pairs, before ' +
      'it is saved; for those who may give access, or inspect grants',
    action: 'create',
    guest: false,
    rateLimit: { perMinute: LIMITS.requestsPerMinute },
    audit: 'refusals and marked reads',
    body: PREVIEW,
    handle: async ({ services, caller, body }) =>
      await services.access.preview(caller, body as PreviewRequest),
  },
  {
    method: 'GET',
    path: '/api/access/forecast',
    summary:
      'What grants, memberships and shares begin and end within so many days: of everybody, and ' +
      'what nobody could do then, with `inspect` on permission records; of oneself without',
    action: 'none',
    guest: false,
    rateLimit: { perMinute: LIMITS.forecastsPerMinute },
    audit: 'none',
    query: ['days'],
    handle: async ({ services, caller, query }) =>
      await services.access.forecast(caller, wholeOf(query, 'days', DAYS)),
  },
  {
    method: 'GET',
    path: '/api/access/least-use',
    summary:
      'What each grant alone gives, which give nothing beyond others, and when each was last ' +
      'needed: with `inspect` on grants and on all that they reach, of oneself without',
    action: 'none',
    guest: false,
    rateLimit: { perMinute: LIMITS.leastUsesPerMinute },
    audit: 'refusals',
    query: ['grant', 'user', 'role', ...PAGE_PARAMETERS],
    handle: async ({ services, caller, query: { grant, user, role, ...page } }) =>
      await services.access.leastUse(caller, {
        ...(grant === undefined ? {} : { grant }),
        ...(user === undefined ? {} : { user }),
        ...(role === undefined ? {} : { role }),
        ...pageRequest(page),
      }),
  },
  {
    method: 'GET',
    path: '/api/access/separation',
    summary:
      'Everybody who could do two things that are kept apart, and by which grants; needs ' +
      '`inspect` on Separation Rule',
    action: 'inspect',
    guest: false,
    rateLimit: { perMinute: LIMITS.requestsPerMinute },
    audit: 'refusals',
    handle: async ({ services, caller }) => await services.access.separation(caller),
  },
  {
    method: 'GET',
    path: '/api/access/lint',
    summary:
      'What opens records to many, or is left lying about, in people, documents and pairs, with ' +
      'what to do; needs `inspect` on every permission record',
    action: 'inspect',
    guest: false,
    rateLimit: { perMinute: LIMITS.lintsPerMinute },
    audit: 'refusals',
    handle: async ({ services, caller }) => await services.access.lint(caller),
  },
];

/** What only a question about a whole doctype has. */
const OF_MANY = ['user', 'by', 'start', 'limit'] as const;

async function askWho(
  access: Access,
  caller: Caller,
  question: WhoQuestion | WhoAnywhereQuestion,
): Promise<unknown> {
  if (!('name' in question)) return await access.whoAnywhere(caller, question);
  const stray = OF_MANY.find((key) => key in question);
  if (stray !== undefined) {
    const detail = `\`${stray}\` does not go with the name of a document.`;
    throw new Refusal('unknown_parameter', detail);
  }
  return await access.who(caller, question);
}
