import type { Doctype } from '../../../src/doctype/definition.ts';

export const currency: Doctype = {
  name: 'Currency',
  app: 'accounts',
  module: 'Accounts',
  description: 'A currency by its ISO 4217 code.',
  autoname: 'field:currency_name',
  title_field: 'currency_name',
  search_fields: ['symbol'],
  fields: [
    {
      fieldname: 'currency_name',
      fieldtype: 'Data',
      label: 'Currency Name',
      reqd: true,
      unique: true,
      set_only_once: true,
      length: 3,
    },
    { fieldname: 'symbol', fieldtype: 'Data', label: 'Symbol', length: 8, in_list_view: true },
    { fieldname: 'fraction', fieldtype: 'Data', label: 'Fraction', in_list_view: true },
    {
      fieldname: 'enabled',
      fieldtype: 'Check',
      label: 'Enabled',
      default: '1',
      in_list_view: true,
    },
  ],
};
