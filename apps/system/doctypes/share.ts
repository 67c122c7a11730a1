import type { Doctype } from '../../../src/doctype/definition.ts';

/** One document for one user, with some actions, until a date. Opens level 0 only. */
export const SHARE: Doctype = {
  name: 'Share',
  app: 'system',
  autoname: 'SHARE-.#####',
  is_permission_record: true,
  fields: [
    {
      fieldname: 'document_type',
      fieldtype: 'Data',
      label: 'Doctype',
      reqd: true,
      in_list_view: true,
      set_only_once: true,
      search_index: true,
    },
    {
      fieldname: 'document_name',
      fieldtype: 'Data',
      label: 'Document',
      reqd: true,
      in_list_view: true,
      set_only_once: true,
    },
    {
      fieldname: 'user',
      fieldtype: 'Link',
      options: 'User',
      label: 'User',
      reqd: true,
      in_list_view: true,
      set_only_once: true,
      search_index: true,
    },
    { fieldname: 'actions', fieldtype: 'JSON', label: 'Actions', reqd: true },
    { fieldname: 'until', fieldtype: 'Datetime', label: 'Until', in_list_view: true },
  ],
};
