/** A doctype's table as the statements see it, worked out once for each definition. */
import { type Doctype, type Field, isColumn, isTable } from '../doctype/definition.ts';
import { type ColumnType, columnOf, tableName } from '../doctype/table-name.ts';
import { identifier } from './identifier.ts';
import { CellBook } from './known-cells.ts';

export type Column = {
  readonly name: string;
  readonly sql: string;
  readonly type: ColumnType;
  /** Null for the columns every document has. */
  readonly field: Field | null;
};

export type Table = {
  readonly doctype: Doctype;
  /** The doctype's number, by which policies and cells know it. */
  readonly id: number;
  readonly sql: string;
  readonly columns: ReadonlyMap<string, Column>;
  readonly children: readonly Child[];
  /** What is known of its cells so far. */
  readonly cells: CellBook;
};

/** A field that holds child rows, with the child's table. */
export type Child = {
  readonly field: Field;
  readonly table: Table;
  /** Columns of the rows that carry a dimension of the document. */
  readonly dimensions: readonly Column[];
};

const DOCUMENT_COLUMNS: readonly [string, ColumnType][] = [
  ['name', 'text'],
  ['owner', 'text'],
  ['creation', 'timestamp'],
  ['modified', 'timestamp'],
  ['modified_by', 'text'],
  ['docstatus', 'smallint'],
];

const CHILD_COLUMNS: readonly [string, ColumnType][] = [
  ['name', 'text'],
  ['idx', 'bigint'],
];

/** What is known of a doctype besides its own definition. */
export type Known = ReadonlyMap<string, { readonly id: number; readonly definition: Doctype }>;

/** Describes the table of a doctype, with those of its child doctypes. */
export function tableOf(name: string, known: Known): Table {
  const found = known.get(name);
  if (!found) throw new Error(`there is no doctype ${name}`);
  const { id, definition: doctype } = found;
  const standard = doctype.istable ? CHILD_COLUMNS : DOCUMENT_COLUMNS;
  const columns = new Map<string, Column>();
  for (const [name, type] of standard) {
    columns.set(name, { name, sql: identifier(name), type, field: null });
  }
  for (const field of doctype.fields.filter(isColumn)) {
    const type = columnOf(field);
    const name = field.fieldname;
    if (type) columns.set(name, { name, sql: identifier(name), type, field });
  }
  const children = doctype.fields
    .filter(isTable)
    .map((field) => childOf(doctype, field, tableOf(field.options ?? '', known)));
  const sql = `doc.${identifier(tableName(doctype.name))}`;
  return { doctype, id, sql, columns, children, cells: new CellBook(doctype) };
}

function childOf({ dimension_paths: paths = [] }: Doctype, field: Field, table: Table): Child {
  const carriers = new Set(paths.map(({ path }) => path));
  const dimensions = [...table.columns.values()].filter(({ name }) =>
    carriers.has(`${field.fieldname}.${name}`),
  );
  return { field, table, dimensions };
}
