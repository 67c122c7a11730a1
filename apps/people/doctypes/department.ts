import type { Doctype } from '../../../src/doctype/definition.ts';

export const department: Doctype = {
  name: 'Department',
  app: 'people',
  module: 'People',
  description: 'A part of a company that people work in.',
  autoname: 'format:{department_name} - {company}',
  title_field: 'department_name',
  search_fields: ['company', 'parent_department'],
  sort_field: 'department_name',
  sort_order: 'asc',
  is_tree: true,
  parent_field: 'parent_department',
  is_dimension: true,
  dimension_paths: [
    { dimension: 'Department', path: 'name' },
    { dimension: 'Company', path: 'company' },
  ],
  fields: [
    {
      fieldname: 'department_name',
      fieldtype: 'Data',
      label: 'Department Name',
      reqd: true,
      in_list_view: true,
    },
    {
      fieldname: 'company',
      fieldtype: 'Link',
      options: 'Company',
      label: 'Company',
      reqd: true,
      in_list_view: true,
      in_standard_filter: true,
      search_index: true,
    },
    {
      fieldname: 'parent_department',
      fieldtype: 'Link',
      options: 'Department',
      label: 'Parent Department',
      in_list_view: true,
      search_index: true,
    },
    { fieldname: 'is_group', fieldtype: 'Check', label: 'Is Group', default: '0' },
    { fieldname: 'disabled', fieldtype: 'Check', label: 'Disabled', default: '0' },
  ],
};
