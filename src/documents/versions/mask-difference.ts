/** What of a recorded change somebody may see: what they may read of the document now. */
import { type Field, isColumn } from '../../doctype/definition.ts';
import { sensitivityOf } from '../../doctype/table-name.ts';
import { renderValue } from '../../doctype/values.ts';
import type { Table } from '../../store/table.ts';
import type { WireDocument } from '../steps/mask-answer.ts';
import type { Difference, FromTo, RowsDifference } from './difference.ts';
import type { BlankRows } from './undo.ts';

/**
 * The change without fields of closed levels, without secrets and without fields that the doctype
 * has no more: whoever could read them when they were written is not asked. A row of which nothing
 * is left to see is left out.
 */
export function maskDifference(
  table: Table,
  { fields, rows, restored }: Difference,
  levels: ReadonlySet<number>,
): Difference {
  const seen = entriesSeen(table, fields ?? {}, levels);
  const tables: [string, RowsDifference][] = [];
  for (const { field, table: child } of table.children) {
    const found = rows?.[field.fieldname];
    if (!found || !levels.has(field.level ?? 0)) continue;
    const masked = maskRows(child, found, levels);
    if (Object.keys(masked).length > 0) tables.push([field.fieldname, masked]);
  }
  return {
    ...(seen.length > 0 ? { fields: Object.fromEntries(seen) } : {}),
    ...(tables.length > 0 ? { rows: Object.fromEntries(tables) } : {}),
    ...(restored === undefined ? {} : { restored }),
  };
}

/** Documents and rows without a value, with a key for each field that may be seen. */
export function blanksOf(
  table: Table,
  levels: ReadonlySet<number>,
): { readonly document: WireDocument; readonly rows: BlankRows } {
  const children = table.children.filter(({ field }) => levels.has(field.level ?? 0));
  const rows = children.map(({ field, table: child }) => [field.fieldname, blank(child, levels)]);
  const none = children.map(({ field }) => [field.fieldname, []]);
  return {
    document: { doctype: table.doctype.name, ...blank(table, levels), ...Object.fromEntries(none) },
    rows: Object.fromEntries(rows),
  };
}

function blank(table: Table, levels: ReadonlySet<number>): WireDocument {
  const seen = [...table.columns.values()].filter(({ field }) => !field || isSeen(field, levels));
  return Object.fromEntries(
    seen.map(({ name, field }) => [name, field ? renderValue(field, null) : null]),
  );
}

function maskRows(
  table: Table,
  { added, removed, changed, order }: RowsDifference,
  levels: ReadonlySet<number>,
): RowsDifference {
  const whole = (row: WireDocument): WireDocument =>
    Object.fromEntries(entriesSeen(table, row, levels));
  const parts = Object.entries(changed ?? {}).flatMap(([name, fields]) => {
    const seen = entriesSeen(table, fields, levels);
    return seen.length > 0 ? [[name, Object.fromEntries(seen)] as const] : [];
  });
  return {
    ...(added ? { added: added.map(whole) } : {}),
    ...(removed ? { removed: removed.map(whole) } : {}),
    ...(parts.length > 0 ? { changed: Object.fromEntries(parts) } : {}),
    ...(order ? { order } : {}),
  };
}

function entriesSeen<Value extends FromTo | WireDocument[string]>(
  table: Table,
  values: Readonly<Record<string, Value>>,
  levels: ReadonlySet<number>,
): [string, Value][] {
  return Object.entries(values).filter(([name]) => {
    const column = table.columns.get(name);
    return column !== undefined && (column.field === null || isSeen(column.field, levels));
  });
}

function isSeen(field: Field, levels: ReadonlySet<number>): boolean {
  return isColumn(field) && levels.has(field.level ?? 0) && sensitivityOf(field) !== 'secret';
}
