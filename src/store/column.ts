/** How stored values travel: SQL's text form to what the engine keeps, and back. */
import type { ColumnType } from '../doctype/table-name.ts';
import type { StoredValue } from '../doctype/values.ts';
import type { Parameter } from './statement.ts';

/** Reads a column's text. Whole numbers beyond 2^53 are an error, never rounded. */
export function fromSql(type: ColumnType, text: string | null): StoredValue {
  if (text === null) return null;
  switch (type) {
    case 'money':
      return BigInt(text);
    case 'bigint':
    case 'smallint': {
      const number = Number(text);
      if (!Number.isSafeInteger(number)) throw new Error('a whole number beyond 2^53');
      return number;
    }
    case 'double':
      return Number(text);
    case 'timestamp':
      return timestamp(text);
    default:
      return text;
  }
}

/** A parameter for a column: PostgreSQL reads the text by the column's own type. */
export function toSql(value: StoredValue): Parameter {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** PostgreSQL leaves out zeros at the end of the fraction; the wire has always six digits. */
export function timestamp(text: string): string {
  if (text.length === 26) return text;
  return text.length === 19 ? `${text}.000000` : text.padEnd(26, '0');
}

/** SQL types of arrays that carry a column's values. */
export const ARRAY_TYPE: Readonly<Record<ColumnType, string>> = {
  text: 'text[]',
  bigint: 'bigint[]',
  smallint: 'smallint[]',
  double: 'double precision[]',
  money: 'bigint[]',
  date: 'date[]',
  timestamp: 'timestamp[]',
  time: 'time[]',
  jsonb: 'jsonb[]',
};
