/** Statements that read documents, and how their rows become documents again. */
import type { Filter } from '../authz/index.ts';
import type { StoredValue } from '../doctype/values.ts';
import { fromSql } from './column.ts';
import { filterToSql } from './filter-to-sql.ts';
import { Parameters, type Row, type Statement } from './statement.ts';
import type { Table } from './table.ts';

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
  readonly where: Filter;
  readonly me: string;
  readonly orderBy: readonly OrderBy[];
  readonly limit: number;
  readonly offset: number;
};

/** Reads a page. Rows of equal order keep one order by id, so that pages do not overlap. */
export function selectPage(query: ListQuery): Statement {
  const parameters = new Parameters();
  const { table } = query;
  const where = filterToSql(query.where, table, query.me, parameters);
  const order = query.orderBy.map(({ field, descending }) => {
    const column = table.columns.get(field)?.sql;
    if (!column) throw new Error(`${table.doctype.name} has no column ${field}`);
    return `${column} ${descending ? 'desc' : 'asc'}`;
  });
  const last = query.orderBy.at(-1)?.descending === false ? 'id asc' : 'id desc';
  // The numbers stand in the text: without them the planner expects a tenth of the table, and
  // sorts all that the filter reaches instead of walking an index until the page is full.
  const page = query.offset === 0 ? '' : ` offset ${whole(query.offset)}`;
  const text =
    `select ${columnList(table, query.columns)} from ${table.sql} where ${where} ` +
    `order by ${[...order, last].join(', ')} limit ${whole(query.limit)}${page}`;
  return { text, values: parameters.values };
}

function whole(count: number): string {
  if (!Number.isSafeInteger(count) || count < 0) throw new Error('a page is counted in whole rows');
  return String(count);
}

/** Counts the rows that a filter reaches. */
export function selectCount(table: Table, where: Filter, me: string): Statement {
  const parameters = new Parameters();
  const condition = filterToSql(where, table, me, parameters);
  return {
    text: `select count(*) from ${table.sql} where ${condition}`,
    values: parameters.values,
  };
}

/** Reads whole documents by a column: one statement for the table and one for each child table. */
export function selectDocument(table: Table, name: string): readonly Statement[] {
  const columns = columnList(table, [...table.columns.keys()]);
  return [
    {
      text: `select id, version, ${columns} from ${table.sql} where name = $1`,
      values: [name],
    },
    ...table.children.map(({ field, table: child }) => ({
      text:
        `select ${columnList(child, [...child.columns.keys()])} from ${child.sql} ` +
        `where parent_id = (select id from ${table.sql} where name = $1) ` +
        'and parenttype = $2 and parentfield = $3 order by idx',
      values: [name, table.doctype.name, field.fieldname],
    })),
  ];
}

/** What the statements of `selectDocument` brought, or null where no row was there. */
export function documentFrom(
  table: Table,
  results: readonly { readonly rows: readonly Row[] }[],
): StoredDocument | null {
  const row = results[0]?.rows[0];
  if (!row) return null;
  const tables: Record<string, readonly StoredValues[]> = {};
  for (const [index, { field, table: child }] of table.children.entries()) {
    const columns = [...child.columns.keys()];
    tables[field.fieldname] = (results[index + 1]?.rows ?? []).map((childRow) =>
      valuesFrom(child, columns, childRow),
    );
  }
  return {
    id: String(row[0]),
    version: Number(row[1]),
    values: valuesFrom(table, [...table.columns.keys()], row.slice(2)),
    tables,
  };
}

/** Turns a row of the given columns into values by name. */
export function valuesFrom(table: Table, columns: readonly string[], row: Row): StoredValues {
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
  return columns.map((name) => table.columns.get(name)?.sql ?? fail(table, name)).join(', ');
}

function fail(table: Table, name: string): never {
  throw new Error(`${table.doctype.name} has no column ${name}`);
}
