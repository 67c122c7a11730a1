import type { Field } from '../../../src/doctype/definition.ts';

/**
 * The fields by which a document names the one that it belongs to. Plain text and no links: what
 * belongs to a document goes with it and never keeps it from going.
 */
export function belongsTo(doctypeField: string, nameField: string): readonly Field[] {
  const both = { fieldtype: 'Data', reqd: true, set_only_once: true, in_list_view: true } as const;
  return [
    { ...both, fieldname: doctypeField, label: 'Doctype' },
    { ...both, fieldname: nameField, label: 'Document', search_index: true },
  ];
}
