import type { Doctype } from '../../../src/doctype/definition.ts';

export const expenseClaimType: Doctype = {
  name: 'Expense Claim Type',
  app: 'people',
  module: 'People',
  description: 'A kind of expense that the company pays back.',
  autoname: 'field:expense_type',
  title_field: 'expense_type',
  sort_field: 'expense_type',
  sort_order: 'asc',
  fields: [
    {
      fieldname: 'expense_type',
      fieldtype: 'Data',
      label: 'Expense Claim Type Name',
      reqd: true,
      unique: true,
      set_only_once: true,
    },
    { fieldname: 'description', fieldtype: 'Small Text', label: 'Description', in_list_view: true },
    { fieldname: 'disabled', fieldtype: 'Check', label: 'Disabled', default: '0' },
  ],
};
