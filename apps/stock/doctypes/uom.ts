import type { Doctype } from '../../../src/doctype/definition.ts';

export const uom: Doctype = {
  name: 'UOM',
  app: 'stock',
  module: 'Stock',
  description: 'A unit of measure.',
  autoname: 'field:uom_name',
  title_field: 'uom_name',
  sort_field: 'uom_name',
  sort_order: 'asc',
  fields: [
    {
      fieldname: 'uom_name',
      fieldtype: 'Data',
      label: 'UOM Name',
      reqd: true,
      unique: true,
      set_only_once: true,
    },
    {
      fieldname: 'must_be_whole_number',
      fieldtype: 'Check',
      label: 'Must Be Whole Number',
      default: '0',
      in_list_view: true,
    },
    { fieldname: 'enabled', fieldtype: 'Check', label: 'Enabled', default: '1' },
  ],
};
