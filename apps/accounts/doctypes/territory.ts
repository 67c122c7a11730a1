import type { Doctype } from '../../../src/doctype/definition.ts';

export const territory: Doctype = {
  name: 'Territory',
  app: 'accounts',
  module: 'Accounts',
  description: 'A region in which customers are.',
  autoname: 'field:territory_name',
  allow_rename: true,
  title_field: 'territory_name',
  sort_field: 'territory_name',
  sort_order: 'asc',
  is_tree: true,
  parent_field: 'parent_territory',
  fields: [
    {
      fieldname: 'territory_name',
      fieldtype: 'Data',
      label: 'Territory Name',
      reqd: true,
      unique: true,
      set_only_once: true,
    },
    {
      fieldname: 'parent_territory',
      fieldtype: 'Link',
      options: 'Territory',
      label: 'Parent Territory',
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
