import type { Doctype } from '../../../src/doctype/definition.ts';

export const paymentEntryReference: Doctype = {
  name: 'Payment Entry Reference',
  app: 'accounts',
  module: 'Accounts',
  description: 'An invoice that a payment pays, and how much of it.',
  istable: true,
  fields: [
    {
      fieldname: 'reference_doctype',
      fieldtype: 'Select',
      options: 'Sales Invoice\nPurchase Invoice',
      label: 'Type',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'reference_name',
      fieldtype: 'Dynamic Link',
      options: 'reference_doctype',
      label: 'Invoice',
      reqd: true,
      in_list_view: true,
      search_index: true,
    },
    {
      fieldname: 'total_amount',
      fieldtype: 'Currency',
      label: 'Invoice Total',
      in_list_view: true,
    },
    {
      fieldname: 'allocated_amount',
      fieldtype: 'Currency',
      label: 'Allocated',
      reqd: true,
      in_list_view: true,
    },
  ],
};
