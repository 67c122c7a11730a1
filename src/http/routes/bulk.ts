/** Many changes at once: in one transaction, or as a batch that goes on where it stopped. */
import { Type } from 'typebox';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { BulkChange } from '../../documents/bulk.ts';
import type { Route } from '../route.ts';

const CLOSED = { additionalProperties: false } as const;

type SentChange = {
  readonly operation: BulkChange['operation'];
  readonly doctype: string;
  readonly name?: string;
  readonly modified?: string;
  readonly values?: object;
};
type Sent = { readonly changes: readonly SentChange[] };

const CHANGE = Type.Object(
  {
    operation: Type.Union([
      Type.Literal('create'),
      Type.Literal('update'),
      Type.Literal('delete'),
      Type.Literal('submit'),
      Type.Literal('cancel'),
      Type.Literal('amend'),
    ]),
    doctype: Type.String(),
    name: Type.Optional(Type.String()),
    modified: Type.Optional(Type.String()),
    values: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  CLOSED,
);

const BULK = Type.Object({ changes: Type.Array(CHANGE) }, CLOSED);
const BATCH = Type.Object(
  { total: Type.Integer(), label: Type.Optional(Type.String({ maxLength: 140 })) },
  CLOSED,
);
const ROWS = Type.Object({ from: Type.Integer(), changes: Type.Array(CHANGE) }, CLOSED);

const BASE = {
  guest: false,
  rateLimit: { perMinute: LIMITS.bulksPerMinute },
} as const;

export const BULK_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/bulk',
    summary:
      'Create, change, submit, cancel, amend and delete documents in one transaction, all or none; ' +
      'each change needs its own action',
    action: 'write',
    ...BASE,
    audit: 'writes and refusals',
    body: BULK,
    handle: async ({ services, caller, body }) => ({
      data: await services.documents.bulk(caller, changesIn(body as Sent)),
    }),
    again: (documents) => ({ data: documents }),
  },
  {
    method: 'POST',
    path: '/api/batches',
    summary: 'Begin a batch of one’s own, whose rows are sent after it; whoever signed in',
    action: 'none',
    ...BASE,
    audit: 'none',
    body: BATCH,
    handle: async ({ services, caller, body }) => {
      const { total, label = '' } = body as { total: number; label?: string };
      return { data: await services.batches.make(caller, label, total) };
    },
  },
  {
    method: 'GET',
    path: '/api/batches/:name',
    summary: 'How far a batch of one’s own has come; whoever signed in',
    action: 'none',
    ...BASE,
    audit: 'none',
    handle: async ({ services, caller, params }) => ({
      data: await services.batches.state(caller, params['name'] ?? ''),
    }),
  },
  {
    method: 'POST',
    path: '/api/batches/:name/rows',
    summary:
      'Make rows of a batch, each in a transaction of its own; one that was made is passed over. ' +
      'Each change needs its own action',
    action: 'write',
    ...BASE,
    audit: 'writes and refusals',
    body: ROWS,
    handle: async ({ services, caller, params, body }) => {
      const { from, ...rows } = body as Sent & { from: number };
      return {
        data: await services.batches.run(caller, params['name'] ?? '', from, changesIn(rows)),
      };
    },
  },
];

/** The changes as the engine takes them. */
function changesIn({ changes }: Sent): BulkChange[] {
  return changes.map(({ operation, doctype, name = null, modified, values }, index) => {
    const isNew = operation === 'create';
    const faults: readonly (readonly [boolean, string])[] = [
      [isNew && modified !== undefined, 'a new document has no version: leave `modified` out'],
      [!isNew && name === null, '`name` says which document it is'],
      [!isNew && operation !== 'update' && values !== undefined, 'it takes no `values`'],
    ];
    const fault = faults.find(([isFaulty]) => isFaulty);
    if (fault) throw new Refusal('bad_value', `Change ${index}: ${fault[1]}.`);
    // A new document may bring its name; rows of others that name their parent are compared.
    const input = name === null ? (values ?? {}) : { name, ...values };
    return {
      operation,
      doctype,
      name: isNew ? null : name,
      input,
      expectedModified: modified ?? null,
    };
  });
}
