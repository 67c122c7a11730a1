import type { Doctype } from '../../../src/doctype/definition.ts';
import { belongsTo } from './belongs-to.ts';

/** What somebody says about a document. Whoever is mentioned in it is given nothing. */
export const COMMENT: Doctype = {
  name: 'Comment',
  app: 'system',
  description: 'What somebody says about a document. A mention gives no access to it.',
  autoname: 'hash',
  governed_by: {
    ...{ doctype_field: 'reference_doctype', name_field: 'reference_name' },
    ...{ add: 'read', changed_by: ['owner'] },
  },
  sort_field: 'creation',
  fields: [
    ...belongsTo('reference_doctype', 'reference_name'),
    { fieldname: 'content', fieldtype: 'Text', label: 'Comment', reqd: true, in_list_view: true },
  ],
};
