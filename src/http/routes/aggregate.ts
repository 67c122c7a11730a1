/** Groups and measures of documents. */
import { Type } from 'typebox';
import { LIMITS } from '../../base/limits.ts';
import type { AggregateRequest } from '../../documents/aggregate-query.ts';
import type { Route } from '../route.ts';
import { doctypeOf } from './resource.ts';

const CLOSED = { additionalProperties: false } as const;

const GROUP = Type.Object(
  { field: Type.String(), by: Type.Optional(Type.String()), as: Type.Optional(Type.String()) },
  CLOSED,
);

const MEASURE = Type.Object(
  {
    fn: Type.String(),
    field: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    as: Type.String(),
  },
  CLOSED,
);

const BODY = Type.Object(
  {
    group_by: Type.Optional(Type.Array(Type.Union([Type.String(), GROUP]))),
    measures: Type.Optional(Type.Array(MEASURE)),
    filters: Type.Optional(Type.Unknown()),
    or_filters: Type.Optional(Type.Unknown()),
  },
  CLOSED,
);

export const AGGREGATE_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/aggregate/:doctype',
    summary: 'Groups of the documents that one may read, measured',
    action: 'read',
    guest: true,
    ofDoctype: true,
    rateLimit: { perMinute: LIMITS.requestsPerMinute },
    audit: 'refusals and marked reads',
    body: BODY,
    handle: async ({ services, caller, params, body }) => ({
      data: await services.documents.aggregate(caller, doctypeOf(params), body as AggregateRequest),
    }),
  },
];
