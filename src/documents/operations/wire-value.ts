/** One value of a column as PostgreSQL sent it, in the form of the wire. */
import { renderValue, type WireValue } from '../../doctype/values.ts';
import { fromSql } from '../../store/column.ts';
import type { Column } from '../../store/table.ts';

/** As a document would show it; null where there is none, of a Check as well. */
export function wireValue(column: Column, text: string | null): WireValue {
  const stored = fromSql(column.type, text);
  if (stored === null) return null;
  return column.field ? renderValue(column.field, stored) : (stored as string | number);
}
