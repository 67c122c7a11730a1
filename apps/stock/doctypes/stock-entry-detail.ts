import type { Doctype } from '../../../src/doctype/definition.ts';

export const stockEntryDetail: Doctype = {
  name: 'Stock Entry Detail',
  app: 'stock',
  module: 'Stock',
  description: 'A line of a stock entry.',
  istable: true,
  fields: [
    {
      fieldname: 'item',
      fieldtype: 'Link',
      options: 'Item',
      label: 'Item',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'qty',
      fieldtype: 'Float',
      label: 'Quantity',
      reqd: true,
      non_negative: true,
      in_list_view: true,
    },
    {
      fieldname: 'uom',
      fieldtype: 'Link',
      options: 'UOM',
      label: 'Unit',
      fetch_from: 'item.stock_uom',
      fetch_if_empty: true,
    },
    {
      fieldname: 'rate',
      fieldtype: 'Currency',
      label: 'Rate',
      non_negative: true,
      in_list_view: true,
    },
    { fieldname: 'amount', fieldtype: 'Currency', label: 'Amount', in_list_view: true },
  ],
};
