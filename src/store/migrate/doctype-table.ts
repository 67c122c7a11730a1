/** The typed table of a doctype: its columns and indexes, generated from the definition. */
import { createHash } from 'node:crypto';
import { type Doctype, type Field, isColumn } from '../../doctype/definition.ts';
import { type ColumnType, columnOf, tableName } from '../../doctype/table-name.ts';
import { identifier } from '../identifier.ts';

/** How each type of column is declared. A Check has no third state, in rows of before neither. */
export const SQL_TYPE: Readonly<Record<ColumnType, string>> = {
  text: 'text collate "C"',
  bigint: 'bigint',
  smallint: 'smallint not null default 0',
  double: 'double precision',
  money: 'bigint',
  date: 'date',
  timestamp: 'timestamp',
  time: 'time',
  jsonb: 'jsonb',
};

/** The table's name with its schema, quoted. */
export function qualifiedTable(doctype: string): string {
  return `doc.${identifier(tableName(doctype))}`;
}

/** `create table` with the standard columns and one for each field that holds a value. */
export function createTable(doctype: Doctype): string {
  const standard = doctype.istable ? CHILD_COLUMNS : DOCUMENT_COLUMNS;
  const own = doctype.fields.filter(isColumn).map(columnDefinition);
  const unique = `constraint ${identifier(uniqueName(doctype, 'name'))} unique (name)`;
  const lines = [...standard, ...own, unique];
  return `create table ${qualifiedTable(doctype.name)} (\n  ${lines.join(',\n  ')}\n)`;
}

/** `name type` of a field's column. Mandatory is the pipeline's rule: drafts may lack a value. */
export function columnDefinition(field: Field): string {
  const type = columnOf(field);
  if (type === null) throw new Error(`${field.fieldname} has no column`);
  return `${identifier(field.fieldname)} ${SQL_TYPE[type]}`;
}

/** Indexes that a doctype has whatever its fields say: for lists, and for dimension filters. */
export function indexesOf(doctype: Doctype): string[] {
  const table = qualifiedTable(doctype.name);
  if (doctype.istable) {
    return [createIndex(doctype, 'parent', `${table} (parent_id, parentfield, idx)`)];
  }
  const paths = new Set((doctype.dimension_paths ?? []).map(({ path }) => path));
  paths.delete('name');
  for (const path of paths) if (path.includes('.')) paths.delete(path);
  return [
    createIndex(doctype, 'modified', `${table} (modified desc, id desc)`),
    createIndex(doctype, 'cell_id', `${table} (cell_id, ${ownOrder(doctype)})`),
    ...[sortField(doctype), ...paths]
      .filter((column) => column !== 'modified' && column !== 'name')
      .map((column) => columnIndex(doctype, column)),
  ];
}

/** Those, and the ones that its fields ask for. */
export function allIndexesOf(doctype: Doctype): string[] {
  const columns = doctype.fields.filter(isColumn);
  return [
    ...indexesOf(doctype),
    ...columns.filter(({ unique }) => unique).map((field) => uniqueIndex(doctype, field).sql),
    ...columns
      .filter(({ unique, search_index }) => search_index && !unique)
      .map(({ fieldname }) => columnIndex(doctype, fieldname)),
  ];
}

/** The name of the index that a statement makes. */
export function indexNameOf(sql: string): string {
  return /^create (?:unique )?index if not exists "([^"]+)"/.exec(sql)?.[1] ?? '';
}

/** What a list is sorted by where nobody says otherwise. */
function sortField(doctype: Doctype): string {
  return doctype.sort_field ?? 'modified';
}

/** The doctype's own order, in which a list walks an index until its page is full. */
function ownOrder(doctype: Doctype): string {
  return `${identifier(sortField(doctype))} desc, id desc`;
}

/** The index of one field, for lists that filter by it. */
export function columnIndex(doctype: Doctype, column: string): string {
  const order = column === sortField(doctype) ? '' : `${identifier(column)}, `;
  const columns = doctype.istable ? identifier(column) : order + ownOrder(doctype);
  return createIndex(doctype, column, `${qualifiedTable(doctype.name)} (${columns})`);
}

/** The unique index of a field. */
export function uniqueIndex(doctype: Doctype, field: Field) {
  const name = uniqueName(doctype, field.fieldname);
  return {
    name,
    sql: `create unique index if not exists ${identifier(name)} on ${qualifiedTable(doctype.name)} (${identifier(field.fieldname)})`,
  };
}

function createIndex(doctype: Doctype, suffix: string, on: string): string {
  return `create index if not exists ${identifier(indexName(doctype, '_on_', suffix))} on ${on}`;
}

/** From the end of this name, after `__`, an error takes the field (`database-error.ts`). */
function uniqueName(doctype: Doctype, fieldname: string): string {
  return indexName(doctype, '__', fieldname);
}

/** The name of the statistics on how values of dimensions go together. */
export function statisticsName(doctype: Doctype): string {
  return indexName(doctype, '_of_', 'dimensions');
}

/**
 * Names of indexes and tables are one set for PostgreSQL, which also cuts long ones. The hash of
 * the doctype keeps `A__b`.`c` and `A`.`b__c` apart, and two whose names begin alike.
 */
function indexName(doctype: Doctype, between: string, column: string): string {
  const hash = (text: string): string =>
    createHash('sha256').update(text).digest('hex').slice(0, 8);
  const end = column.length <= 40 ? column : `${column.slice(0, 31)}_${hash(column)}`;
  const tail = `_${hash(doctype.name)}${between}${end}`;
  return `${tableName(doctype.name).slice(0, IDENTIFIER_MAX - tail.length)}${tail}`;
}

const IDENTIFIER_MAX = 63;

const DOCUMENT_COLUMNS = [
  'id bigint generated always as identity primary key',
  // Before anything of no fixed length: policies ask each row for it, and it is read up to there.
  'cell_id int not null',
  'name text collate "C" not null',
  'owner text collate "C" not null',
  'creation timestamp not null',
  'modified timestamp not null',
  'modified_by text collate "C" not null',
  'docstatus smallint not null default 0 check (docstatus between 0 and 2)',
  'version bigint not null default 1',
];

const CHILD_COLUMNS = [
  'id bigint generated always as identity primary key',
  'name text collate "C" not null',
  'parent_id bigint not null',
  'parenttype text collate "C" not null',
  'parentfield text collate "C" not null',
  'idx int not null',
];
