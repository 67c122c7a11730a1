/** The history of documents: what was changed, what they were, and back to it. */
import { PAGE_PARAMETERS, pageRequest } from '../read-input.ts';
import type { Route, RouteContext } from '../route.ts';
import {
  DATA_AGAIN,
  doctypeOf,
  nameOf,
  READS,
  VERSION_ONLY,
  versionOf,
  WRITES,
} from './resource.ts';

const VERSIONS = '/api/resource/:doctype/:name/versions';

export const HISTORY_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: VERSIONS,
    summary: 'What was changed of a document, the newest first',
    action: 'read',
    ...READS,
    query: PAGE_PARAMETERS,
    handle: async ({ services, caller, params, query }) => ({
      data: await services.documents.versions(
        caller,
        doctypeOf(params),
        nameOf(params),
        pageRequest(query),
      ),
    }),
  },
  {
    method: 'GET',
    path: `${VERSIONS}/:version`,
    summary: 'A document as a version left it',
    action: 'read',
    ...READS,
    handle: async ({ services, caller, params }) => ({
      data: await services.documents.version(
        caller,
        doctypeOf(params),
        nameOf(params),
        numberOf(params),
      ),
    }),
  },
  {
    method: 'POST',
    path: `${VERSIONS}/:version/restore`,
    summary: 'Bring the values of a version back, as a change of the document',
    action: 'write',
    ...WRITES,
    body: VERSION_ONLY,
    handle: async (context) => {
      const { services, caller, params } = context;
      const request = {
        doctype: doctypeOf(params),
        name: nameOf(params),
        input: { version: numberOf(params) },
        expectedModified: versionOf(context),
      };
      return { data: (await services.documents.write(caller, 'restore', request)).document };
    },
    again: DATA_AGAIN,
  },
];

function numberOf(params: RouteContext['params']): number {
  const text = params['version'] ?? '';
  // What is not spelled as a number is no version, and refused as such.
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
