import type { Doctype } from '../../../src/doctype/definition.ts';

/** Two duties that one person should not have, at all or for one value of a dimension. */
export const SEPARATION_RULE: Doctype = {
  name: 'Separation Rule',
  app: 'system',
  autoname: 'SEPARATION-.#####',
  is_permission_record: true,
  title_field: 'label',
  fields: [
    { fieldname: 'label', fieldtype: 'Data', label: 'Label', in_list_view: true },
    {
      fieldname: 'first_doctype',
      fieldtype: 'Data',
      label: 'Who may, of this doctype,',
      reqd: true,
      in_list_view: true,
    },
    { fieldname: 'first_action', fieldtype: 'Data', label: 'do this', reqd: true },
    {
      fieldname: 'second_doctype',
      fieldtype: 'Data',
      label: 'may not, of this doctype,',
      reqd: true,
      in_list_view: true,
    },
    { fieldname: 'second_action', fieldtype: 'Data', label: 'do that', reqd: true },
    { fieldname: 'dimension', fieldtype: 'Data', label: 'In the same', in_list_view: true },
    {
      fieldname: 'effect',
      fieldtype: 'Select',
      options: 'refuse\nflag',
      label: 'Effect',
      default: 'refuse',
      reqd: true,
      in_list_view: true,
    },
    { fieldname: 'reason', fieldtype: 'Small Text', label: 'Why' },
  ],
};
