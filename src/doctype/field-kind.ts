/** What kind of value each field type holds. Columns, wire values and rules all derive from it. */
import type { COLUMN_TYPES, Field, FieldType } from './definition.ts';

/**
 * `name`: another document's name. `line`: short text, limited in characters. `text` and
 * `long-text`: limited in bytes. `flag`: 0 or 1. `whole`: a safe integer. `decimal`: a double.
 * `money`: scaled by 10^4.
 */
export type ValueKind =
  | 'name'
  | 'line'
  | 'text'
  | 'long-text'
  | 'flag'
  | 'whole'
  | 'decimal'
  | 'money'
  | 'date'
  | 'datetime'
  | 'time'
  | 'json';

const KIND_OF_TYPE: Readonly<Record<(typeof COLUMN_TYPES)[number], ValueKind>> = {
  Attach: 'text',
  'Attach Image': 'text',
  Autocomplete: 'line',
  Barcode: 'text',
  Check: 'flag',
  Code: 'long-text',
  Color: 'line',
  Currency: 'money',
  Data: 'line',
  Date: 'date',
  Datetime: 'datetime',
  Duration: 'whole',
  'Dynamic Link': 'name',
  Float: 'decimal',
  Geolocation: 'long-text',
  'HTML Editor': 'long-text',
  Icon: 'line',
  Int: 'whole',
  JSON: 'json',
  Link: 'name',
  'Long Int': 'whole',
  'Long Text': 'long-text',
  'Markdown Editor': 'long-text',
  Password: 'text',
  Percent: 'decimal',
  Phone: 'line',
  Rating: 'decimal',
  'Read Only': 'line',
  Select: 'line',
  Signature: 'long-text',
  'Small Text': 'text',
  Text: 'text',
  'Text Editor': 'long-text',
  Time: 'time',
};

/** The kind of value the field's own column holds; null for tables and layout. */
export function kindOf(field: Pick<Field, 'fieldtype'>): ValueKind | null {
  return isColumnType(field.fieldtype) ? KIND_OF_TYPE[field.fieldtype] : null;
}

/** The options of a Select or Autocomplete: its lines without the blank ones, in order. */
export function selectOptions(field: Pick<Field, 'options'>): readonly string[] {
  return (field.options ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function isColumnType(type: FieldType): type is (typeof COLUMN_TYPES)[number] {
  return Object.hasOwn(KIND_OF_TYPE, type);
}
