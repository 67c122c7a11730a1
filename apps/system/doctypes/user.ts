import type { Doctype } from '../../../src/doctype/definition.ts';

/** Someone who can sign in. The name is the e-mail address and is never given to another. */
export const USER: Doctype = {
  name: 'User',
  app: 'system',
  autoname: 'field:email',
  title_field: 'full_name',
  search_fields: ['full_name'],
  fields: [
    {
      fieldname: 'email',
      fieldtype: 'Data',
      options: 'Email',
      label: 'E-mail',
      reqd: true,
      unique: true,
      set_only_once: true,
      in_list_view: true,
    },
    {
      fieldname: 'full_name',
      fieldtype: 'Data',
      label: 'Full name',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'enabled',
      fieldtype: 'Check',
      label: 'Enabled',
      default: '1',
      in_list_view: true,
      in_standard_filter: true,
    },
    {
      fieldname: 'user_type',
      fieldtype: 'Select',
      options: 'Person\nService',
      label: 'Type',
      default: 'Person',
      reqd: true,
    },
  ],
};
