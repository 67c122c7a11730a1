import type { Doctype } from '../../../src/doctype/definition.ts';

export const itemGroup: Doctype = {
  name: 'Item Group',
  app: 'accounts',
  module: 'Accounts',
  description: 'A kind of thing that is bought or sold.',
  autoname: 'field:item_group_name',
  allow_rename: true,
  title_field: 'item_group_name',
  sort_field: 'item_group_name',
  sort_order: 'asc',
  is_tree: true,
  parent_field: 'parent_item_group',
  fields: [
    {
      fieldname: 'item_group_name',
      fieldtype: 'Data',
      label: 'Item Group Name',
      reqd: true,
      unique: true,
      set_only_once: true,
    },
    {
      fieldname: 'parent_item_group',
      fieldtype: 'Link',
      options: 'Item Group',
      label: 'Parent Item Group',
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
