import type { Doctype } from '../../../src/doctype/definition.ts';

/**
 * One thing that was done or refused. Written in the document's own transaction, never changed.
 * It says which fields changed, not to what: the log must not become a copy of the records.
 */
export const AUDIT_ENTRY: Doctype = {
  name: 'Audit Entry',
  app: 'system',
  append_only: true,
  sort_field: 'creation',
  fields: [
    {
      fieldname: 'principal',
      fieldtype: 'Data',
      label: 'Who',
      reqd: true,
      in_list_view: true,
      in_standard_filter: true,
      search_index: true,
    },
    { fieldname: 'actor', fieldtype: 'Data', label: 'By means of' },
    {
      fieldname: 'action',
      fieldtype: 'Data',
      label: 'Did',
      reqd: true,
      in_list_view: true,
      in_standard_filter: true,
    },
    {
      fieldname: 'document_type',
      fieldtype: 'Data',
      label: 'Doctype',
      in_list_view: true,
      in_standard_filter: true,
    },
    {
      fieldname: 'document_name',
      fieldtype: 'Data',
      label: 'Document',
      in_list_view: true,
      search_index: true,
    },
    {
      fieldname: 'outcome',
      fieldtype: 'Select',
      options: 'allowed\nrefused\nfailed',
      label: 'Outcome',
      reqd: true,
      in_list_view: true,
      in_standard_filter: true,
    },
    { fieldname: 'code', fieldtype: 'Data', label: 'Code' },
    { fieldname: 'detail', fieldtype: 'JSON', label: 'Witnesses, fields and counts' },
    { fieldname: 'request_id', fieldtype: 'Data', label: 'Request', search_index: true },
    { fieldname: 'door', fieldtype: 'Data', label: 'Door' },
    { fieldname: 'address', fieldtype: 'Data', label: 'Address' },
    { fieldname: 'epoch', fieldtype: 'Int', label: 'Permissions as of' },
    { fieldname: 'hash', fieldtype: 'Data', label: 'Hash', length: 64 },
  ],
};
