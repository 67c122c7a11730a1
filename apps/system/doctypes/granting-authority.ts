import type { Doctype } from '../../../src/doctype/definition.ts';

/** A user or group may give these roles within this scope. It gives no access to records. */
export const GRANTING_AUTHORITY: Doctype = {
  name: 'Granting Authority',
  app: 'system',
  autoname: 'AUTHORITY-.#####',
  is_permission_record: true,
  title_field: 'holder',
  fields: [
    {
      fieldname: 'holder_type',
      fieldtype: 'Select',
      options: 'User\nGroup',
      label: 'Held by a',
      default: 'User',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'holder',
      fieldtype: 'Dynamic Link',
      options: 'holder_type',
      label: 'Held by',
      reqd: true,
      in_list_view: true,
      search_index: true,
    },
    {
      fieldname: 'roles',
      fieldtype: 'JSON',
      label: 'Roles that may be given (* is all)',
      reqd: true,
    },
    { fieldname: 'except_roles', fieldtype: 'JSON', label: 'Of all roles, but not' },
    { fieldname: 'scope', fieldtype: 'Table', options: 'Grant Scope', label: 'Within' },
  ],
};
