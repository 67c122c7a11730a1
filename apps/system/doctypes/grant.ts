import type { Doctype } from '../../../src/doctype/definition.ts';

/** One entry of a scope: a value of a dimension, `*`, or `(blank)`. */
export const GRANT_SCOPE: Doctype = {
  name: 'Grant Scope',
  app: 'system',
  istable: true,
  is_permission_record: true,
  fields: [
    {
      fieldname: 'dimension',
      fieldtype: 'Data',
      label: 'Dimension',
      reqd: true,
      in_list_view: true,
    },
    { fieldname: 'value', fieldtype: 'Data', label: 'Value', reqd: true, in_list_view: true },
    {
      fieldname: 'descendants',
      fieldtype: 'Check',
      label: 'With descendants',
      default: '0',
      in_list_view: true,
    },
  ],
};

/** A user or group holds a role within a scope, from, until, and why. */
export const GRANT: Doctype = {
  name: 'Grant',
  app: 'system',
  autoname: 'GRANT-.#####',
  is_permission_record: true,
  title_field: 'role',
  fields: [
    {
      fieldname: 'grantee_type',
      fieldtype: 'Select',
      options: 'User\nGroup',
      label: 'To a',
      default: 'User',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'grantee',
      fieldtype: 'Dynamic Link',
      options: 'grantee_type',
      label: 'Given to',
      reqd: true,
      in_list_view: true,
      in_standard_filter: true,
      search_index: true,
    },
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
    { fieldname: 'scope', fieldtype: 'Table', options: 'Grant Scope', label: 'Scope' },
    { fieldname: 'from', fieldtype: 'Datetime', label: 'From' },
    { fieldname: 'until', fieldtype: 'Datetime', label: 'Until', in_list_view: true },
    { fieldname: 'reason', fieldtype: 'Small Text', label: 'Why' },
    { fieldname: 'granted_by', fieldtype: 'Data', label: 'Given by', read_only: true },
    { fieldname: 'request', fieldtype: 'Data', label: 'By request', read_only: true },
  ],
};
