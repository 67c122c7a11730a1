/** The routes that Frappe's own clients use besides `/api/resource`: the same operations again. */
import { Type } from 'typebox';
import { Refusal } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { jsonParameter } from '../read-input.ts';
import type { AnswerAgain, Query, Route, RouteContext } from '../route.ts';
import { requireUnchanged } from '../sent-document.ts';

const base = {
  guest: true,
  ofDoctype: true,
  rateLimit: { perMinute: LIMITS.requestsPerMinute },
} as const;
const reads = { ...base, audit: 'refusals and marked reads' } as const;
const writes = { ...base, audit: 'writes and refusals' } as const;
type Sent = { readonly [field: string]: unknown };
type Named = { readonly doctype: string; readonly name: string };
const NAMED = { doctype: Type.String(), name: Type.String() };

const MESSAGE_AGAIN: AnswerAgain = ([document]) => ({ message: document ?? null });

export const FRAPPE_CLIENT_ROUTES: readonly Route[] = [
  {
    ...reads,
    method: 'GET',
    path: '/api/method/frappe.client.get_count',
    summary: 'How many documents one may read',
    action: 'read',
    query: ['doctype', 'filters', 'debug', 'cache'],
    handle: async ({ services, caller, query }) => ({
      message: await services.documents.count(
        caller,
        required(query, 'doctype'),
        jsonParameter(query, 'filters'),
      ),
    }),
  },
  {
    ...reads,
    method: 'GET',
    path: '/api/method/frappe.client.get_value',
    summary: 'Fields of the first document that meets the filters',
    action: 'read',
    query: ['doctype', 'fieldname', 'filters', 'as_dict', 'debug', 'parent'],
    handle: getValue,
  },
  {
    ...reads,
    method: 'GET',
    path: '/api/method/frappe.client.get_single_value',
    summary: 'One field of a single',
    action: 'read',
    query: ['doctype', 'field'],
    handle: async ({ services, caller, query }) => {
      const doctype = required(query, 'doctype');
      const document = await services.documents.read(caller, doctype, doctype);
      const field = required(query, 'field');
      if (!Object.hasOwn(document, field))
        throw new Refusal('unknown_field', `There is no field \`${field}\`.`);
      return { message: document[field] };
    },
  },
  {
    ...writes,
    method: 'POST',
    path: '/api/method/frappe.client.set_value',
    summary: 'Change fields of a document',
    action: 'write',
    body: Type.Object(
      { ...NAMED, fieldname: Type.Unknown(), value: Type.Optional(Type.Unknown()) },
      { additionalProperties: false },
    ),
    handle: setValue,
    again: MESSAGE_AGAIN,
  },
  {
    ...writes,
    method: 'POST',
    path: '/api/method/frappe.client.submit',
    summary: 'Submit a draft',
    action: 'submit',
    body: Type.Object({ doc: Type.Unknown() }, { additionalProperties: false }),
    handle: submit,
    again: MESSAGE_AGAIN,
  },
  {
    ...writes,
    method: 'POST',
    path: '/api/method/frappe.client.cancel',
    summary: 'Cancel a submitted document',
    action: 'cancel',
    body: Type.Object(NAMED, { additionalProperties: false }),
    handle: async ({ services, caller, body }) => {
      const { doctype, name } = body as { doctype: string; name: string };
      const request = { doctype, name, input: null, expectedModified: null };
      return { message: (await services.documents.write(caller, 'cancel', request)).document };
    },
    again: MESSAGE_AGAIN,
  },
  {
    ...writes,
    method: 'POST',
    path: '/api/method/frappe.client.rename_doc',
    summary: 'Give a document another name, or merge it into the one that has that name',
    action: 'write',
    answerSeconds: LIMITS.renameSeconds,
    body: Type.Object(
      {
        doctype: Type.String(),
        old_name: Type.String(),
        new_name: Type.String(),
        merge: Type.Optional(Type.Union([Type.Boolean(), Type.Literal(0), Type.Literal(1)])),
      },
      { additionalProperties: false },
    ),
    handle: rename,
    again: ([document]) => ({ message: document?.['name'] ?? null }),
  },
];

/** Answers the new name in its one form, as Frappe does. */
async function rename({ services, caller, body }: RouteContext): Promise<unknown> {
  const { doctype, old_name, new_name, merge } = body as {
    readonly doctype: string;
    readonly old_name: string;
    readonly new_name: string;
    readonly merge?: boolean | 0 | 1;
  };
  const input = { name: new_name, merge: Boolean(merge) };
  const request = { doctype, name: old_name, input, expectedModified: null };
  return { message: (await services.documents.write(caller, 'rename', request)).name };
}

async function setValue({ services, caller, body }: RouteContext): Promise<unknown> {
  const { doctype, name, fieldname, value } = body as Named & {
    fieldname: unknown;
    value?: unknown;
  };
  const isOne = typeof fieldname === 'string';
  if (isOne === (value === undefined)) {
    throw new Refusal('bad_value', '`value` goes with the name of one field, and only with it.');
  }
  const fields = isOne ? { [fieldname]: value } : fieldname;
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new Refusal('bad_value', '`fieldname` takes a name, or an object of fields and values.');
  }
  // The request names the document too: rows that name their parent are compared with it.
  const input = { name, ...fields };
  const expectedModified = versionIn(fields as Sent);
  const request = { doctype, name, input, expectedModified };
  return { message: (await services.documents.write(caller, 'update', request)).document };
}

/** Submits what is stored. A document that says anything else is refused, since it is not saved. */
async function submit({ services, caller, body }: RouteContext): Promise<unknown> {
  const { doc } = body as { doc: unknown };
  const sent = (typeof doc === 'string' ? parseJson(doc, '`doc`') : doc) as Sent | null;
  const { doctype, name, modified, ...fields } = sent ?? {};
  if (sent === null || typeof doctype !== 'string' || typeof name !== 'string') {
    throw new Refusal('bad_value', '`doc` names no stored document.');
  }
  let expectedModified = versionIn(sent);
  if (Object.keys(fields).length > 0) {
    const stored = await services.documents.read(caller, doctype, name);
    expectedModified ??= String(stored['modified']);
    // Whoever sends an older version is told so by the write itself.
    if (expectedModified === stored['modified']) {
      requireUnchanged(sent, stored, await services.documents.describe(caller, doctype));
    }
  }
  const request = { doctype, name, input: null, expectedModified };
  return { message: (await services.documents.write(caller, 'submit', request)).document };
}

/** The version token that came with fields; null where none did. */
function versionIn({ modified }: Sent): string | null {
  if (modified === undefined || modified === null || modified === '') return null;
  if (typeof modified === 'string') return modified;
  throw new Refusal('bad_value', '`modified` takes the text that was read.');
}

async function getValue({ services, caller, query }: RouteContext): Promise<unknown> {
  const fieldname = required(query, 'fieldname');
  const fields = fieldname.startsWith('[') ? parseJson(fieldname, '`fieldname`') : [fieldname];
  const filters = filtersOf(query);
  const request = { fields, filters, limit: 1 };
  const [first] = await services.documents.list(caller, required(query, 'doctype'), request);
  return { message: first ?? {} };
}

/** Filters, or simply a document's name. */
function filtersOf(query: Query): unknown {
  const text = query['filters'];
  if (text === undefined || text === '') return undefined;
  if (!/^[[{"]/.test(text)) return { name: text };
  const parsed = parseJson(text, '`filters`');
  return typeof parsed === 'string' ? { name: parsed } : parsed;
}

function required(query: Query, name: string): string {
  const value = query[name];
  if (value === undefined || value === '')
    throw new Refusal('bad_value', `\`${name}\` is required.`);
  return value;
}
