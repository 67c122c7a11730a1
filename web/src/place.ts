/**
 * Where in the Desk somebody is: the part of the address behind `#`, read and written.
 *
 * `#/`, `#/list/Sales%20Invoice?sort=grand_total+desc&page=2&field=status&op=is&value=Paid`,
 * `#/doc/Sales%20Invoice/SINV-2026-00001`. Everything a list shows stands in its address, so
 * that a link, the back button and a new sign-in lead to the same rows.
 */

/** Comparisons a list's filter offers; `api/list-question.ts` turns them into the API's. */
export const OPERATORS = [
  'contains',
  'is',
  'is-not',
  'at-least',
  'at-most',
  'blank',
  'not-blank',
] as const;

export type Operator = (typeof OPERATORS)[number];

export type ListFilter = {
  readonly field: string;
  readonly op: Operator;
  readonly value: string;
};

export type ListSort = { readonly field: string; readonly descending: boolean };

export type ListView = {
  /** Counted from 1. */
  readonly page: number;
  /** Null: the doctype's own order. */
  readonly sort: ListSort | null;
  readonly filter: ListFilter | null;
};

export type Place =
  | { readonly screen: 'home' }
  | { readonly screen: 'list'; readonly doctype: string; readonly view: ListView }
  | { readonly screen: 'document'; readonly doctype: string; readonly name: string }
  | { readonly screen: 'unknown' };

export const FIRST_PAGE: ListView = { page: 1, sort: null, filter: null };

/** Reads the part behind `#`. What has none of the three forms is `unknown`, never a guess. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#/, ''), '?');
  if (path === '' || path === '/') return { screen: 'home' };
  const [, screen, doctype, name, ...rest] = path.split('/').map(decoded);
  if (!doctype || rest.length > 0) return { screen: 'unknown' };
  if (screen === 'list' && name === undefined) {
    return { screen, doctype, view: viewOf(new URLSearchParams(query)) };
  }
  if (screen === 'doc' && name) return { screen: 'document', doctype, name };
  return { screen: 'unknown' };
}

/** The address of a list. */
export function listAddress(doctype: string, view: ListView = FIRST_PAGE): string {
  const query = new URLSearchParams();
  if (view.sort) query.set('sort', `${view.sort.field} ${view.sort.descending ? 'desc' : 'asc'}`);
  if (view.page > 1) query.set('page', String(view.page));
  if (view.filter) {
    query.set('field', view.filter.field);
    query.set('op', view.filter.op);
    if (view.filter.value !== '') query.set('value', view.filter.value);
  }
  const text = query.toString();
  return `#/list/${encodeURIComponent(doctype)}${text === '' ? '' : `?${text}`}`;
}

/** The address of a document. */
export function documentAddress(doctype: string, name: string): string {
  return `#/doc/${encodeURIComponent(doctype)}/${encodeURIComponent(name)}`;
}

function viewOf(query: URLSearchParams): ListView {
  const page = /^[1-9]\d{0,5}$/.exec(query.get('page') ?? '')?.[0];
  const sort = /^(\w+) (asc|desc)$/.exec(query.get('sort') ?? '');
  const field = query.get('field');
  const op = OPERATORS.find((operator) => operator === query.get('op'));
  return {
    page: page === undefined ? 1 : Number(page),
    sort: sort?.[1] ? { field: sort[1], descending: sort[2] === 'desc' } : null,
    filter: field && op ? { field, op, value: query.get('value') ?? '' } : null,
  };
}

function splitOnce(text: string, at: string): string[] {
  const index = text.indexOf(at);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

/** Text of an address; what is not well encoded names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
