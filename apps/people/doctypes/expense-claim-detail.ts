import type { Doctype } from '../../../src/doctype/definition.ts';

export const expenseClaimDetail: Doctype = {
  name: 'Expense Claim Detail',
  app: 'people',
  module: 'People',
  description: 'One expense of an expense claim.',
  istable: true,
  fields: [
    { fieldname: 'expense_date', fieldtype: 'Date', label: 'Date', reqd: true, in_list_view: true },
    {
      fieldname: 'expense_type',
      fieldtype: 'Link',
      options: 'Expense Claim Type',
      label: 'Type',
      reqd: true,
      in_list_view: true,
    },
    { fieldname: 'description', fieldtype: 'Small Text', label: 'Description', in_list_view: true },
    {
      fieldname: 'amount',
      fieldtype: 'Currency',
      label: 'Amount',
      reqd: true,
      non_negative: true,
      in_list_view: true,
    },
    {
      fieldname: 'sanctioned_amount',
      fieldtype: 'Currency',
      label: 'Sanctioned',
      level: 1,
      no_copy: true,
      non_negative: true,
    },
  ],
};
