/**
 * What a change changed, as its version keeps it: values of the wire by field, and rows by their
 * `name`. INVARIANT (secrets-stay): a secret is not a part of it, sealed neither.
 */
import { sensitivityOf } from '../../doctype/table-name.ts';
import { renderValue, type WireValue } from '../../doctype/values.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import type { WireDocument } from '../steps/mask-answer.ts';
import type { DecidedDocument } from '../work.ts';

/** A value before and after. */
export type FromTo = readonly [from: WireValue, to: WireValue];

export type RowsDifference = {
  readonly added?: readonly WireDocument[];
  readonly removed?: readonly WireDocument[];
  /** By the row's name, and by field. */
  readonly changed?: Readonly<Record<string, Readonly<Record<string, FromTo>>>>;
  /** The names of the rows as they stood before, where those that stayed changed their order. */
  readonly order?: readonly string[];
};

export type Difference = {
  readonly fields?: Readonly<Record<string, FromTo>>;
  readonly rows?: Readonly<Record<string, RowsDifference>>;
  /** The version whose values came back. */
  readonly restored?: number;
};

/**
 * What stands in the document itself and not in its doctype. When and by whom it was changed last
 * is told by the versions themselves.
 */
const STANDARD: ReadonlySet<string> = new Set(['name', 'owner', 'creation', 'docstatus', 'idx']);

/** What differs; of a document that is removed (`after` is null) all that it held. */
export function differenceOf(
  table: Table,
  before: DecidedDocument,
  after: DecidedDocument | null,
): Difference {
  const fields = valuesDiffer(table, before.values, after?.values ?? null);
  const rows: Record<string, RowsDifference> = {};
  for (const { field, table: child } of table.children) {
    const { fieldname } = field;
    const found = rowsDiffer(child, before.tables[fieldname], after?.tables[fieldname]);
    if (found) rows[fieldname] = found;
  }
  return {
    ...(fields ? { fields } : {}),
    ...(Object.keys(rows).length > 0 ? { rows } : {}),
  };
}

function valuesDiffer(
  table: Table,
  before: StoredValues,
  after: StoredValues | null,
): Readonly<Record<string, FromTo>> | null {
  let changes: Record<string, FromTo> | null = null;
  for (const { name, field } of table.columns.values()) {
    const from = before[name] ?? null;
    const to = after?.[name] ?? null;
    if (from === to || (field ? sensitivityOf(field) === 'secret' : !STANDARD.has(name))) continue;
    changes ??= {};
    changes[name] = field
      ? [renderValue(field, from), renderValue(field, to)]
      : [from as WireValue, to as WireValue];
  }
  return changes;
}

function rowsDiffer(
  table: Table,
  before: readonly StoredValues[] = [],
  after: readonly StoredValues[] = [],
): RowsDifference | null {
  if (before === after) return null;
  const old = new Map(before.map((row) => [String(row['name']), row]));
  const added: WireDocument[] = [];
  const changed: Record<string, Readonly<Record<string, FromTo>>> = {};
  const stayed: string[] = [];
  for (const row of after) {
    const name = String(row['name']);
    const stored = old.get(name);
    if (!stored) {
      added.push(rowOf(table, row));
      continue;
    }
    stayed.push(name);
    // Its number follows from the rows before it; what it says is told by `order`.
    const found = valuesDiffer(table, { ...stored, idx: row['idx'] ?? null }, row);
    if (found) changed[name] = found;
  }
  const kept = new Set(stayed);
  const removed = before.filter((row) => !kept.has(String(row['name'])));
  const order = before.map((row) => String(row['name']));
  const isMoved = order.filter((name) => kept.has(name)).join('\0') !== stayed.join('\0');
  const isChanged = Object.keys(changed).length > 0;
  if (added.length + removed.length === 0 && !isChanged && !isMoved) return null;
  return {
    ...(added.length > 0 ? { added } : {}),
    ...(removed.length > 0 ? { removed: removed.map((row) => rowOf(table, row)) } : {}),
    ...(isChanged ? { changed } : {}),
    ...(isMoved ? { order } : {}),
  };
}

function rowOf(table: Table, row: StoredValues): WireDocument {
  const values: Record<string, WireValue> = {};
  for (const { name, field } of table.columns.values()) {
    const value = row[name] ?? null;
    if (value === null || (field && sensitivityOf(field) === 'secret')) continue;
    values[name] = field ? renderValue(field, value) : (value as WireValue);
  }
  return values;
}
