import type { Doctype } from '../../../src/doctype/definition.ts';
import { belongsTo } from './belongs-to.ts';

/** That somebody follows a document: whoever made it, and nobody for another. */
export const FOLLOW: Doctype = {
  name: 'Follow',
  app: 'system',
  description: 'Who follows a document. Following one gives no access to it.',
  autoname: 'hash',
  governed_by: {
    ...{ doctype_field: 'ref_doctype', name_field: 'ref_docname' },
    ...{ add: 'read', changed_by: ['owner'] },
  },
  fields: [
    ...belongsTo('ref_doctype', 'ref_docname'),
    {
      ...{ fieldname: 'user', fieldtype: 'Data', label: 'User' },
      ...{ default: '__user', read_only: true, in_list_view: true, search_index: true },
    },
  ],
};
