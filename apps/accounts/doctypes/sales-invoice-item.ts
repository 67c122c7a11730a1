import type { Doctype } from '../../../src/doctype/definition.ts';

export const salesInvoiceItem: Doctype = {
  name: 'Sales Invoice Item',
  app: 'accounts',
  module: 'Accounts',
  description: 'A line of a sales invoice.',
  istable: true,
  fields: [
    {
      fieldname: 'item_code',
      fieldtype: 'Link',
      options: 'Item',
      label: 'Item',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'item_name',
      fieldtype: 'Data',
      label: 'Item Name',
      fetch_from: 'item_code.item_name',
      fetch_if_empty: true,
      in_list_view: true,
    },
    { fieldname: 'description', fieldtype: 'Small Text', label: 'Description' },
    {
      fieldname: 'qty',
      fieldtype: 'Float',
      label: 'Quantity',
      reqd: true,
      default: '1',
      in_list_view: true,
    },
    {
      fieldname: 'uom',
      fieldtype: 'Link',
      options: 'UOM',
      label: 'Unit',
      fetch_from: 'item_code.stock_uom',
      fetch_if_empty: true,
    },
    { fieldname: 'rate', fieldtype: 'Currency', label: 'Rate', in_list_view: true },
    { fieldname: 'amount', fieldtype: 'Currency', label: 'Amount', in_list_view: true },
  ],
};
