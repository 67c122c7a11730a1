import type { Doctype } from '../../../src/doctype/definition.ts';

export const leaveType: Doctype = {
  name: 'Leave Type',
  app: 'people',
  module: 'People',
  description: 'A reason to be away from work.',
  autoname: 'field:leave_type_name',
  title_field: 'leave_type_name',
  sort_field: 'leave_type_name',
  sort_order: 'asc',
  fields: [
    {
      fieldname: 'leave_type_name',
      fieldtype: 'Data',
      label: 'Leave Type Name',
      reqd: true,
      unique: true,
      set_only_once: true,
    },
    {
      fieldname: 'max_leaves_allowed',
      fieldtype: 'Float',
      label: 'Days per Year',
      non_negative: true,
      in_list_view: true,
    },
    {
      fieldname: 'is_lwp',
      fieldtype: 'Check',
      label: 'Without Pay',
      default: '0',
      in_list_view: true,
    },
    { fieldname: 'is_carry_forward', fieldtype: 'Check', label: 'Carried Forward', default: '0' },
  ],
};
