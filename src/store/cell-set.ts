/** Cells that a condition on dimensions reaches, and the condition that names them. */
import { every, type Filter, fieldsOf, matches } from '../authz/index.ts';
import type { CellSet, KnownCells } from './known-cells.ts';
import type { Parameters } from './statement.ts';
import type { Table } from './table.ts';
import type { Where } from './where.ts';

/** A condition divided: what cells say of it, and what is left. */
export type Divided = { readonly cells: CellSet | null; readonly rest: Where };

/** Sets that are remembered of one doctype. */
const CHOSEN_MAX = 500;

/** From here on most pages of a table are read anyway, and each row is asked for its bit. */
const BITS_FROM_PART = 0.1;

/**
 * Takes out of a condition all that it demands of dimensions, as the cells that meet it. `cells` is
 * null where it demands nothing of them, or they are not known.
 */
export function dividedByCells(where: Where, table: Table, me: string): Divided {
  const demands = demandsOf(where);
  const fields = new Set(table.cells.fields);
  const ofCells = demands.filter((one): one is Filter => isOf(one, fields));
  const known = ofCells.length > 0 ? table.cells.look() : null;
  if (known === null) return { cells: null, rest: where };
  const rest = demands.filter((one) => !isOf(one, fields));
  return { cells: chosen(known, ofCells, me), rest: { kind: 'all', of: rest } };
}

function demandsOf(where: Where): readonly Where[] {
  if (where.kind !== 'all' && where.kind !== 'every') return [where];
  return where.of.flatMap(demandsOf);
}

function isOf(where: Where, fields: ReadonlySet<string>): boolean {
  if (where.kind === 'all' || where.kind === 'any') return false;
  if (where.kind === 'linked' || where.kind === 'some-row' || where.kind === 'belongs')
    return false;
  const read = fieldsOf(where);
  return read.size > 0 && [...read].every((field) => fields.has(field));
}

function chosen(known: KnownCells, demands: readonly Filter[], me: string): CellSet {
  const key = JSON.stringify([demands, me]);
  const before = known.chosen.get(key);
  // The map's order is that of their last use.
  known.chosen.delete(key);
  const set = before ?? choose(known, every(demands), me);
  known.chosen.set(key, set);
  const [oldest] = known.chosen.keys();
  if (oldest !== undefined && known.chosen.size > CHOSEN_MAX) known.chosen.delete(oldest);
  return set;
}

function choose({ facts, parts, count, rows }: KnownCells, demand: Filter, me: string): CellSet {
  const ids = facts.flatMap((values, id) => (matches(demand, values, me) ? [id] : []));
  const part = ids.reduce((sum, id) => sum + (parts[id] ?? 0), 0);
  return { ids, part, known: { count, rows } };
}

/**
 * Holds for the rows in the cells. Of few of them it is an index's condition; of many, one bit of
 * each row's cell, which the planner takes to hold nearly always, so that a list walks its index.
 */
export function cellCondition(
  set: CellSet,
  table: Table,
  parameters: Parameters,
  form: 'ids' | 'bits' = set.part < BITS_FROM_PART ? 'ids' : 'bits',
): string {
  if (reachesAll(set)) return `(select ${ifKnown('true', set, table)})`;
  if (form === 'ids') return `cell_id = any (${chosenIds(set, table, parameters)})`;
  return `get_bit(${chosenBits(set, table, parameters)}, cell_id) <> 0`;
}

function reachesAll({ ids, known }: CellSet): boolean {
  return ids.length === known.count;
}

/** What looking one cell up costs, in rows that are read. */
const LOOK_UP_ROWS = 4;

/** What a row costs that is sorted, in rows that are only read. */
const SORTED_ROW = 1.5;

/**
 * How the first rows of an order are found: `walk` an index in that order past rows of other cells,
 * or take the first of each cell. Null where no index has the order, so that nothing is gained.
 * `wanted` is the rows up to the page's end.
 */
export function wayToFirst(
  set: CellSet,
  wanted: number,
  order: { readonly isOwn: boolean; readonly isIndexed: boolean },
): 'walk' | 'by cell' | null {
  if (reachesAll(set) || !order.isIndexed) return null;
  const rows = Math.max(set.known.rows, 1000);
  const reached = set.part * rows;
  const looked = order.isOwn ? Math.min(set.ids.length * wanted, reached) : reached;
  const byCell = set.ids.length * LOOK_UP_ROWS + looked * SORTED_ROW;
  const walked = Math.min(rows, wanted / Math.max(set.part, 1e-9));
  return byCell < walked ? 'by cell' : 'walk';
}

/** The numbers of the cells, as an array. */
export function chosenIds(set: CellSet, table: Table, parameters: Parameters): string {
  const ids = parameters.add(set.ids.map(String));
  // The cast says that an array is meant, and not rows that are compared one by one.
  return `(select ${ifKnown(`${ids}::int[]`, set, table)})::int[]`;
}

/** Cells as bits, in order; as a part of the set so that it is made once. */
export function chosenBits(set: CellSet, table: Table, parameters: Parameters): string {
  let bits = bitsOfSets.get(set);
  if (bits === undefined) {
    const each = new Uint8Array(set.known.count).fill(48);
    for (const id of set.ids) each[id] = 49;
    bits = Buffer.from(each).toString('latin1');
    bitsOfSets.set(set, bits);
  }
  return `(select ${ifKnown(`${parameters.add(bits)}::bit varying`, set, table)})`;
}

const bitsOfSets = new WeakMap<CellSet, string>();

function ifKnown(value: string, { known }: CellSet, table: Table): string {
  return `sys.if_known(${value}, ${table.id}, ${known.count})`;
}
