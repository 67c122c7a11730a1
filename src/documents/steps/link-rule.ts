/**
 * Links: one may be set only to a document that the principal may `select`. Hidden and missing
 * targets give the same error; a link that is not changed is not checked again.
 */
import { decide, every, type Filter, listFilter, type Need, needOf } from '../../authz/index.ts';
import { type FieldError, Refusal } from '../../base/errors.ts';
import { type Field, isColumn } from '../../doctype/definition.ts';
import { pageDocument, type StoredValues, selectPage } from '../../store/read-documents.ts';
import type { Row, Statement } from '../../store/statement.ts';
import type { Table } from '../../store/table.ts';
import { type PlacedRefusal, SeveralRefused } from '../several-refused.ts';
import { factsOf, type WriteWork } from '../work.ts';
import { decidingColumns } from './deciding-columns.ts';

type Link = { readonly path: string; readonly doctype: string; readonly name: string };

/** Documents of one doctype that are asked for, by these columns. */
type Asked = {
  readonly table: Table;
  readonly columns: readonly string[];
  readonly statement: Statement;
};

/**
 * Throws `link_not_found`, naming every field whose target the principal may not select. Asks
 * once for each target doctype, however many documents there are.
 */
export async function checkLinks(works: readonly WriteWork[]): Promise<void> {
  const [work] = works;
  if (!work) return;
  const changed = works.flatMap((one) => changedLinks(one).map((link) => ({ ...link, work: one })));
  const toEachOther = changed.some(({ doctype }) => doctype === work.doctype.name);
  const together: ReadonlySet<string> = toEachOther ? selectableInBatch(works) : new Set();
  const links = changed.filter(
    ({ doctype, name }) => doctype !== work.doctype.name || !together.has(name),
  );
  if (links.length === 0) return;
  const wanted = new Map<string, Set<string>>();
  for (const { doctype, name } of links) {
    wanted.set(doctype, (wanted.get(doctype) ?? new Set()).add(name));
  }
  const asked = [...wanted].flatMap(([doctype, names]) => {
    const one = selectable(work, doctype, [...names]);
    return one ? [{ doctype, ...one }] : [];
  });
  const results = await work.transaction.run('select', ...asked.map(({ statement }) => statement));
  const found = new Map(
    asked.map((one, i) => [one.doctype, needsOf(work, one, results[i]?.rows ?? [])]),
  );
  const missing = links.filter(({ doctype, name }) => !found.get(doctype)?.has(name));
  if (missing.length > 0) throw new SeveralRefused(refusalsOf(works, missing));
  for (const { work: one, doctype, name } of links) {
    const need = found.get(doctype)?.get(name);
    if (need) one.needs.add(need);
  }
}

/** One for each document with links that may not be set, naming all of them. */
function refusalsOf(
  works: readonly WriteWork[],
  missing: readonly (Link & { readonly work: WriteWork })[],
): PlacedRefusal[] {
  return works.flatMap((work, index) => {
    const errors: FieldError[] = missing
      .filter((link) => link.work === work)
      .map(({ path, doctype, name }) => ({
        field: path,
        code: 'link_not_found',
        detail: `${doctype} \`${name}\` was not found.`,
      }));
    if (!errors[0]) return [];
    return [{ index, refusal: new Refusal('link_not_found', errors[0].detail, { errors }) }];
  });
}

/** Documents that come in together may link to each other, as a tree's nodes do. */
function selectableInBatch(works: readonly WriteWork[]): ReadonlySet<string> {
  if (works.length < 2) return new Set();
  const selectableWorks = works.filter(
    (work) =>
      decide(work.moment.policy.world, {
        principal: work.caller.principal,
        action: 'select',
        doctype: work.doctype.name,
        document: factsOf(work.table, work.after),
        now: work.moment.now,
      }).allowed,
  );
  return new Set(selectableWorks.map(({ after }) => String(after.values['name'])));
}

/** By its name, what lets each document that was found be linked to. */
function needsOf(
  { caller, moment }: WriteWork,
  { table, columns }: Asked,
  rows: readonly Row[],
): ReadonlyMap<string, Need> {
  const { principal } = caller;
  const ask = { principal, action: 'select' as const, doctype: table.doctype.name };
  return new Map(
    rows.map((row): [string, Need] => {
      const document = factsOf(table, pageDocument(table, columns, row));
      const decision = decide(moment.policy.world, { ...ask, document, now: moment.now });
      return [String(row[0]), needOf(decision)];
    }),
  );
}

function selectable(work: WriteWork, doctype: string, names: string[]): Asked | null {
  const table = work.moment.policy.tables.get(doctype);
  if (!table || table.doctype.istable) return null;
  const request = {
    principal: work.caller.principal,
    action: 'select' as const,
    doctype,
    now: work.moment.now,
  };
  const named: Filter = { kind: 'one-of', field: 'name', values: names };
  const deciding = decidingColumns(work.moment, work.caller, 'select', table);
  const columns = [...new Set(['name', ...deciding])];
  const statement = selectPage({
    table,
    columns,
    where: every([named, listFilter(work.moment.policy.world, request)]),
    me: work.caller.principal.id,
    orderBy: [],
    limit: names.length,
    offset: 0,
    withPlace: true,
  });
  return { table, columns, statement };
}

function changedLinks(work: WriteWork): Link[] {
  const links = linksIn(work.table, work.after.values, work.before?.values ?? {}, '');
  for (const { field, table } of work.table.children) {
    const before = new Map(
      (work.before?.tables[field.fieldname] ?? []).map((row) => [row['name'], row]),
    );
    for (const row of work.after.tables[field.fieldname] ?? []) {
      links.push(
        ...linksIn(table, row, before.get(row['name'] ?? null) ?? {}, `${field.fieldname}.`),
      );
    }
  }
  return links;
}

function linksIn(table: Table, after: StoredValues, before: StoredValues, prefix: string): Link[] {
  return table.doctype.fields.filter(isColumn).flatMap((field) => {
    const name = after[field.fieldname];
    const doctype = targetOf(field, after);
    if (typeof name !== 'string' || doctype === null) return [];
    const unchanged = name === before[field.fieldname] && doctype === targetOf(field, before);
    return unchanged ? [] : [{ path: prefix + field.fieldname, doctype, name }];
  });
}

/** The doctype a link field points to; a Dynamic Link takes it from another field. */
export function targetOf(field: Field, values: StoredValues): string | null {
  if (field.fieldtype === 'Link') return field.options ?? null;
  if (field.fieldtype !== 'Dynamic Link') return null;
  const named = values[field.options ?? ''];
  return typeof named === 'string' ? named : '';
}
