/** Statements that read documents, and how their rows become documents again. */
import type { StoredValue } from '../doctype/values.ts';
import { cellCondition, chosenIds, type Divided, dividedByCells, wayToFirst } from './cell-set.ts';
import { fromSql } from './column.ts';
import { type ColumnPath, Joins } from './column-path.ts';
import { afterRow, type OrderTerm } from './keyset.ts';
import { columnOf, sqlColumn } from './sql-column.ts';
import { Parameters, type Result, type Row, type Statement } from './statement.ts';
import type { Child, Column, Table } from './table.ts';
import { type Where, whereToSql } from './where.ts';

/** Values of one document or child row by column name. */
export type StoredValues = Readonly<Record<string, StoredValue>>;

/** A document as it lies in the store; `tables` holds child rows by field name, in order. */
export type StoredDocument = {
  readonly id: string;
  readonly version: number;
  readonly values: StoredValues;
  readonly tables: Readonly<Record<string, readonly StoredValues[]>>;
};

export type OrderBy = { readonly field: string; readonly descending: boolean };

export type ListQuery = {
  readonly table: Table;
  readonly columns: readonly string[];
  readonly where: Where;
  readonly me: string;
  readonly orderBy: readonly OrderBy[];
  readonly limit: number;
  readonly offset: number;
  /** Brings along, after the columns, the rows that carry a dimension: see `pageDocument`. */
  readonly withPlace?: boolean;
  /** Brings along columns behind links, each after whether it is known: see `partsOfRow`. */
  readonly linked?: readonly ColumnPath[];
  /** Brings along, last of all, where each row stands in the order: see `partsOfRow`. */
  readonly withPosition?: boolean;
  /** Names cells instead of values, where they are known: for `Store.read` only. */
  readonly byCells?: boolean;
  /** Leaves out what stands before this position, and the row at it. */
  readonly after?: Position | null;
};

/** Where a row stands: its values of the order's fields as PostgreSQL's text, and its number. */
export type Position = readonly (string | null)[];

/** Reads a page. Rows of equal order keep one order by id, so that pages do not overlap. */
export function selectPage(query: ListQuery): Statement {
  const parameters = new Parameters();
  const { table } = query;
  const { cells, rest } = divided(query);
  const where = [whereToSql(rest, table, query.me, parameters)];
  const terms = orderTerms(query);
  const way = cells && wayToFirst(cells, query.offset + query.limit, orderKnown(query));
  if (cells && way !== 'by cell') {
    where.push(cellCondition(cells, table, parameters, way === 'walk' ? 'bits' : undefined));
  }
  if (query.after) where.push(afterRow(terms, query.after, parameters));
  const order = terms.map(({ sql, descending }) => `${sql} ${descending ? 'desc' : 'asc'}`);
  // The numbers stand in the text: without them the planner expects a tenth of the table, and
  // sorts all that the filter reaches instead of walking an index until the page is full.
  const page = query.offset === 0 ? '' : ` offset ${whole(query.offset)}`;
  const place = query.withPlace ? placesOf(table, parameters, '') : [];
  const position = query.withPosition ? terms.map(({ sql }) => sql) : [];
  const joins = new Joins(table, query.me, parameters);
  const linked = (query.linked ?? []).flatMap((path) => [joins.isKnown(path), joins.value(path)]);
  const own = query.columns.map((name) => sqlColumn(table, name));
  const columns = [...own, ...place, ...linked, ...position];
  const from = `from ${table.sql}${joins.sql()}`;
  const end = `limit ${whole(query.limit)}${page}`;
  if (cells && way === 'by cell') {
    const ids = chosenIds(cells, table, parameters);
    const parts = { columns, from, where, terms, ids, wanted: query.offset + query.limit };
    const text = `${firstOfEachCell(parts)} ${end}`;
    // Each cell is walked by its index, whichever they are.
    return { text, values: parameters.values, keepsPlan: true };
  }
  const text =
    `select ${columns.join(', ')} ${from} where ${where.join(' and ')} ` +
    `order by ${order.join(', ')} ${end}`;
  return { text, values: parameters.values };
}

function divided({
  where,
  table,
  me,
  byCells,
}: Pick<ListQuery, 'where' | 'table' | 'me' | 'byCells'>): Divided {
  return byCells ? dividedByCells(where, table, me) : { cells: null, rest: where };
}

/** What the doctype's indexes make of an order; see `indexesOf`. */
function orderKnown({ table, orderBy }: ListQuery) {
  const [first, ...more] = orderBy;
  const own = table.doctype.sort_field ?? 'modified';
  const isOwn = first?.field === own && more.length === 0;
  return { isOwn, isIndexed: isOwn || (first?.field === 'modified' && more.length === 0) };
}

/**
 * The first rows of each cell, by an index of cells in the list's order, and of these the first.
 * Names with a dot are none of a column.
 */
function firstOfEachCell(parts: {
  readonly columns: readonly string[];
  readonly from: string;
  readonly where: readonly string[];
  readonly terms: readonly OrderTerm[];
  readonly ids: string;
  readonly wanted: number;
}): string {
  const { columns, from, where, terms, ids, wanted } = parts;
  const direction = ({ descending }: OrderTerm): string => (descending ? 'desc' : 'asc');
  const inner = [
    ...columns.map((sql, index) => `${sql} as "c.${index}"`),
    ...terms.map(({ sql }, index) => `${sql} as "o.${index}"`),
  ];
  const innerOrder = terms.map((term) => `${term.sql} ${direction(term)}`);
  const order = terms.map((term, index) => `"o.${index}" ${direction(term)}`);
  const shown = columns.map((_, index) => `"c.${index}"`);
  return (
    `select ${shown.join(', ')} from unnest(${ids}) as "each.cell"("cell.wanted"), ` +
    `lateral (select ${inner.join(', ')} ${from} where cell_id = "cell.wanted" and ` +
    `${where.join(' and ')} order by ${innerOrder.join(', ')} limit ${whole(wanted)}) as "of.cell" ` +
    `order by ${order.join(', ')}`
  );
}

/**
 * A row of a page that came with positions, of so many terms of order and columns behind links: the
 * document, what is behind links, and where it stands.
 */
export function partsOfRow(row: Row, terms: number, linked: number) {
  const positionAt = row.length - terms - 1;
  const linkedAt = positionAt - 2 * linked;
  return {
    document: row.slice(0, linkedAt),
    linked: Array.from({ length: linked }, (_, index) => ({
      isKnown: row[linkedAt + 2 * index] === 't',
      text: row[linkedAt + 2 * index + 1] ?? null,
    })),
    position: row.slice(positionAt) as Position,
  };
}

function orderTerms({ table, orderBy }: ListQuery): OrderTerm[] {
  const terms = orderBy.map(({ field, descending }) => {
    const column = columnOf(table, field);
    return { sql: column.sql, descending, mayBeBlank: column.field !== null };
  });
  const descending = orderBy.at(-1)?.descending !== false;
  return [...terms, { sql: 'id', descending, mayBeBlank: false }];
}

/** Reads, of what a filter reaches, each combination of these columns once; rows come along. */
export function selectPlaces(
  query: Pick<ListQuery, 'table' | 'columns' | 'where' | 'me' | 'limit'>,
): Statement {
  const parameters = new Parameters();
  const { table } = query;
  const where = whereToSql(query.where, table, query.me, parameters);
  const columns = [columnList(table, query.columns), ...placesOf(table, parameters, '::text')];
  return {
    text: `select distinct ${columns.join(', ')} from ${table.sql} where ${where} limit ${whole(query.limit)}`,
    values: parameters.values,
  };
}

/** Rows that carry a dimension, as `pageDocument` reads them. */
function placesOf(table: Table, parameters: Parameters, cast: string): string[] {
  const type = (): string => parameters.add(table.doctype.name);
  return placeChildren(table).map(
    ({ field, table: child, dimensions }) =>
      rowsText(child, dimensions, `${table.sql}.id`, type(), parameters.add(field.fieldname)) +
      cast,
  );
}

/** A document of a page as decisions look at it: with the rows that carry a dimension. */
export function pageDocument(table: Table, columns: readonly string[], row: Row) {
  const tables: Record<string, readonly StoredValues[]> = {};
  for (const [index, { field, table: child, dimensions }] of placeChildren(table).entries()) {
    const text = row[columns.length + index];
    // Of a page that came without them, nothing is known.
    if (text === undefined) continue;
    const names = dimensions.map(({ name }) => name);
    const rows: Row[] = JSON.parse(text ?? '[]');
    tables[field.fieldname] = rows.map((childRow) => valuesFrom(child, names, childRow));
  }
  return { values: valuesFrom(table, columns, row), tables };
}

function placeChildren(table: Table): readonly Child[] {
  return table.children.filter(({ dimensions }) => dimensions.length > 0);
}

/** The rows of one table field as a JSON list of lists; null where there are none. */
function rowsText(
  child: Table,
  columns: readonly Column[],
  parentId: string,
  parenttype: string,
  parentfield: string,
): string {
  const values = columns.map(({ sql }) => `r.${sql}::text`).join(', ');
  return (
    `(select json_agg(array[${values}] order by r.idx) from ${child.sql} r ` +
    `where r.parent_id = ${parentId} and r.parenttype = ${parenttype} ` +
    `and r.parentfield = ${parentfield})`
  );
}

/** A number of rows, as it stands in the text of a statement. */
export function whole(count: number): string {
  if (!Number.isSafeInteger(count) || count < 0) throw new Error('a page is counted in whole rows');
  return String(count);
}

/** Counts the rows that a filter reaches. `byCells` as in a list. */
export function selectCount(table: Table, where: Where, me: string, byCells = false): Statement {
  const parameters = new Parameters();
  const { cells, rest } = divided({ where, table, me, byCells });
  const condition = [
    whereToSql(rest, table, me, parameters),
    ...(cells ? [cellCondition(cells, table, parameters)] : []),
  ].join(' and ');
  return {
    text: `select count(*) from ${table.sql} where ${condition}`,
    values: parameters.values,
  };
}

/**
 * Reads a whole document, the rows of its child tables included, as one statement: the policies
 * of PostgreSQL are then computed once for the document, and not once more for each table.
 */
export function selectDocument(table: Table, name: string): Statement {
  let text = documentTexts.get(table);
  if (text === undefined) {
    text = documentText(table);
    documentTexts.set(table, text);
  }
  const parents = table.children.length === 0 ? [] : [table.doctype.name];
  const fields = table.children.map(({ field }) => field.fieldname);
  return { text, values: [name, ...parents, ...fields] };
}

/** Tables are worked out once for each definition, so their texts are too. */
const documentTexts = new WeakMap<Table, string>();

/** Reads whole documents by their names; in no order. */
export function selectDocumentsNamed(table: Table, names: readonly string[]): Statement {
  const parents = table.children.length === 0 ? [] : [table.doctype.name];
  const fields = table.children.map(({ field }) => field.fieldname);
  const text = `${documentsText(table)} where name = any ($1::text[])`;
  return { text, values: [names, ...parents, ...fields] };
}

/** Reads whole documents in the order of their making, those after `afterId` first. */
export function selectDocumentsAfter(table: Table, afterId: string, limit: number): Statement {
  const parents = table.children.length === 0 ? [] : [table.doctype.name];
  const fields = table.children.map(({ field }) => field.fieldname);
  const text = `${documentsText(table)} where d.id > $1::bigint order by d.id limit ${whole(limit)}`;
  return { text, values: [afterId, ...parents, ...fields] };
}

function documentText(table: Table): string {
  return `${documentsText(table)} where name = $1`;
}

function documentsText(table: Table): string {
  const rows = table.children.map(({ table: child }, index) =>
    rowsText(child, [...child.columns.values()], 'd.id', '$2', `$${index + 3}`),
  );
  const columns = columnList(table, [...table.columns.keys()]);
  return `select ${['id', 'version', columns, ...rows].join(', ')} from ${table.sql} d`;
}

/** What the statement of `selectDocument` brought, or null where no row was there. */
export function documentFrom(table: Table, result: Result | undefined): StoredDocument | null {
  return documentsFrom(table, result)[0] ?? null;
}

/** What the statement of `selectDocumentsAfter` brought. */
export function documentsFrom(table: Table, result: Result | undefined): StoredDocument[] {
  return (result?.rows ?? []).map((row) => documentFromRow(table, row));
}

function documentFromRow(table: Table, row: Row): StoredDocument {
  const columns = [...table.columns.keys()];
  const tables: Record<string, readonly StoredValues[]> = {};
  for (const [index, { field, table: child }] of table.children.entries()) {
    const childColumns = [...child.columns.keys()];
    const rows: Row[] = JSON.parse(row[2 + columns.length + index] ?? '[]');
    tables[field.fieldname] = rows.map((childRow) => valuesFrom(child, childColumns, childRow));
  }
  return {
    id: String(row[0]),
    version: Number(row[1]),
    values: valuesFrom(table, columns, row.slice(2)),
    tables,
  };
}

/** Turns a row of the given columns into values by name. */
function valuesFrom(table: Table, columns: readonly string[], row: Row): StoredValues {
  const values: Record<string, StoredValue> = {};
  for (const [index, name] of columns.entries()) {
    const column = table.columns.get(name);
    if (column) values[name] = fromSql(column.type, row[index] ?? null);
  }
  return values;
}

/** Of the given names, those that the claim of this transaction reaches. */
export function selectExisting(table: Table, names: readonly string[]): Statement {
  return { text: `select name from ${table.sql} where name = any ($1::text[])`, values: [names] };
}

function columnList(table: Table, columns: readonly string[]): string {
  return columns.map((name) => sqlColumn(table, name)).join(', ');
}
