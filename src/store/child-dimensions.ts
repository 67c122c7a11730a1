/** What a document's rows say of its place, on the dimension paths that go through them. */
import type { StoredValues } from './read-documents.ts';
import type { Table } from './table.ts';

/** By path (`items.cost_center`): each value once, sorted, null for blank. */
export type ChildDimensions = Readonly<Record<string, readonly (string | null)[]>>;

/** True where rows of the doctype carry a dimension. */
export function hasRowPaths(table: Table): boolean {
  return table.children.some(({ dimensions }) => dimensions.length > 0);
}

/** The values of a document's rows. No rows at all are blank, as one row without a value is. */
export function childDimensions(
  table: Table,
  tables: Readonly<Record<string, readonly StoredValues[]>>,
): ChildDimensions {
  const found: Record<string, (string | null)[]> = {};
  for (const { field, dimensions } of table.children) {
    const rows = tables[field.fieldname] ?? [];
    for (const { name } of dimensions) {
      const values = rows.map((row) => placeValue(row, name));
      found[`${field.fieldname}.${name}`] = [
        ...new Set(rows.length === 0 ? [null] : values),
      ].sort();
    }
  }
  return found;
}

/** A value as cells hold it: text, or null for blank. */
export function placeValue(values: StoredValues, column: string): string | null {
  const value = values[column] ?? null;
  return value === null || value === '' ? null : String(value);
}
