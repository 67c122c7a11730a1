/** Reads queries strictly: known parameters, each once, each of its own form. */

import { Refusal } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import type { ListRequest } from '../documents/list-query.ts';
import type { Query } from './route.ts';

/** Parses a query string. Throws for a parameter that is unknown, doubled or not well encoded. */
export function readQuery(url: string, known: readonly string[]): Query {
  const at = url.indexOf('?');
  const query: Record<string, string> = {};
  if (at < 0) return query;
  const text = url.slice(at + 1);
  try {
    decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Refusal('malformed', 'The query is not well encoded.');
  }
  for (const [name, value] of new URLSearchParams(text)) {
    if (!known.includes(name)) {
      throw new Refusal('unknown_parameter', `There is no parameter \`${name.slice(0, 100)}\`.`);
    }
    if (Object.hasOwn(query, name)) throw new Refusal('malformed', `\`${name}\` is given twice.`);
    query[name] = value;
  }
  return query;
}

/**
 * Parameters of a list. Frappe's clients send some that are not used: `as_dict`, `debug` and
 * `cache` change nothing, and `group_by` may only be empty. `limit` is another name of
 * `limit_page_length`. `cursor` is an earlier answer's `next_cursor`; `with_total=1` asks for
 * `total`.
 */
export const LIST_PARAMETERS = [
  'fields',
  'filters',
  'or_filters',
  'order_by',
  'limit_start',
  'limit_page_length',
  'limit',
  'cursor',
  'with_total',
  'as_dict',
  'group_by',
  'debug',
  'cache',
] as const;

/** Turns a list's query into a request of the engine. */
export function listRequest(query: Query): ListRequest {
  if (query['group_by'] !== undefined && query['group_by'] !== '') {
    throw new Refusal('bad_value', '`group_by` is done by POST /api/aggregate.');
  }
  const limit = limitOf(query);
  return {
    ...json(query, 'fields', 'fields'),
    ...json(query, 'filters', 'filters'),
    ...json(query, 'or_filters', 'orFilters'),
    ...(query['order_by'] === undefined ? {} : { orderBy: query['order_by'] }),
    ...(limit === undefined ? {} : { limit }),
    ...(query['limit_start'] === undefined
      ? {}
      : { offset: whole('limit_start', query['limit_start']) }),
    ...(query['cursor'] === undefined ? {} : { cursor: query['cursor'] }),
    withTotal: flag(query, 'with_total'),
  };
}

function flag(query: Query, name: string): boolean {
  const text = query[name] ?? '0';
  if (text !== '0' && text !== '1') throw new Refusal('bad_value', `\`${name}\` takes 0 or 1.`);
  return text === '1';
}

/** The names of a page's parameters, as `pageRequest` reads them. */
export const PAGE_PARAMETERS = ['limit_start', 'limit_page_length', 'limit'] as const;

/** Which rows of an answer are asked for; nothing where it is left open. */
export function pageRequest(query: Query): { readonly start?: number; readonly limit?: number } {
  const limit = limitOf(query);
  const start = query['limit_start'];
  return {
    ...(start === undefined ? {} : { start: whole('limit_start', start) }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** The rows of a page, under either name or under both where they agree. */
function limitOf(query: Query): number | undefined {
  const [limit, other] = (['limit_page_length', 'limit'] as const).flatMap((name) => {
    const text = query[name];
    return text === undefined ? [] : [whole(name, text)];
  });
  if (other !== undefined && other !== limit) {
    throw new Refusal('bad_value', '`limit_page_length` and `limit` differ.');
  }
  return limit;
}

/** The parsed JSON of a parameter, or nothing where it is not there. */
export function jsonParameter(query: Query, name: string): unknown {
  const text = query[name];
  return text === undefined || text === '' ? undefined : parseJson(text, `\`${name}\``);
}

function json(query: Query, name: string, key: string): Record<string, unknown> {
  const value = jsonParameter(query, name);
  return value === undefined ? {} : { [key]: value };
}

/** A parameter that is a whole number, or what it is without. */
export function wholeOf(query: Query, name: string, otherwise: number): number {
  const text = query[name];
  return text === undefined ? otherwise : whole(name, text);
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    const detail = `\`${name}\` takes a whole number.`;
    throw new Refusal('bad_value', detail);
  }
  return Number(text);
}
