/** Columns by the name of their field: identifiers come from definitions only. */
import type { Column, Table } from './table.ts';

/** The column of that name. Its absence is a bug: callers check names first. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (!column) throw new Error(`${table.doctype.name} has no column ${name}`);
  return column;
}

/** The same, as SQL spells it. */
export function sqlColumn(table: Table, name: string): string {
  return columnOf(table, name).sql;
}
