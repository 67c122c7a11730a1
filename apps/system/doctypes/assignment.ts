import type { Doctype } from '../../../src/doctype/definition.ts';
import { belongsTo } from './belongs-to.ts';

/**
 * Work on a document that somebody is to do, which Frappe calls a ToDo. It gives them nothing: who
 * may not read the document sees no assignment of it, and who assigns is not told.
 */
export const ASSIGNMENT: Doctype = {
  name: 'Assignment',
  app: 'system',
  description: 'Work on a document that somebody is to do. It gives them no access to it.',
  autoname: 'hash',
  governed_by: {
    ...{ doctype_field: 'reference_type', name_field: 'reference_name' },
    ...{ add: 'read', changed_by: ['owner', 'allocated_to'] },
  },
  sort_field: 'creation',
  fields: [
    ...belongsTo('reference_type', 'reference_name'),
    {
      ...{ fieldname: 'allocated_to', fieldtype: 'Link', options: 'User', label: 'Allocated To' },
      ...{ reqd: true, set_only_once: true, in_list_view: true, search_index: true },
    },
    { fieldname: 'description', fieldtype: 'Text', label: 'Description' },
    {
      ...{ fieldname: 'status', fieldtype: 'Select', label: 'Status', default: 'Open' },
      ...{ options: 'Open\nClosed\nCancelled', reqd: true, in_list_view: true },
    },
    {
      ...{ fieldname: 'priority', fieldtype: 'Select', label: 'Priority', default: 'Medium' },
      options: 'High\nMedium\nLow',
    },
    { fieldname: 'date', fieldtype: 'Date', label: 'Due Date', in_list_view: true },
  ],
};
