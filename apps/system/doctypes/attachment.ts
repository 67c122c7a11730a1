import type { Doctype } from '../../../src/doctype/definition.ts';
import { belongsTo } from './belongs-to.ts';

/** What is known of a file at a document, or at one field of it: then by that field's level. */
export const ATTACHMENT: Doctype = {
  name: 'Attachment',
  app: 'system',
  description: 'What is known of a file at a document: its name, size, SHA-256 and type.',
  autoname: 'hash',
  governed_by: {
    ...{ doctype_field: 'attached_to_doctype', name_field: 'attached_to_name' },
    ...{ add: 'write', field_field: 'attached_to_field' },
  },
  title_field: 'file_name',
  fields: [
    ...belongsTo('attached_to_doctype', 'attached_to_name'),
    {
      ...{ fieldname: 'attached_to_field', fieldtype: 'Data', label: 'Field' },
      set_only_once: true,
    },
    {
      ...{ fieldname: 'file_name', fieldtype: 'Data', label: 'File Name' },
      ...{ reqd: true, in_list_view: true },
    },
    {
      ...{ fieldname: 'file_size', fieldtype: 'Long Int', label: 'Bytes' },
      ...{ reqd: true, set_only_once: true, non_negative: true, in_list_view: true },
    },
    {
      ...{ fieldname: 'content_hash', fieldtype: 'Data', label: 'SHA-256', length: 64 },
      ...{ reqd: true, set_only_once: true, search_index: true },
    },
    {
      ...{ fieldname: 'content_type', fieldtype: 'Data', label: 'Content Type' },
      ...{ reqd: true, set_only_once: true },
    },
  ],
};
