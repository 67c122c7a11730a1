import type { Doctype } from '../../../src/doctype/definition.ts';

export const salaryComponent: Doctype = {
  name: 'Salary Component',
  app: 'people',
  module: 'People',
  description: 'A part of the pay, added or deducted.',
  autoname: 'field:salary_component',
  title_field: 'salary_component',
  sort_field: 'salary_component',
  sort_order: 'asc',
  fields: [
    {
      fieldname: 'salary_component',
      fieldtype: 'Data',
      label: 'Salary Component Name',
      reqd: true,
      unique: true,
      set_only_once: true,
    },
    {
      fieldname: 'type',
      fieldtype: 'Select',
      options: 'Earning\nDeduction',
      label: 'Type',
      reqd: true,
      in_list_view: true,
      in_standard_filter: true,
    },
    { fieldname: 'description', fieldtype: 'Small Text', label: 'Description' },
  ],
};
