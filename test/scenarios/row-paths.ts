/** Documents of which the rows say where they are: as they are stored, and what they say. */
import { tableName } from '../../src/doctype/table-name.ts';
import type { Statement } from '../../src/store/statement.ts';
import { DOCTYPES, ITEMS, ORDER_ROW } from './doctypes.ts';
import type { Rows, ScenarioDocument, Values } from './scenario.ts';

/** The dimension paths of a doctype that go through its rows, as they are written. */
export function rowPathsOf(doctype: string): string[] {
  const paths = DOCTYPES.get(doctype)?.dimension_paths ?? [];
  return paths.map(({ path }) => path).filter((path) => path.startsWith(`${ITEMS}.`));
}

export function rowsOf(values: Values): Rows {
  const rows = values[ITEMS] ?? [];
  return Array.isArray(rows) ? rows : [];
}

/** Documents as the kernel and the pipeline take them: with rows, if only with none. */
export function withRows(doctype: string, values: Values): Values {
  return rowPathsOf(doctype).length === 0 ? values : { ...values, [ITEMS]: rowsOf(values) };
}

/** The columns of a document in the place of its rows: what these say of where it is. */
export function storedPlace(doctype: string, { [ITEMS]: rows = [], ...values }: Values): object {
  const paths = rowPathsOf(doctype);
  if (paths.length === 0) return values;
  const said = paths.map((path) => [path, saidOf(path, { [ITEMS]: rows })]);
  return { ...values, child_dimensions: Object.fromEntries(said) };
}

/** The values of the rows on a path; none at all are one that is blank. */
export function saidOf(path: string, values: Values): Rows[number][string][] {
  const rows = rowsOf(values);
  const column = path.slice(ITEMS.length + 1);
  return rows.length === 0 ? [null] : rows.map((row) => row[column] ?? null);
}

/** The rows of documents that are there already. */
export function insertRows(doctype: string, documents: readonly ScenarioDocument[]): Statement[] {
  const rows = documents.flatMap(({ values }) =>
    rowsOf(values).map((row) => ({ ...row, parent: values['name'] })),
  );
  if (rows.length === 0) return [];
  return [
    {
      text: `insert into doc.${tableName(ORDER_ROW.name)}
          (name, parent_id, parenttype, parentfield, idx, cost_center, project)
        select gen_random_uuid()::text, d.id, $2, '${ITEMS}', 1, r.cost_center, r.project
        from jsonb_to_recordset($1) as r(parent text, cost_center text, project text)
        join doc.${tableName(doctype)} d on d.name = r.parent`,
      values: [JSON.stringify(rows), doctype],
    },
  ];
}
