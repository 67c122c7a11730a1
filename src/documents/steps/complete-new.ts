/**
 * What new documents still need before they can be judged: values from what they link to, names,
 * and the proof that their links may be set. Where none of it hangs on the others, it is asked of
 * PostgreSQL together.
 */
import { isColumn } from '../../doctype/definition.ts';
import { fieldsInName, planNaming } from '../../doctype/naming.ts';
import type { Table } from '../../store/table.ts';
import { allOrRefused } from '../several-refused.ts';
import type { WriteWork } from '../work.ts';
import { fetchesOf, fetchValues } from './fetch-values.ts';
import { checkLinks } from './link-rule.ts';
import { nameDocuments } from './name-document.ts';

type Part = (works: readonly WriteWork[]) => Promise<void>;

const IN_ORDER: readonly Part[] = [fetchValues, nameDocuments, checkLinks];

/** Throws what the first of the three refuses. */
export async function completeNew(works: readonly WriteWork[]): Promise<void> {
  const [first] = works;
  if (!first) return;
  if (!arePartsApart(first.table, works.length)) {
    for (const part of IN_ORDER) await part(works);
    return;
  }
  await allOrRefused(IN_ORDER.map((part) => part(works)));
}

/** True where names and links are what they are, whatever is fetched. */
function arePartsApart(table: Table, count: number): boolean {
  const { doctype } = table;
  const plan = planNaming(doctype);
  const naming = [
    ...fieldsInName(plan),
    ...(plan.kind === 'naming-series-field' ? [plan.field] : []),
  ];
  const isNaming = fetchesOf(table).some(({ field }) => naming.includes(field.fieldname));
  const tables = [table, ...table.children.map((child) => child.table)];
  // Documents that come in together may link to each other by the names that they get.
  return (
    !isNaming &&
    !tables.some((one) => fetchesLink(one) || (count > 1 && linksTo(one, doctype.name)))
  );
}

/** True where a fetched value is a link itself, or says of which doctype one is. */
function fetchesLink(table: Table): boolean {
  const fields = table.doctype.fields.filter(isColumn);
  const dynamic = fields.filter(({ fieldtype }) => fieldtype === 'Dynamic Link');
  return fetchesOf(table).some(
    ({ field: { fieldname, fieldtype } }) =>
      fieldtype === 'Link' ||
      fieldtype === 'Dynamic Link' ||
      dynamic.some(({ options }) => options === fieldname),
  );
}

function linksTo({ doctype }: Table, target: string): boolean {
  return doctype.fields.some(
    ({ fieldtype, options }) =>
      fieldtype === 'Dynamic Link' || (fieldtype === 'Link' && options === target),
  );
}
