/** The typed table of a doctype: its columns and indexes, generated from the definition. */
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
  const unique = `constraint ${identifier(indexName(doctype, '_name'))} unique (name)`;
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
  return [
    createIndex(doctype, 'modified', `${table} (modified desc, id desc)`),
    createIndex(doctype, 'cell_id', `${table} (cell_id, ${ownOrder(doctype)})`),
    ...[sortField(doctype), ...paths]
      .filter((column) => column !== 'modified' && column !== 'name')
      .map((column) => columnIndex(doctype, column)),
  ];
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
  // One more `_` than a unique index, which may stand on the same field.
  return createIndex(doctype, `_${column}`, `${qualifiedTable(doctype.name)} (${columns})`);
}

/** A unique index whose name ends in the field's, from which errors take it. */
export function uniqueIndex(doctype: Doctype, field: Field) {
  const name = indexName(doctype, `_${field.fieldname}`);
  return {
    name,
    sql: `create unique index ${identifier(name)} on ${qualifiedTable(doctype.name)} (${identifier(field.fieldname)})`,
  };
}

function createIndex(doctype: Doctype, suffix: string, on: string): string {
  return `create index if not exists ${identifier(indexName(doctype, `_${suffix}`))} on ${on}`;
}

/** PostgreSQL would cut a longer name; the doctype's part is shortened, never the field's. */
function indexName(doctype: Doctype, suffix: string): string {
  const room = 63 - suffix.length - 1;
  return `${tableName(doctype.name).slice(0, room)}_${suffix}`;
}

const DOCUMENT_COLUMNS = [
  'id bigint generated always as identity primary key',
  'name text collate "C" not null',
  'owner text collate "C" not null',
  'creation timestamp not null',
  'modified timestamp not null',
  'modified_by text collate "C" not null',
  'docstatus smallint not null default 0 check (docstatus between 0 and 2)',
  'version bigint not null default 1',
  'cell_id int not null',
];

const CHILD_COLUMNS = [
  'id bigint generated always as identity primary key',
  'name text collate "C" not null',
  'parent_id bigint not null',
  'parenttype text collate "C" not null',
  'parentfield text collate "C" not null',
  'idx int not null',
];
