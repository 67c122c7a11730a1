/** A route as it is declared. Nothing else is served, and the inventory is made of these. */
import type { FastifyReply } from 'fastify';
import type { TSchema } from 'typebox';
import type { Caller } from '../identity/caller.ts';
import type { Services } from './what-routes-call.ts';

export type Query = Readonly<Record<string, string>>;

/** A request after its door has made a caller of it. */
export type RouteContext = {
  readonly caller: Caller;
  readonly services: Services;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: unknown;
  readonly header: (name: string) => string | undefined;
  readonly reply: FastifyReply;
  /** The browser speaks TLS to us or to the proxy before us: cookies may say so. */
  readonly isHttps: boolean;
};

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As Fastify spells it, `:name` for a part of the path. */
  readonly path: string;
  readonly summary: string;
  /** The kernel's action that it needs, or `none` with a reason in `summary`. */
  readonly action: string;
  /** Answers people who did not sign in. */
  readonly guest: boolean;
  /** Requests from one address, or only those that fail: these `identity` counts. */
  readonly rateLimit: { readonly perMinute: number; readonly counts?: 'failures' };
  /** What of it is written to the audit log. */
  readonly audit: 'refusals' | 'writes and refusals' | 'all' | 'none';
  /** Names of query parameters; any other is `unknown_parameter`. */
  readonly query?: readonly string[];
  /** The body's shape; a route without one takes no body. */
  readonly body?: TSchema;
  readonly handle: (context: RouteContext) => Promise<unknown>;
};
