/** The HTTP door: serves the declared routes and nothing else. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { randomId } from '../base/random.ts';
import { Admission } from './admission.ts';
import { authenticate, SESSION_COOKIE } from './authenticate.ts';
import { checkBody, parseBody } from './body.ts';
import { originNamedBy } from './origin-check.ts';
import { problemOf, retryAfterOf } from './problem.ts';
import { readQuery } from './read-input.ts';
import { requestIdOf } from './request-id.ts';
import { handleOnce } from './request-once.ts';
import type { Route, RouteContext } from './route.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import type { Services } from './what-routes-call.ts';
import { whileWaitedFor } from './while-waited-for.ts';

export type ServerOptions = {
  readonly services: Services;
  readonly routes: readonly Route[];
  /** Origins that our own page may have. */
  readonly ownOrigins: () => ReadonlySet<string>;
  /** Gets what went wrong inside, for the operator; never shown to whoever asked. */
  readonly onError: (error: unknown, requestId: string) => void;
  /** Requests that are worked on at once; `LIMITS.requestsAtOnceMax` where it is unset. */
  readonly requestsAtOnceMax?: number;
  /** Answers paths that no route has: the page and its files. */
  readonly page: (
    path: string,
  ) => { readonly type: string; readonly body: Buffer; readonly isFixed: boolean } | null;
};

declare module 'fastify' {
  interface FastifyContextConfig {
    protocol?: Route['protocol'];
  }
}

/** Builds the server; the caller makes it listen. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: LIMITS.requestSeconds * 1000,
    genReqId: () => randomId(16),
    requestIdHeader: false,
    // Nothing is served that is not declared, and no route declares HEAD.
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 2048, ignoreTrailingSlash: true },
    // Frappe's clients put spaces and slashes into paths; a bad escape is our own 400.
    frameworkErrors: (error, request, reply) => answerError(options, error, request, reply),
    clientErrorHandler: answerBrokenRequest,
  });
  await server.register(cookie);
  await server.register(rateLimit, {
    global: false,
    errorResponseBuilder: tooMany,
    // What is left of a limit is nobody's business; whoever is over it learns when to come back.
    addHeadersOnExceeding: NO_LIMIT_HEADERS,
    addHeaders: { ...NO_LIMIT_HEADERS, 'retry-after': false },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseBody(Buffer.from(body)));
    } catch (error) {
      done(error as Error);
    }
  });
  // The body of every declared method is read, so that none is dropped unseen.
  server.addHttpMethod('GET', { hasBody: true, overrideExisting: true });
  // What no route declares is refused as such, whatever its body is.
  for (const method of ['OPTIONS', 'PATCH', 'QUERY']) {
    server.addHttpMethod(method, { overrideExisting: true });
  }
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    // The type of no content says nothing, and some clients send one with every request.
    if (!hasContent(request)) request.raw.headers['content-type'] = undefined;
    if (request.routeOptions.config?.protocol !== 'authzen') return;
    const requestId = requestIdOf(request.headers['x-request-id']);
    if (requestId !== null) reply.header('X-Request-ID', requestId);
  });
  const { requests } = options.services;
  server.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
    const at = routeOptions.url === undefined ? null : { method, route: routeOptions.url };
    requests.answered(at, statusCode, elapsedTime / 1000);
  });
  const admission = new Admission(options.requestsAtOnceMax ?? LIMITS.requestsAtOnceMax);
  for (const route of options.routes) serveRoute(server, options, admission, route);
  server.setErrorHandler((error, request, reply) => answerError(options, error, request, reply));
  server.setNotFoundHandler((request, reply) => servePage(options, request, reply));
  return server;
}

function serveRoute(
  server: FastifyInstance,
  options: ServerOptions,
  admission: Admission,
  route: Route,
): void {
  server.route({
    method: route.method,
    url: route.path,
    config: {
      ...(route.protocol === undefined ? {} : { protocol: route.protocol }),
      rateLimit: {
        max: (request: FastifyRequest) =>
          isCountedAsGuest(route, request)
            ? LIMITS.guestRequestsPerMinute
            : requestsPerMinute(route),
        keyGenerator: (request: FastifyRequest) =>
          `${isCountedAsGuest(route, request) ? 'guest ' : ''}${request.ip}`,
        timeWindow: '1 minute',
      },
    },
    handler: async (request, reply) => {
      const work = async (): Promise<unknown> =>
        await whileWaitedFor(
          reply.raw,
          route.answerSeconds ?? LIMITS.answerSeconds,
          async () => await answer(options, route, request, reply),
        );
      if (route.isAlwaysAnswered) return await work();
      return await admission.admit(work);
    },
  });
}

async function answer(
  options: ServerOptions,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { services } = options;
  const { identity } = services;
  const origins = options.ownOrigins();
  const ofDoctype = route.ofDoctype === true;
  const caller = await authenticate(identity, request, origins, ofDoctype);
  if (!route.guest) await identity.confirm(caller);
  try {
    const body = request.body ?? {};
    const query = readQuery(request.url, route.query ?? []);
    checkBody(route.body, body);
    const context: RouteContext = {
      caller,
      services,
      params: request.params as Readonly<Record<string, string>>,
      query,
      body,
      header: (name) => headerOf(request, name),
      reply,
      isHttps: [...origins].some((origin) => origin.startsWith('https://')),
      origin: originNamedBy(request.headers.host, origins),
    };
    return await handleOnce(route, context, request.url);
  } catch (error) {
    await identity.noteEnded(caller, error);
    throw error;
  }
}

/** Asks for documents, and shows nothing by which it could be anybody. */
function isCountedAsGuest(route: Route, { headers, cookies }: FastifyRequest): boolean {
  if (route.ofDoctype !== true || headers.authorization !== undefined) return false;
  return (cookies[SESSION_COOKIE] ?? '') === '';
}

/** RFC 9112, 6: content is announced by one of these headers. */
function hasContent({ headers }: FastifyRequest): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Where only failures count, they are counted behind the door; the door has its usual limit. */
function requestsPerMinute({ rateLimit: { perMinute, counts } }: Route): number {
  return counts === 'failures' ? LIMITS.requestsPerMinute : perMinute;
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function servePage(options: ServerOptions, request: FastifyRequest, reply: FastifyReply) {
  const path = request.url.split('?')[0] ?? '/';
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const methods = methodsAt(options.routes, path);
  if (methods.length > 0) {
    reply.header('Allow', methods.join(', '));
    const detail = `This address takes ${methods.join(', ')}.`;
    return answerError(options, new Refusal('method_not_allowed', detail), request, reply);
  }
  const file = isRead ? options.page(path) : null;
  if (!file) {
    const refusal = new Refusal('not_found', 'There is nothing at this address.');
    return answerError(options, refusal, request, reply);
  }
  reply.header('Cache-Control', file.isFixed ? 'public, max-age=31536000, immutable' : 'no-cache');
  return reply.type(file.type).send(file.body);
}

/** The methods that routes take at a path. */
function methodsAt(routes: readonly Route[], path: string): string[] {
  const parts = path.replace(/\/$/, '').split('/');
  const isAt = (route: Route): boolean => {
    const wanted = route.path.split('/');
    return (
      wanted.length === parts.length &&
      wanted.every((part, i) => (part.startsWith(':') ? parts[i] !== '' : part === parts[i]))
    );
  };
  return routes.filter(isAt).map(({ method }) => method);
}

function answerError(
  options: ServerOptions,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const known = translate(error, request.routeOptions?.config?.protocol);
  const problem = problemOf(known, request.id);
  options.services.requests.refused(problem.code);
  if (problem.status >= 500) options.onError(error, request.id);
  const seconds = retryAfterOf(known);
  if (seconds !== null) reply.header('Retry-After', String(seconds));
  return reply
    .headers(SECURITY_HEADERS)
    .code(problem.status)
    .type('application/problem+json')
    .send(problem);
}

/** Errors of the framework itself, by its codes. */
function translate(error: unknown, protocol: Route['protocol']): unknown {
  if (error instanceof Refusal) return error;
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new Refusal('too_large', `A body has at most ${LIMITS.bodyBytes} bytes.`);
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const code = protocol === 'authzen' ? 'malformed' : 'unsupported_media_type';
    return new Refusal(code, 'Send JSON, as application/json.');
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new Refusal('malformed', 'The request is not well formed.');
  }
  return error;
}

const NO_LIMIT_HEADERS = {
  'x-ratelimit-limit': false,
  'x-ratelimit-remaining': false,
  'x-ratelimit-reset': false,
} as const;

function tooMany(_request: FastifyRequest, context: { ttl: number }): Refusal {
  const retryAfterSeconds = Math.max(1, Math.ceil(context.ttl / 1000));
  return new Refusal('too_many_requests', 'Too many requests. Slow down.', { retryAfterSeconds });
}

/** What is no HTTP, or has too many headers, never becomes a request; it is answered even so. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const detail = tooLarge ? 'The headers are too large.' : 'The request is not well formed.';
  const refusal = new Refusal(tooLarge ? 'too_large' : 'malformed', detail);
  const body = JSON.stringify(problemOf(refusal, randomId(16)));
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const status = `${refusal.status} ${STATUS_CODES[refusal.status]}`;
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`);
}
