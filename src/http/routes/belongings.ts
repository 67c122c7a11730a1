/** What belongs to a document: its comments, assignments, tags, followers and attachments. */
import { PAGE_PARAMETERS, pageRequest } from '../read-input.ts';
import type { Route } from '../route.ts';
import { doctypeOf, nameOf, READS } from './resource.ts';

const DOCUMENT = '/api/resource/:doctype/:name';

/** By the last part of the path, the doctype of what is listed. */
const KINDS = {
  comments: 'Comment',
  assignments: 'Assignment',
  tags: 'Tag Link',
  followers: 'Follow',
  attachments: 'Attachment',
} as const;

export const BELONGING_ROUTES: readonly Route[] = [
  ...Object.entries(KINDS).map(
    ([part, kind]): Route => ({
      method: 'GET',
      path: `${DOCUMENT}/${part}`,
      summary: `What belongs to a document that one may read: its ${part}, the newest first`,
      action: 'read',
      ...READS,
      query: PAGE_PARAMETERS,
      handle: async ({ services, caller, params, query }) => ({
        data: await services.documents.belongings(
          caller,
          doctypeOf(params),
          nameOf(params),
          kind,
          pageRequest(query),
        ),
      }),
    }),
  ),
  {
    method: 'GET',
    path: `${DOCUMENT}/timeline`,
    summary: 'What was changed of a document and what was said about it, the newest first',
    action: 'read',
    ...READS,
    query: PAGE_PARAMETERS,
    handle: async ({ services, caller, params, query }) => ({
      data: await services.documents.timeline(
        caller,
        doctypeOf(params),
        nameOf(params),
        pageRequest(query),
      ),
    }),
  },
];
