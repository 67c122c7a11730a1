/** The sections of a form: what stands between two section breaks. */
import { isTable, kindOf } from '../api/field-kind.ts';
import type { Field } from '../api/shapes.ts';

export type Section = {
  readonly key: string;
  readonly label: string | null;
  readonly fields: readonly Field[];
};

const BREAKS = new Set(['Section Break', 'Tab Break', 'Fold']);

/** Fields with something to show, by section and in order; empty sections are left out. */
export function sectionsOf(fields: readonly Field[]): Section[] {
  const sections: { key: string; label: string | null; fields: Field[] }[] = [];
  let current = { key: 'first', label: null as string | null, fields: [] as Field[] };
  sections.push(current);
  for (const field of fields) {
    if (BREAKS.has(field.fieldtype)) {
      current = { key: field.fieldname, label: field.label ?? null, fields: [] };
      sections.push(current);
    } else if (!field.hidden && (isTable(field) || kindOf(field) !== null)) {
      current.fields.push(field);
    }
  }
  return sections.filter((section) => section.fields.length > 0);
}
