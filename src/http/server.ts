/** The HTTP door: serves the declared routes and nothing else. */
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { randomId } from '../base/random.ts';
import { authenticate } from './authenticate.ts';
import { checkBody, parseBody } from './body.ts';
import { problemOf } from './problem.ts';
import { readQuery } from './read-input.ts';
import type { Route } from './route.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import type { Services } from './what-routes-call.ts';

export type ServerOptions = {
  readonly services: Services;
  readonly routes: readonly Route[];
  /** Origins that our own page may have. */
  readonly ownOrigins: () => ReadonlySet<string>;
  /** Gets what went wrong inside, for the operator; never shown to whoever asked. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** Answers paths that no route has: the page and its files. */
  readonly page: (
    path: string,
  ) => { readonly type: string; readonly body: Buffer; readonly isFixed: boolean } | null;
};

/** Builds the server; the caller makes it listen. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: LIMITS.bodyBytes,
    genReqId: () => randomId(16),
    requestIdHeader: false,
    routerOptions: { maxParamLength: 2048, ignoreTrailingSlash: true },
    // Frappe's clients put spaces and slashes into paths; a bad escape is our own 400.
    frameworkErrors: (error, request, reply) => answerError(options, error, request, reply),
  });
  await server.register(cookie);
  await server.register(rateLimit, { global: false, errorResponseBuilder: tooMany });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, parseBody(String(text)));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  for (const route of options.routes) serveRoute(server, options, route);
  server.setErrorHandler((error, request, reply) => answerError(options, error, request, reply));
  server.setNotFoundHandler((request, reply) => servePage(options, request, reply));
  return server;
}

function serveRoute(server: FastifyInstance, options: ServerOptions, route: Route): void {
  server.route({
    method: route.method,
    url: route.path,
    config: { rateLimit: { max: route.rateLimit.perMinute, timeWindow: '1 minute' } },
    handler: async (request, reply) => {
      const caller = await authenticate(options.services.identity, request, options.ownOrigins());
      if (!route.guest && caller.principal.kind === 'guest') {
        throw new Refusal('unauthenticated', 'Sign in first.');
      }
      const query = readQuery(request.url, route.query ?? []);
      const body = request.body ?? (route.body ? {} : null);
      if (route.body) checkBody(route.body, body);
      return await route.handle({
        caller,
        services: options.services,
        params: request.params as Readonly<Record<string, string>>,
        query,
        body,
        header: (name) => headerOf(request, name),
        reply,
      });
    },
  });
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function servePage(options: ServerOptions, request: FastifyRequest, reply: FastifyReply) {
  const path = request.url.split('?')[0] ?? '/';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const isApi = /^\/(?:api|access|mcp|webhooks|files)(?:\/|$)/.test(path);
  const file = isRead && !isApi ? options.page(path) : null;
  if (!file) {
    const refusal = new Refusal('not_found', 'There is nothing at this address.');
    return answerError(options, refusal, request, reply);
  }
  reply.header('Cache-Control', file.isFixed ? 'public, max-age=31536000, immutable' : 'no-cache');
  return reply.type(file.type).send(file.body);
}

function answerError(
  options: ServerOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const known = translate(error);
  const problem = problemOf(known, request.id);
  if (problem.status >= 500) options.onError(error, request.id);
  if (known instanceof Refusal && known.retryAfterSeconds !== null) {
    reply.header('Retry-After', String(known.retryAfterSeconds));
  }
  return reply
    .headers(SECURITY_HEADERS)
    .code(problem.status)
    .type('application/problem+json')
    .send(problem);
}

/** Errors of the framework itself, by its codes. */
function translate(error: unknown): unknown {
  if (error instanceof Refusal) return error;
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Refusal('too_large', `A body has at most ${LIMITS.bodyBytes} bytes.`);
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new Refusal('unsupported_media_type', 'Send JSON, as application/json.');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Refusal('malformed', 'The request is not well formed.');
  }
  return error;
}

function tooMany(_request: FastifyRequest, context: { ttl: number }): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil(context.ttl / 1000));
  return new Refusal('too_many_requests', 'Too many requests. Slow down.', { retryAfterSeconds });
}
