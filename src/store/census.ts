/** Documents counted in the groups that permissions tell apart. */
import type { Filter, Grouping, ReachedDocuments } from '../authz/index.ts';
import type { StoredValue } from '../doctype/values.ts';
import { fromSql } from './column.ts';
import { filterToSql } from './filter-to-sql.ts';
import type { StoredDocument } from './read-documents.ts';
import { Parameters, type Result, type Row, type Statement } from './statement.ts';
import type { Column, Table } from './table.ts';

/** A group as the store knows it; the kernel's facts are made of its values and rows. */
export type StoredGroup = Pick<StoredDocument, 'values' | 'tables'> & { readonly count: number };

/** Counts all documents of the doctype, whoever asks: numbers, and never a document. */
export function selectCensus(table: Table, { fields, names }: Grouping): Statement {
  return { text: 'select * from sys.census($1, $2, $3)', values: [table.id, fields, names] };
}

/**
 * The same of those documents only that row-level security shows under the claim and `where` holds
 * for: an answer about documents, and not a preview.
 */
export function selectVisibleCensus(
  table: Table,
  { fields, names }: Grouping,
  where: Filter,
  me: string,
): Statement {
  const parameters = new Parameters();
  const columns = fields.map((name) =>
    name.includes('.')
      ? `(${table.sql}.child_dimensions -> ${parameters.add(name)}::text)::text`
      : `${columnNamed(table, name).sql}::text`,
  );
  const named = parameters.add([...names]);
  const holds = filterToSql(where, table, me, parameters);
  const facts = (list: readonly string[]): string => `to_json(array[${list.join(', ')}]::text[])`;
  const text =
    `select ${facts(columns)}::text, count(*) from ${table.sql} ` +
    `where ${holds} and name <> all (${named}::text[]) group by 1 ` +
    `union all select ${facts([...columns, 'name'])}::text, 1 from ${table.sql} ` +
    `where ${holds} and name = any (${named}::text[])`;
  return { text, values: parameters.values };
}

/** Counts documents of the doctype, or of a part of it, whoever asks, and stops at `most`. */
export function selectCountUpTo(
  table: Table,
  where: ReachedDocuments['where'],
  most: number,
): Statement {
  const text = 'select sys.count_up_to($1, $2, $3, $4)';
  return { text, values: [table.id, where?.field ?? null, where?.values ?? null, most] };
}

/** What the statements of a census brought. Those counted one by one say their names. */
export function censusFrom(
  table: Table,
  { fields }: Grouping,
  result: Result | undefined,
): StoredGroup[] {
  return (result?.rows ?? []).map(([facts, documents]) => {
    const row: Row = JSON.parse(String(facts));
    const columns = row.length > fields.length ? [...fields, 'name'] : fields;
    const values: Record<string, StoredValue> = {};
    const sets: [string, (string | null)[]][] = [];
    for (const [index, name] of columns.entries()) {
      const text = row[index] ?? null;
      if (name.includes('.')) sets.push([name, JSON.parse(String(text))]);
      else values[name] = fromSql(columnNamed(table, name).type, text);
    }
    return { values, tables: rowsWith(sets), count: Number(documents) };
  });
}

function columnNamed(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (!column) throw new Error(`${table.doctype.name} has no column ${name}`);
  return column;
}

/** Rows with just these values in their columns; a column with fewer values repeats its last. */
function rowsWith(sets: readonly (readonly [string, readonly (string | null)[]])[]) {
  const tables: Record<string, Record<string, string | null>[]> = {};
  for (const [path, values] of sets) {
    const field = path.slice(0, path.indexOf('.'));
    const rows = tables[field] ?? [];
    tables[field] = rows;
    while (rows.length < values.length) rows.push({ ...rows.at(-1) });
    for (const [index, row] of rows.entries()) {
      // Past the end, and not where a value is blank: a blank row has to be covered, too.
      const value = index < values.length ? values[index] : values.at(-1);
      row[path.slice(field.length + 1)] = value ?? null;
    }
  }
  return tables;
}
