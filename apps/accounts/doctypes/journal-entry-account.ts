import type { Doctype } from '../../../src/doctype/definition.ts';

export const journalEntryAccount: Doctype = {
  name: 'Journal Entry Account',
  app: 'accounts',
  module: 'Accounts',
  description: 'A line of a journal entry.',
  istable: true,
  fields: [
    {
      fieldname: 'account',
      fieldtype: 'Link',
      options: 'Account',
      label: 'Account',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'cost_center',
      fieldtype: 'Link',
      options: 'Cost Center',
      label: 'Cost Center',
      in_list_view: true,
    },
    {
      fieldname: 'party_type',
      fieldtype: 'Select',
      options: '\nCustomer\nSupplier',
      label: 'Party Type',
    },
    { fieldname: 'party', fieldtype: 'Dynamic Link', options: 'party_type', label: 'Party' },
    {
      fieldname: 'debit',
      fieldtype: 'Currency',
      label: 'Debit',
      non_negative: true,
      in_list_view: true,
    },
    {
      fieldname: 'credit',
      fieldtype: 'Currency',
      label: 'Credit',
      non_negative: true,
      in_list_view: true,
    },
  ],
};
