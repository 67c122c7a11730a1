/** OpenID AuthZEN's Authorization API 1.0. Only translated here; `src/access/authzen` answers. */
import { type TSchema, Type } from 'typebox';
import type { SearchKind } from '../../access/authzen/search.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Route } from '../route.ts';

const PATHS = {
  access_evaluation_endpoint: '/access/v1/evaluation',
  access_evaluations_endpoint: '/access/v1/evaluations',
  search_subject_endpoint: '/access/v1/search/subject',
  search_resource_endpoint: '/access/v1/search/resource',
  search_action_endpoint: '/access/v1/search/action',
} as const;

// Everywhere else a body with an unknown part is refused. These are open, since the specification
// wants unknown fields ignored, so that clients of a later version are understood.
const ANYTHING = Type.Record(Type.String(), Type.Unknown());
const PROPERTIES = Type.Optional(ANYTHING);
const ENTITY = Type.Object({ type: Type.String(), id: Type.String(), properties: PROPERTIES });
const TYPE_ONLY = Type.Object({ type: Type.String(), properties: PROPERTIES });
const ACTION = Type.Object({ name: Type.String(), properties: PROPERTIES });
const CONTEXT = Type.Optional(ANYTHING);
const PAGE = Type.Optional(
  Type.Object({ token: Type.Optional(Type.String()), limit: Type.Optional(Type.Integer()) }),
);

const EVALUATION = Type.Object({
  subject: ENTITY,
  action: ACTION,
  resource: ENTITY,
  context: CONTEXT,
});

/** Defaults and items are judged together, each item at its own place. */
const EVALUATIONS = Type.Object({
  subject: Type.Optional(ANYTHING),
  action: Type.Optional(ANYTHING),
  resource: Type.Optional(ANYTHING),
  context: CONTEXT,
  evaluations: Type.Optional(Type.Array(Type.Unknown())),
  options: Type.Optional(
    Type.Object({
      evaluations_semantic: Type.Optional(
        Type.Union([
          Type.Literal('execute_all'),
          Type.Literal('deny_on_first_deny'),
          Type.Literal('permit_on_first_permit'),
        ]),
      ),
    }),
  ),
});

const SEARCHES: Readonly<Record<SearchKind, TSchema>> = {
  subject: Type.Object({
    subject: TYPE_ONLY,
    action: ACTION,
    resource: ENTITY,
    context: CONTEXT,
    page: PAGE,
  }),
  resource: Type.Object({
    subject: ENTITY,
    action: ACTION,
    resource: TYPE_ONLY,
    context: CONTEXT,
    page: PAGE,
  }),
  action: Type.Object({ subject: ENTITY, resource: ENTITY, context: CONTEXT, page: PAGE }),
};

const BASE = {
  action: 'none',
  guest: false,
  protocol: 'authzen',
  rateLimit: { perMinute: LIMITS.requestsPerMinute },
} as const;

export const AUTHZEN_ROUTES: readonly Route[] = [
  {
    ...BASE,
    method: 'POST',
    path: PATHS.access_evaluation_endpoint,
    summary:
      'AuthZEN: may a subject do something; of oneself for whoever signed in, of another person ' +
      'with `inspect` only',
    audit: 'refusals',
    body: EVALUATION,
    handle: async ({ services, caller, body }) => await services.authzen.evaluation(caller, body),
  },
  {
    ...BASE,
    method: 'POST',
    path: PATHS.access_evaluations_endpoint,
    summary: 'AuthZEN: many evaluations at once, each authorised as a single one is',
    audit: 'refusals',
    body: EVALUATIONS,
    handle: async ({ services, caller, body }) => await services.authzen.evaluations(caller, body),
  },
  search('subject', 'AuthZEN: who may do something to a document, with `inspect` on it only'),
  search(
    'resource',
    'AuthZEN: on which documents a subject may do something; of oneself for whoever signed in, ' +
      'of another person those that one may `inspect`',
  ),
  search(
    'action',
    'AuthZEN: what a subject may do to a document; of oneself for whoever signed in, of another ' +
      'person with `inspect` only',
  ),
  {
    ...BASE,
    method: 'GET',
    path: '/.well-known/authzen-configuration',
    summary: 'AuthZEN: where its endpoints are: anybody may read it',
    guest: true,
    audit: 'none',
    handle: async ({ origin }) => ({
      policy_decision_point: origin,
      ...Object.fromEntries(Object.entries(PATHS).map(([key, path]) => [key, origin + path])),
    }),
  },
];

function search(kind: SearchKind, summary: string): Route {
  return {
    ...BASE,
    method: 'POST',
    path: PATHS[`search_${kind}_endpoint`],
    summary,
    audit: 'refusals and marked reads',
    body: SEARCHES[kind],
    handle: async ({ services, caller, body }) => await services.authzen.search(caller, kind, body),
  };
}
