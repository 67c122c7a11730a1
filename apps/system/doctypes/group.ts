import type { Doctype } from '../../../src/doctype/definition.ts';

/** A user's place in a group, for a time. */
export const GROUP_MEMBER: Doctype = {
  name: 'Group Member',
  app: 'system',
  istable: true,
  is_permission_record: true,
  fields: [
    {
      fieldname: 'user',
      fieldtype: 'Link',
      options: 'User',
      label: 'User',
      reqd: true,
      in_list_view: true,
      search_index: true,
    },
    { fieldname: 'from', fieldtype: 'Datetime', label: 'From', in_list_view: true },
    { fieldname: 'until', fieldtype: 'Datetime', label: 'Until', in_list_view: true },
  ],
};

/** Users who hold grants together. `Everyone` and `Guests` are built in and have no rows. */
export const GROUP: Doctype = {
  name: 'Group',
  app: 'system',
  autoname: 'prompt',
  is_permission_record: true,
  fields: [
    { fieldname: 'description', fieldtype: 'Small Text', label: 'Description', in_list_view: true },
    { fieldname: 'members', fieldtype: 'Table', options: 'Group Member', label: 'Members' },
  ],
};
