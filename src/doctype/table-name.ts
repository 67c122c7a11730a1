/** Where a doctype and its fields are kept: names and types of SQL tables and columns. */
import type { Field, Sensitivity } from './definition.ts';
import { kindOf, type ValueKind } from './field-kind.ts';

/** PostgreSQL cuts longer identifiers silently, so that two could become one. */
const IDENTIFIER_BYTES_MAX = 63;

/**
 * The SQL name of a doctype's table: lower case, everything but letters and digits as `_`.
 * A name that would be cut ends in a hash of the whole. Two doctypes may still meet in one table
 * name (`Sales Invoice`, `Sales-Invoice`): `checkDefinitions` refuses such a pair. The name may be
 * an SQL keyword (`user`, `order`), so it has to be quoted.
 */
export function tableName(doctype: string): string {
  const snake = doctype.toLowerCase().replace(/[^a-z0-9]/g, '_');
  if (snake.length <= IDENTIFIER_BYTES_MAX) return snake;
  const suffix = `_${hash(doctype)}`;
  return snake.slice(0, IDENTIFIER_BYTES_MAX - suffix.length) + suffix;
}

/** `money` is bigint at scale 4; `timestamp` is without time zone and always UTC. */
export type ColumnType =
  | 'text'
  | 'bigint'
  | 'smallint'
  | 'double'
  | 'money'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'jsonb';

const COLUMN_OF_KIND: Readonly<Record<ValueKind, ColumnType>> = {
  name: 'text',
  line: 'text',
  text: 'text',
  'long-text': 'text',
  flag: 'smallint',
  whole: 'bigint',
  decimal: 'double',
  money: 'money',
  date: 'date',
  datetime: 'timestamp',
  time: 'time',
  json: 'jsonb',
};

/** The type of the field's column; null where it has none (tables and layout). */
export function columnOf(field: Pick<Field, 'fieldtype'>): ColumnType | null {
  const kind = kindOf(field);
  return kind === null ? null : COLUMN_OF_KIND[kind];
}

/** The sensitivity in force. A Password is secret, whatever its definition says or leaves out. */
export function sensitivityOf(field: Pick<Field, 'fieldtype' | 'sensitivity'>): Sensitivity {
  return field.fieldtype === 'Password' ? 'secret' : (field.sensitivity ?? 'none');
}

/** FNV-1a with 32 bits, in hexadecimal: enough to tell names apart, and never relied on alone. */
function hash(text: string): string {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  }
  return state.toString(16).padStart(8, '0');
}
