/** Documents: `/api/resource`, the same routes for every doctype. */

import { Type } from 'typebox';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { jsonParameter, LIST_PARAMETERS, listRequest } from '../read-input.ts';
import type { AnswerAgain, Route, RouteContext } from '../route.ts';

const perMinute = LIMITS.requestsPerMinute;
const ANY_DOCUMENT = Type.Record(Type.String(), Type.Unknown());
export const VERSION_ONLY = Type.Object(
  { modified: Type.Optional(Type.String()) },
  { additionalProperties: false },
);

const BASE = { guest: true, ofDoctype: true, rateLimit: { perMinute } } as const;
export const READS = { ...BASE, audit: 'refusals and marked reads' } as const;
/** What a write answers when it was done before. */
export const DATA_AGAIN: AnswerAgain = ([document]) => ({ data: document ?? null });

export const WRITES = { ...BASE, audit: 'writes and refusals' } as const;

export const RESOURCE_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/resource/:doctype',
    summary: 'One page of the documents that one may read',
    action: 'read',
    ...READS,
    query: LIST_PARAMETERS,
    handle: listPage,
  },
  {
    method: 'GET',
    path: '/api/resource/:doctype/:name',
    summary: 'One document',
    action: 'read',
    ...READS,
    handle: async ({ services, caller, params }) => ({
      data: await services.documents.read(caller, doctypeOf(params), nameOf(params)),
    }),
  },
  {
    method: 'POST',
    path: '/api/resource/:doctype',
    summary: 'Create a document',
    action: 'create',
    ...WRITES,
    body: ANY_DOCUMENT,
    handle: async (context) => await write(context, 'create'),
    again: DATA_AGAIN,
  },
  {
    method: 'PUT',
    path: '/api/resource/:doctype/:name',
    summary: 'Change the given fields of a document',
    action: 'write',
    ...WRITES,
    body: ANY_DOCUMENT,
    handle: async (context) => await write(context, 'update'),
    again: DATA_AGAIN,
  },
  {
    method: 'DELETE',
    path: '/api/resource/:doctype/:name',
    summary: 'Delete a document, or end a grant',
    action: 'delete',
    ...WRITES,
    body: VERSION_ONLY,
    handle: async (context) => {
      await write(context, 'delete');
      return gone(context.reply);
    },
    again: (_, reply) => gone(reply),
  },
  transition('submit', 'Submit a draft'),
  transition('cancel', 'Cancel a submitted document'),
  transition('amend', 'Make a new draft of a cancelled document'),
  {
    method: 'POST',
    path: '/api/resource/:doctype/:name/rename',
    summary: 'Give a document another name, or merge it into the one that has that name',
    action: 'write',
    ...WRITES,
    answerSeconds: LIMITS.renameSeconds,
    body: Type.Object(
      {
        // Asked for by the pipeline: of a doctype that is not visible, nothing is said about it.
        name: Type.Optional(Type.String()),
        merge: Type.Optional(Type.Boolean()),
        modified: Type.Optional(Type.String()),
      },
      { additionalProperties: false },
    ),
    handle: rename,
    again: DATA_AGAIN,
  },
  {
    method: 'GET',
    path: '/api/count/:doctype',
    summary: 'How many documents one may read',
    action: 'read',
    ...READS,
    query: ['filters'],
    handle: async ({ services, caller, params, query }) => ({
      data: await services.documents.count(
        caller,
        doctypeOf(params),
        jsonParameter(query, 'filters'),
      ),
    }),
  },
  {
    method: 'GET',
    path: '/api/doctype/:doctype',
    summary: 'What a doctype looks like to oneself: for anybody who holds a role for it',
    action: 'none',
    ...BASE,
    audit: 'refusals',
    handle: async ({ services, caller, params }) => ({
      data: await services.documents.describe(caller, doctypeOf(params)),
    }),
  },
  {
    method: 'GET',
    path: '/api/doctypes',
    summary: 'The doctypes that one may read',
    action: 'read',
    guest: false,
    rateLimit: { perMinute },
    audit: 'none',
    handle: async ({ services, caller }) => ({ data: await services.documents.doctypes(caller) }),
  },
];

function gone(reply: RouteContext['reply']): unknown {
  reply.code(202);
  return { message: 'ok' };
}

async function listPage({ services, caller, params, query }: RouteContext): Promise<unknown> {
  const request = listRequest(query);
  const page = await services.documents.page(caller, doctypeOf(params), request);
  return {
    data: page.documents,
    ...(page.nextCursor === null ? {} : { next_cursor: page.nextCursor }),
    ...(page.total === null ? {} : { total: page.total }),
  };
}

function transition(operation: 'submit' | 'cancel' | 'amend', summary: string): Route {
  return {
    method: 'POST',
    path: `/api/resource/:doctype/:name/${operation}`,
    summary,
    action: operation,
    ...WRITES,
    body: VERSION_ONLY,
    handle: async (context) => await write(context, operation),
    again: DATA_AGAIN,
  };
}

async function rename(context: RouteContext): Promise<unknown> {
  const { services, caller, params, body } = context;
  const { name = '', merge = false } = body as { name?: string; merge?: boolean };
  const { document } = await services.documents.write(caller, 'rename', {
    doctype: doctypeOf(params),
    name: nameOf(params),
    input: { name, merge },
    expectedModified: versionOf(context),
  });
  return { data: document };
}

async function write(
  context: RouteContext,
  operation: 'create' | 'update' | 'submit' | 'cancel' | 'amend' | 'delete',
) {
  const { services, caller, params, body } = context;
  const expectedModified = versionOf(context);
  if (operation === 'create' && expectedModified !== null) {
    throw new Refusal('bad_value', 'A new document has no version yet: leave `modified` out.');
  }
  const name = params['name'] === undefined ? null : nameOf(params);
  const { document } = await services.documents.write(caller, operation, {
    doctype: doctypeOf(params),
    name,
    // The address names the document too: rows that name their parent are compared with it.
    input: operation === 'update' ? { name, ...(body as object) } : body,
    expectedModified,
  });
  return { data: document };
}

/** The version token: `modified` in the body, or If-Match. Both may be there if they agree. */
export function versionOf({ body, header }: RouteContext): string | null {
  const inBody = (body as { modified?: unknown } | null)?.modified;
  const inHeader = header('if-match')?.replace(/^(?:W\/)?"(.*)"$/, '$1');
  if (inBody !== undefined && typeof inBody !== 'string') {
    throw new Refusal('bad_value', '`modified` takes the text that was read.');
  }
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    throw new Refusal('bad_value', '`modified` and If-Match differ.');
  }
  return inBody ?? inHeader ?? null;
}

export function doctypeOf(params: RouteContext['params']): string {
  return params['doctype'] ?? '';
}

export function nameOf(params: RouteContext['params']): string {
  return params['name'] ?? '';
}
