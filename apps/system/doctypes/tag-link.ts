import type { Doctype } from '../../../src/doctype/definition.ts';
import { belongsTo } from './belongs-to.ts';

/** A tag on a document. It is part of what the document is to all its readers: writers put it. */
export const TAG_LINK: Doctype = {
  name: 'Tag Link',
  app: 'system',
  description: 'A tag on a document, for all who may read it.',
  autoname: 'hash',
  governed_by: { doctype_field: 'document_type', name_field: 'document_name', add: 'write' },
  fields: [
    ...belongsTo('document_type', 'document_name'),
    {
      ...{ fieldname: 'tag', fieldtype: 'Data', label: 'Tag', reqd: true },
      ...{ set_only_once: true, in_list_view: true, search_index: true },
    },
  ],
};
