/** OpenAPI 3.1, derived from the declared routes. @see https://spec.openapis.org/oas/v3.1.1 */
import type { TSchema } from 'typebox';
import type { Route } from './route.ts';

const PROBLEM = {
  description: 'A problem document (RFC 9457) with a stable `code`',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The description of these routes. */
export function openapiOf(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const operations = paths[path] ?? {};
    paths[path] = operations;
    operations[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Bailiwick',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Problem: PROBLEM_SCHEMA },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'sid' },
        token: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: '`token KEY:SECRET`',
        },
      },
    },
  };
}

function operationOf(route: Route): Record<string, unknown> {
  const parts = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) =>
    parameter(name ?? '', 'path'),
  );
  const query = (route.query ?? []).map((name) => parameter(name, 'query'));
  return {
    summary: route.summary,
    'x-action': route.action,
    'x-rate-limit-per-minute': route.rateLimit.perMinute,
    security: route.guest ? [{}, { session: [] }, { token: [] }] : [{ session: [] }, { token: [] }],
    parameters: [...parts, ...query, ...(route.again ? [REQUEST_KEY] : [])],
    ...(route.body ? { requestBody: bodyOf(route.body) } : {}),
    responses: {
      [route.method === 'DELETE' ? '202' : '200']: {
        description: 'Done',
        content:
          route.produces === undefined
            ? { 'application/json': { schema: { type: 'object' } } }
            : { [route.produces]: { schema: { type: 'string' } } },
      },
      default: PROBLEM,
    },
  };
}

/** No body is an empty object, so that one is required only where something in it is. */
function bodyOf(schema: TSchema): Record<string, unknown> {
  const { required = [] } = schema as { readonly required?: readonly string[] };
  return { required: required.length > 0, content: { 'application/json': { schema } } };
}

/** Draft-ietf-httpapi-idempotency-key-header: the request is done once. */
const REQUEST_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Sent again with the same key, the request is not done again',
  schema: { type: 'string' },
};

function parameter(name: string, place: 'path' | 'query') {
  return { name, in: place, required: place === 'path', schema: { type: 'string' } };
}

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['status', 'code', 'detail', 'request_id'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    request_id: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          field: { type: 'string' },
          code: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
} as const;
