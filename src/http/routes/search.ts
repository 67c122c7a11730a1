/** Search, and the choices of link fields. Frappe's clients ask for the latter by another name. */
import { LIMITS } from '../../base/limits.ts';
import type { LinkChoice, LinkRequest } from '../../documents/operations/search.ts';
import { jsonParameter, wholeOf } from '../read-input.ts';
import type { Query, Route } from '../route.ts';
import { doctypeOf, READS } from './resource.ts';

export const SEARCH_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/search',
    summary: 'The best of the documents that one may read, by words, of all doctypes or of one',
    action: 'read',
    ...READS,
    query: ['q', 'doctype', 'limit'],
    handle: async ({ services, caller, query }) => ({
      data: await services.documents.search(caller, {
        text: query['q'] ?? '',
        ...(query['doctype'] === undefined ? {} : { doctype: query['doctype'] }),
        limit: wholeOf(query, 'limit', LIMITS.searchResultsDefault),
      }),
    }),
  },
  {
    method: 'GET',
    path: '/api/search/link/:doctype',
    summary: 'Documents that one may link to, by words of name and title',
    action: 'select',
    ...READS,
    query: ['q', 'filters', 'limit'],
    handle: async ({ services, caller, params, query }) => ({
      data: await services.documents.searchLinks(
        caller,
        doctypeOf(params),
        linkRequest(query, 'q', 'limit'),
      ),
    }),
  },
  {
    method: 'GET',
    path: '/api/method/frappe.desk.search.search_link',
    summary: 'Documents that one may link to, as Frappe tells them',
    action: 'select',
    ...READS,
    query: ['doctype', 'txt', 'filters', 'page_length'],
    handle: async ({ services, caller, query }) => {
      const request = linkRequest(query, 'txt', 'page_length');
      const doctype = query['doctype'] ?? '';
      const choices = await services.documents.searchLinks(caller, doctype, request);
      return { message: choices.map(asFrappe) };
    },
  },
];

function linkRequest(query: Query, text: string, limit: string): LinkRequest {
  const filters = jsonParameter(query, 'filters');
  return {
    text: query[text] ?? '',
    ...(filters === undefined ? {} : { filters }),
    limit: wholeOf(query, limit, LIMITS.searchResultsDefault),
  };
}

function asFrappe({ name, title }: LinkChoice) {
  return { value: name, label: title ?? name, description: '' };
}
