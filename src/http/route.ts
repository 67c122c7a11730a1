/** A route as it is declared. Nothing else is served, and the inventory is made of these. */
import type { FastifyReply } from 'fastify';
import type { TSchema } from 'typebox';
import type { WireDocument } from '../documents/documents.ts';
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
  /** Our own origin, under which this request reached us. */
  readonly origin: string;
};

/** Makes an answer of the documents that a request wrote before; null for what is not seen now. */
export type AnswerAgain = (
  documents: readonly (WireDocument | null)[],
  reply: RouteContext['reply'],
) => unknown;

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As Fastify spells it, `:name` for a part of the path. */
  readonly path: string;
  readonly summary: string;
  /** The kernel's action that it needs, or `none` with a reason in `summary`. */
  readonly action: string;
  /**
   * It serves people who did not sign in as well; at every other route they are asked to, 401.
   * What opens to them is what is granted to `Guests`, and the kernel alone decides on it.
   */
  readonly guest: boolean;
  /**
   * It asks about one doctype or its documents: one that nothing lets them see is unknown, 404,
   * to guests as to everybody.
   */
  readonly ofDoctype?: true;
  /**
   * It speaks a protocol of others. AuthZEN has `X-Request-ID` sent back, and a body that is not
   * JSON is 400 there.
   */
  readonly protocol?: 'authzen';
  /** It is answered however much else is asked for: who watches over the server needs it then. */
  readonly isAlwaysAnswered?: true;
  /** Requests from one address, or only those that fail: these `identity` counts. */
  readonly rateLimit: { readonly perMinute: number; readonly counts?: 'failures' };
  /**
   * What of it is written to the audit log. Refusals are those of access, of a password or of a
   * token, not of bad input; marked reads are those of doctypes that say `audit_reads`, of personal
   * fields, and what counts documents that the asker may not read. A token that is not valid is
   * recorded at every route.
   */
  readonly audit:
    | 'none'
    | 'refusals'
    | 'refusals and marked reads'
    | 'writes'
    | 'writes and refusals';
  /** Names of query parameters; any other is `unknown_parameter`. */
  readonly query?: readonly string[];
  /** Of an answer that may take longer than others do. */
  readonly answerSeconds?: number;
  /** The type of its answer, where that is not JSON. */
  readonly produces?: string;
  /** The body's shape; a route without one takes none, or an empty object. */
  readonly body?: TSchema;
  readonly handle: (context: RouteContext) => Promise<unknown>;
  /**
   * It takes an `Idempotency-Key`; this answers a request that was done before, out of the
   * documents that it wrote, as they may be seen now.
   */
  readonly again?: AnswerAgain;
};
