import type { Doctype } from '../../../src/doctype/definition.ts';

/** A named set of rules. It opens nothing by itself: somebody must hold it by a grant. */
export const ROLE: Doctype = {
  name: 'Role',
  app: 'system',
  autoname: 'prompt',
  is_permission_record: true,
  fields: [
    { fieldname: 'description', fieldtype: 'Small Text', label: 'Description', in_list_view: true },
  ],
};
