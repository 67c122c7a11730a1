import type { Doctype } from '../../../src/doctype/definition.ts';

export const salaryDetail: Doctype = {
  name: 'Salary Detail',
  app: 'people',
  module: 'People',
  description: 'A line of a salary slip.',
  istable: true,
  fields: [
    {
      fieldname: 'salary_component',
      fieldtype: 'Link',
      options: 'Salary Component',
      label: 'Component',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'amount',
      fieldtype: 'Currency',
      label: 'Amount',
      reqd: true,
      sensitivity: 'personal',
      in_list_view: true,
    },
  ],
};
