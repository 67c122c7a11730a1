/** Goes back from a document to what it was before a change. */
import type { WireValue } from '../../doctype/values.ts';
import type { WireDocument } from '../steps/mask-answer.ts';
import type { Difference, FromTo, RowsDifference } from './difference.ts';

/** Rows without a value, by their table field, with a key for each field that may be seen. */
export type BlankRows = Readonly<Record<string, WireDocument>>;

/**
 * The document before the change, both as somebody may see them. What a row that was removed had
 * left blank is no part of the record: `blank` says it.
 */
export function undo(
  document: WireDocument,
  { fields, rows }: Difference,
  blank: BlankRows,
): WireDocument {
  const was: Record<string, WireValue> = { ...document, ...valuesBefore(fields) };
  for (const [table, difference] of Object.entries(rows ?? {})) {
    const present = (was[table] ?? []) as readonly WireDocument[];
    was[table] = rowsBefore(present, difference, blank[table] ?? {});
  }
  return was;
}

function valuesBefore(changes: Readonly<Record<string, FromTo>> = {}): WireDocument {
  return Object.fromEntries(Object.entries(changes).map(([name, [from]]) => [name, from]));
}

function rowsBefore(
  rows: readonly WireDocument[],
  difference: RowsDifference,
  blank: WireDocument,
): WireDocument[] {
  const { added = [], removed = [], changed = {}, order } = difference;
  const isNew = new Set(added.map(({ name }) => name));
  const before = rows
    .filter(({ name }) => !isNew.has(name ?? null))
    .map((row) => ({ ...row, ...valuesBefore(changed[String(row['name'])]) }));
  // In the order of their numbers, each finds the rows before it in their places.
  for (const row of removed) before.splice(Number(row['idx']) - 1, 0, { ...blank, ...row });
  if (order) {
    const place = new Map(order.map((name, index) => [name, index]));
    before.sort((a, b) => placeOf(place, a) - placeOf(place, b));
  }
  return before.map((row, index) => ({ ...row, idx: index + 1 }));
}

function placeOf(place: ReadonlyMap<string, number>, row: WireDocument): number {
  return place.get(String(row['name'])) ?? place.size;
}
