import type { Doctype } from '../../../src/doctype/definition.ts';

/** What a role may do with one doctype's documents. Without a reach it is never in force. */
export const ROLE_RULE: Doctype = {
  name: 'Role Rule',
  app: 'system',
  autoname: 'RULE-.#####',
  is_permission_record: true,
  title_field: 'role',
  fields: [
    {
      fieldname: 'role',
      fieldtype: 'Link',
      options: 'Role',
      label: 'Role',
      reqd: true,
      in_list_view: true,
      in_standard_filter: true,
      search_index: true,
    },
    {
      fieldname: 'document_type',
      fieldtype: 'Data',
      label: 'Doctype',
      reqd: true,
      in_list_view: true,
      in_standard_filter: true,
      search_index: true,
    },
    { fieldname: 'actions', fieldtype: 'JSON', label: 'Actions', reqd: true, in_list_view: true },
    { fieldname: 'levels', fieldtype: 'JSON', label: 'Field levels', default: '[0]' },
    {
      fieldname: 'reach',
      fieldtype: 'Select',
      options: '\nwithin\neverything',
      label: 'Reach',
      in_list_view: true,
    },
    { fieldname: 'except', fieldtype: 'JSON', label: 'Dimensions the grant need not name' },
    { fieldname: 'when', fieldtype: 'JSON', label: 'Only when' },
    {
      fieldname: 'status',
      fieldtype: 'Select',
      options: 'draft\nin force',
      label: 'Status',
      default: 'draft',
      reqd: true,
      in_list_view: true,
      in_standard_filter: true,
    },
  ],
};
