import type { Doctype } from '../../../src/doctype/definition.ts';

export const designation: Doctype = {
  name: 'Designation',
  app: 'people',
  module: 'People',
  description: 'What somebody is employed as.',
  autoname: 'field:designation_name',
  allow_rename: true,
  title_field: 'designation_name',
  sort_field: 'designation_name',
  sort_order: 'asc',
  fields: [
    {
      fieldname: 'designation_name',
      fieldtype: 'Data',
      label: 'Designation Name',
      reqd: true,
      unique: true,
      set_only_once: true,
    },
    { fieldname: 'description', fieldtype: 'Small Text', label: 'Description' },
  ],
};
