/** The routes that Frappe's own clients use besides `/api/resource`: the same operations again. */
import { Type } from 'typebox';
import { Refusal } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { jsonParameter } from '../read-input.ts';
import type { Query, Route, RouteContext } from '../route.ts';

const base = { guest: true, rateLimit: { perMinute: LIMITS.requestsPerMinute } } as const;
const NAMED = { doctype: Type.String(), name: Type.String() };

export const FRAPPE_CLIENT_ROUTES: readonly Route[] = [
  {
    ...base,
    method: 'GET',
    path: '/api/method/frappe.client.get_count',
    summary: 'How many documents one may read',
    action: 'read',
    audit: 'refusals',
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
    ...base,
    method: 'GET',
    path: '/api/method/frappe.client.get_value',
    summary: 'Fields of the first document that meets the filters',
    action: 'read',
    audit: 'refusals',
    query: ['doctype', 'fieldname', 'filters', 'as_dict', 'debug', 'parent'],
    handle: getValue,
  },
  {
    ...base,
    method: 'GET',
    path: '/api/method/frappe.client.get_single_value',
    summary: 'One field of a single',
    action: 'read',
    audit: 'refusals',
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
    ...base,
    method: 'POST',
    path: '/api/method/frappe.client.set_value',
    summary: 'Change fields of a document',
    action: 'write',
    audit: 'writes and refusals',
    body: Type.Object(
      { ...NAMED, fieldname: Type.Unknown(), value: Type.Optional(Type.Unknown()) },
      { additionalProperties: false },
    ),
    handle: async ({ services, caller, body }) => {
      const { doctype, name, fieldname, value } = body as Record<string, unknown>;
      if (typeof fieldname === 'string' && value === undefined) {
        throw new Refusal('bad_value', '`value` is required with the name of a field.');
      }
      const input = typeof fieldname === 'string' ? { [fieldname]: value } : fieldname;
      const request = {
        doctype: String(doctype),
        name: String(name),
        input,
        expectedModified: null,
      };
      return { message: (await services.documents.write(caller, 'update', request)).document };
    },
  },
  {
    ...base,
    method: 'POST',
    path: '/api/method/frappe.client.submit',
    summary: 'Submit a draft',
    action: 'submit',
    audit: 'writes and refusals',
    body: Type.Object({ doc: Type.Unknown() }, { additionalProperties: false }),
    handle: async ({ services, caller, body }) => {
      const { doc } = body as { doc: unknown };
      const given = (typeof doc === 'string' ? parseJson(doc, '`doc`') : doc) as Record<
        string,
        unknown
      > | null;
      if (typeof given?.['doctype'] !== 'string' || typeof given['name'] !== 'string') {
        throw new Refusal('bad_value', '`doc` names no stored document.');
      }
      const { doctype, name, modified } = given;
      const expectedModified = typeof modified === 'string' ? modified : null;
      const request = {
        doctype: String(doctype),
        name: String(name),
        input: null,
        expectedModified,
      };
      return { message: (await services.documents.write(caller, 'submit', request)).document };
    },
  },
  {
    ...base,
    method: 'POST',
    path: '/api/method/frappe.client.cancel',
    summary: 'Cancel a submitted document',
    action: 'cancel',
    audit: 'writes and refusals',
    body: Type.Object(NAMED, { additionalProperties: false }),
    handle: async ({ services, caller, body }) => {
      const { doctype, name } = body as { doctype: string; name: string };
      const request = { doctype, name, input: null, expectedModified: null };
      return { message: (await services.documents.write(caller, 'cancel', request)).document };
    },
  },
];

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
