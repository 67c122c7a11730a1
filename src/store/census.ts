/** Documents counted in the groups that permissions tell apart. */
import type { Grouping } from '../authz/index.ts';
import { fromSql } from './column.ts';
import type { StoredValues } from './read-documents.ts';
import type { Result, Row, Statement } from './statement.ts';
import type { Table } from './table.ts';

/** A group as the store knows it; the kernel's facts are made of its values. */
export type StoredGroup = { readonly values: StoredValues; readonly count: number };

/** Counts all documents of the doctype, whoever asks: numbers, and never a document. */
export function selectCensus(table: Table, { fields, names }: Grouping): Statement {
  return { text: 'select * from sys.census($1, $2, $3)', values: [table.id, fields, names] };
}

/** What the statement of `selectCensus` brought. Those counted one by one say their names. */
export function censusFrom(
  table: Table,
  { fields }: Grouping,
  result: Result | undefined,
): StoredGroup[] {
  return (result?.rows ?? []).map(([facts, documents]) => {
    const row: Row = JSON.parse(String(facts));
    const columns = row.length > fields.length ? [...fields, 'name'] : fields;
    const values: Record<string, StoredValues[string]> = {};
    for (const [index, name] of columns.entries()) {
      const column = table.columns.get(name);
      if (!column) throw new Error(`${table.doctype.name} has no column ${name}`);
      values[name] = fromSql(column.type, row[index] ?? null);
    }
    return { values, count: Number(documents) };
  });
}
