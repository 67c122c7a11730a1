import type { Doctype } from '../../../src/doctype/definition.ts';

export const fiscalYear: Doctype = {
  name: 'Fiscal Year',
  app: 'accounts',
  module: 'Accounts',
  description: 'A year of accounts.',
  autoname: 'field:year',
  title_field: 'year',
  sort_field: 'year_start_date',
  sort_order: 'desc',
  fields: [
    {
      fieldname: 'year',
      fieldtype: 'Data',
      label: 'Year Name',
      reqd: true,
      unique: true,
      set_only_once: true,
    },
    {
      fieldname: 'year_start_date',
      fieldtype: 'Date',
      label: 'Year Start Date',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'year_end_date',
      fieldtype: 'Date',
      label: 'Year End Date',
      reqd: true,
      in_list_view: true,
    },
    { fieldname: 'closed', fieldtype: 'Check', label: 'Closed', default: '0', in_list_view: true },
  ],
};
