/**
 * Statements that write documents. Each takes a permit and compares it with the row it is about
 * to write; without one there is nothing to call.
 */
import { isPermit, type Permit } from '../authz/index.ts';
import {
  type ChildDimensions,
  childDimensions,
  hasRowPaths,
  placeValue,
} from './child-dimensions.ts';
import { ARRAY_TYPE, toSql } from './column.ts';
import type { Opening } from './opening.ts';
import type { StoredDocument, StoredValues } from './read-documents.ts';
import { Parameters, type Statement } from './statement.ts';
import type { Column, Table } from './table.ts';

/** Inserts documents of one doctype, rows of children included. One permit for each. */
export function insertDocuments(
  opening: Opening,
  table: Table,
  documents: readonly Omit<StoredDocument, 'id'>[],
  permits: readonly Permit[],
): readonly Statement[] {
  for (const [index, document] of documents.entries()) {
    requirePermit(permits[index], opening, table, document, ['create', 'import'], 0);
  }
  const rows = documents.map(({ values, version, tables }) => ({
    ...values,
    version,
    ...placeByRows(table, tables),
  }));
  const statements = [...internCells(table, rows), insertRows(table, rows)];
  for (const { field, table: child } of table.children) {
    const children = documents.flatMap((document) =>
      (document.tables[field.fieldname] ?? []).map((values) => ({
        parent: String(document.values['name']),
        values,
      })),
    );
    if (children.length > 0)
      statements.push(insertChildren(table, child, field.fieldname, children));
  }
  return statements;
}

/**
 * Updates one document: its changed columns, and child tables that are given, which are replaced
 * as a whole. The version in the condition refuses a row that somebody else changed meanwhile.
 */
export function updateDocument(
  opening: Opening,
  table: Table,
  before: StoredDocument,
  changes: StoredValues,
  tables: Readonly<Record<string, readonly StoredValues[]>>,
  permit: Permit,
): readonly Statement[] {
  const actions = ['write', 'submit', 'cancel', 'transition', 'delete'];
  requirePermit(permit, opening, table, before, actions, before.version);
  const parameters = new Parameters();
  const sets = Object.entries(changes).map(([name, value]) => {
    const { sql, type } = columnOf(table, name);
    return `${sql} = ${parameters.add(type === 'smallint' ? (value ?? 0) : toSql(value))}`;
  });
  const name = String(before.values['name']);
  const replaced = table.children.filter(({ field }) => tables[field.fieldname] !== undefined);
  const placed = placeByRows(table, { ...before.tables, ...tables });
  if (replaced.some(({ dimensions }) => dimensions.length > 0)) {
    sets.push(`${CHILD_DIMENSIONS} = ${parameters.add(placed[CHILD_DIMENSIONS] ?? null)}`);
  }
  const after = { ...before.values, ...changes, ...placed };
  return [
    ...internCells(table, [after]),
    ...replaced.flatMap(({ field, table: child }) => {
      const rows = tables[field.fieldname] ?? [];
      const children = rows.map((values) => ({ parent: name, values }));
      return [
        deleteChildren(table, child, field.fieldname, before.id),
        ...(rows.length > 0 ? [insertChildren(table, child, field.fieldname, children)] : []),
      ];
    }),
    {
      text:
        `update ${table.sql} set ${sets.join(', ')}, version = version + 1 ` +
        `where id = ${parameters.add(before.id)} and version = ${parameters.add(before.version)}`,
      values: parameters.values,
    },
  ];
}

/** Deletes a document; its child rows go with it by the table's own trigger. */
export function deleteDocument(
  opening: Opening,
  table: Table,
  before: StoredDocument,
  permit: Permit,
): readonly Statement[] {
  requirePermit(permit, opening, table, before, ['delete'], before.version);
  return [
    {
      text: `delete from ${table.sql} where id = $1 and version = $2`,
      values: [before.id, before.version],
    },
  ];
}

/**
 * Makes the cells of the documents known before they are written: the policy's bits are computed
 * once for a statement, and a cell that came later would be covered by nobody.
 */
function internCells(table: Table, rows: readonly StoredValues[]): Statement[] {
  const paths = (table.doctype.dimension_paths ?? []).map(({ path }) => path);
  const isOfRows = paths.map((path) => path.includes('.'));
  const cells = new Map<string, readonly (string | null)[]>();
  for (const row of rows) {
    const said: ChildDimensions = JSON.parse(String(row[CHILD_DIMENSIONS] ?? '{}'));
    const values = paths.map((path, i) =>
      isOfRows[i] ? JSON.stringify(said[path]) : placeValue(row, path),
    );
    cells.set(JSON.stringify(values), values);
  }
  if (cells.size > 1) {
    const ofRows = isOfRows.flatMap((is, i) => (is ? [String(i + 1)] : []));
    return [
      {
        text: 'select sys.intern_cells($1, $2, $3::int[])',
        values: [table.id, JSON.stringify([...cells.values()]), ofRows],
      },
    ];
  }
  const parts = isOfRows.map((is, i) => (is ? `sys.set_of_rows($${i + 2}::jsonb)` : `$${i + 2}`));
  return [...cells.values()].map((values) => ({
    text: `select sys.intern_cell($1, array[${parts.join(', ')}]::text[])`,
    values: [table.id, ...values],
  }));
}

/** Where rows carry a dimension, their values go along with the document: its cell needs them. */
const CHILD_DIMENSIONS = 'child_dimensions';

/** The values as the column takes them. At commit the database compares them with the rows. */
function placeByRows(
  table: Table,
  tables: Readonly<Record<string, readonly StoredValues[]>>,
): Readonly<Record<string, string>> {
  if (!hasRowPaths(table)) return {};
  return { [CHILD_DIMENSIONS]: JSON.stringify(childDimensions(table, tables)) };
}

/** The permit must be of this very transaction: of its principal, and at its epoch. */
export function requirePermit(
  permit: Permit | undefined,
  opening: Opening,
  table: Table,
  document: { readonly values: StoredValues },
  actions: readonly string[],
  version: number,
): asserts permit {
  const fits =
    permit !== undefined &&
    isPermit(permit) &&
    permit.principal === opening.principal &&
    permit.epoch === opening.epoch &&
    actions.includes(permit.action) &&
    permit.doctype === table.doctype.name &&
    permit.name === document.values['name'] &&
    permit.version === version;
  if (!fits) throw new Error(`no permit for this write to ${table.doctype.name}`);
}

/**
 * One statement for any number of rows: an array for each column, so that its text never varies.
 * A single row comes as plain values: PostgreSQL keeps the plan of those, and would make that of
 * arrays anew each time.
 */
function insertRows(table: Table, rows: readonly StoredValues[]): Statement {
  const columns = [...table.columns.values(), ...(hasRowPaths(table) ? [PLACE_COLUMN] : [])];
  const names = [...columns.map(({ sql }) => sql), 'version'];
  const types = [...columns.map(({ type }) => ARRAY_TYPE[type]), 'bigint[]'];
  const versions = rows.map((row) => String(row['version']));
  const arrays = [...columns.map((column) => arrayOf(rows, column)), versions];
  const into = `insert into ${table.sql} (${names.join(', ')})`;
  if (rows.length === 1) {
    const single = types.map((type) => type.slice(0, -2));
    return {
      text: `${into} values (${placeholders(single)})`,
      values: arrays.map(([value = null]) => value),
    };
  }
  return { text: `${into} select * from unnest(${placeholders(types)})`, values: arrays };
}

/** Rows find their parent by its name, all of them with one join. */
function insertChildren(
  table: Table,
  child: Table,
  field: string,
  children: readonly { readonly parent: string; readonly values: StoredValues }[],
): Statement {
  const columns = [...child.columns.values()];
  const names = columns.map(({ sql }) => sql);
  const types = ['text', 'text', 'text[]', ...columns.map(({ type }) => ARRAY_TYPE[type])];
  const rows = children.map(({ values }) => values);
  const arrays = columns.map((column) => arrayOf(rows, column));
  const [type, fieldname, ...rest] = placeholders(types).split(', ');
  return {
    text:
      `insert into ${child.sql} (parent_id, parenttype, parentfield, ${names.join(', ')}) ` +
      `select p.id, ${type}, ${fieldname}, ${names.map((name) => `v.${name}`).join(', ')} ` +
      `from unnest(${rest.join(', ')}) as v(parent, ${names.join(', ')}) ` +
      `join ${table.sql} p on p.name = v.parent`,
    values: [table.doctype.name, field, children.map(({ parent }) => parent), ...arrays],
  };
}

function arrayOf(rows: readonly StoredValues[], { name, type }: Column): (string | null)[] {
  // A Check has no third state.
  const blank = type === 'smallint' ? '0' : null;
  return rows.map((row) => {
    const value = row[name] ?? null;
    return value === null ? blank : String(value);
  });
}

function placeholders(types: readonly string[]): string {
  return types.map((type, index) => `$${index + 1}::${type}`).join(', ');
}

function deleteChildren(table: Table, child: Table, field: string, parentId: string): Statement {
  return {
    text: `delete from ${child.sql} where parent_id = $1 and parenttype = $2 and parentfield = $3`,
    values: [parentId, table.doctype.name, field],
  };
}

const PLACE_COLUMN: Column = {
  name: CHILD_DIMENSIONS,
  sql: CHILD_DIMENSIONS,
  type: 'jsonb',
  field: null,
};

function columnOf(table: Table, name: string): Column {
  const found = table.columns.get(name);
  if (!found) throw new Error(`${table.doctype.name} has no column ${name}`);
  return found;
}
