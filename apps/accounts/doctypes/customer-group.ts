import type { Doctype } from '../../../src/doctype/definition.ts';

export const customerGroup: Doctype = {
  name: 'Customer Group',
  app: 'accounts',
  module: 'Accounts',
  description: 'A kind of customer.',
  autoname: 'field:customer_group_name',
  allow_rename: true,
  title_field: 'customer_group_name',
  sort_field: 'customer_group_name',
  sort_order: 'asc',
  is_tree: true,
  parent_field: 'parent_customer_group',
  fields: [
    {
      fieldname: 'customer_group_name',
      fieldtype: 'Data',
      label: 'Customer Group Name',
      reqd: true,
      unique: true,
      set_only_once: true,
    },
    {
      fieldname: 'parent_customer_group',
      fieldtype: 'Link',
      options: 'Customer Group',
      label: 'Parent Customer Group',
      in_list_view: true,
      search_index: true,
    },
    {
      fieldname: 'is_group',
      fieldtype: 'Check',
      label: 'Is Group',
      default: '0',
      in_list_view: true,
    },
  ],
};
