/** How a field's value is shown and compared: the many field types in a few kinds. */
import type { Field } from './shapes.ts';

export type FieldKind =
  | 'text'
  | 'long-text'
  | 'code'
  | 'choice'
  | 'link'
  | 'dynamic-link'
  | 'check'
  | 'number'
  | 'money'
  | 'percent'
  | 'date'
  | 'datetime'
  | 'docstatus';

const KINDS: Readonly<Record<string, FieldKind>> = {
  Attach: 'text',
  'Attach Image': 'text',
  Autocomplete: 'text',
  Barcode: 'text',
  Check: 'check',
  Code: 'code',
  Color: 'text',
  Currency: 'money',
  Data: 'text',
  Date: 'date',
  Datetime: 'datetime',
  Docstatus: 'docstatus',
  Duration: 'number',
  'Dynamic Link': 'dynamic-link',
  Float: 'number',
  Geolocation: 'code',
  'HTML Editor': 'long-text',
  Icon: 'text',
  Int: 'number',
  JSON: 'code',
  Link: 'link',
  'Long Int': 'number',
  'Long Text': 'long-text',
  'Markdown Editor': 'long-text',
  Percent: 'percent',
  Phone: 'text',
  Rating: 'number',
  'Read Only': 'text',
  Select: 'choice',
  'Small Text': 'long-text',
  Text: 'long-text',
  'Text Editor': 'long-text',
  Time: 'text',
};

/** The kind of value in the field's own column; null for tables, layout and what is never shown. */
export function kindOf(field: Pick<Field, 'fieldtype'>): FieldKind | null {
  return Object.hasOwn(KINDS, field.fieldtype) ? (KINDS[field.fieldtype] ?? null) : null;
}

/** A field whose value is a list of child rows. */
export function isTable(field: Pick<Field, 'fieldtype'>): boolean {
  return field.fieldtype === 'Table' || field.fieldtype === 'Table MultiSelect';
}

/** Values that stand under each other by their last digit. */
export function isRightAligned(field: Pick<Field, 'fieldtype'>): boolean {
  const kind = kindOf(field);
  return kind === 'number' || kind === 'money' || kind === 'percent';
}

/** The lines of a Select, without blank ones. */
export function choicesOf(field: Pick<Field, 'options'>): readonly string[] {
  return (field.options ?? '').split('\n').filter((line) => line.trim() !== '');
}

/** What to call a field that has no label: its name in plain words. */
export function labelOf(field: Pick<Field, 'fieldname' | 'label'>): string {
  if (field.label) return field.label;
  const words = field.fieldname.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
