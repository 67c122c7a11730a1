/** `fetch_from`: copies a value from the linked document, where the principal may read it there. */
import { decide, needOf, openLevels } from '../../authz/index.ts';
import { type Field, isColumn } from '../../doctype/definition.ts';
import { sensitivityOf } from '../../doctype/table-name.ts';
import {
  documentFrom,
  type StoredDocument,
  type StoredValues,
  selectDocument,
} from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import { factsOf, type WriteWork } from '../work.ts';
import { targetOf } from './link-rule.ts';

type Fetch = { readonly field: Field; readonly link: Field; readonly source: string };

/** Fills the document's own fields and those of its rows; what may not be read stays blank. */
export async function fetchValues(work: WriteWork): Promise<void> {
  const seen = new Map<string, StoredValues | null>();
  await fetchInto(work, work.table, work.after.values, work.before?.values ?? {}, seen, '');
  for (const { field, table } of work.table.children) {
    const prefix = `${field.fieldname}.`;
    const before = new Map(
      (work.before?.tables[field.fieldname] ?? []).map((row) => [row['name'], row]),
    );
    const rows = work.after.tables[field.fieldname] ?? [];
    for (const [index, row] of rows.entries()) {
      const values = { ...row };
      await fetchInto(work, table, values, before.get(row['name'] ?? null) ?? {}, seen, prefix);
      rows[index] = values;
    }
  }
}

async function fetchInto(
  work: WriteWork,
  table: Table,
  after: Record<string, StoredValues[string]>,
  before: StoredValues,
  seen: Map<string, StoredValues | null>,
  prefix: string,
): Promise<void> {
  for (const { field, link, source } of fetchesOf(table)) {
    const changed = after[link.fieldname] !== before[link.fieldname];
    const kept = field.fetch_if_empty && after[field.fieldname] !== null;
    const givenByHand = work.given.has(prefix + field.fieldname) && !field.read_only;
    if (!changed || kept || givenByHand) continue;
    const target = targetOf(link, after);
    const name = after[link.fieldname];
    const linked =
      target !== null && typeof name === 'string' ? await readable(work, target, name, seen) : null;
    after[field.fieldname] = linked?.[source] ?? null;
  }
}

function fetchesOf(table: Table): Fetch[] {
  return table.doctype.fields.filter(isColumn).flatMap((field) => {
    const [linkName, source] = field.fetch_from?.split('.') ?? [];
    const link = table.doctype.fields.find(({ fieldname }) => fieldname === linkName);
    return link && source ? [{ field, link, source }] : [];
  });
}

/** The values of a document that the principal may read, without fields of closed levels. */
async function readable(
  work: WriteWork,
  doctype: string,
  name: string,
  seen: Map<string, StoredValues | null>,
): Promise<StoredValues | null> {
  const key = `${doctype}\0${name}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const table = work.moment.policy.tables.get(doctype);
  let values: StoredValues | null = null;
  if (table && !table.doctype.istable) {
    // Of its rows only those that decide whether it may be read.
    const deciding = table.children.filter(({ dimensions }) => dimensions.length > 0);
    const withoutOthers = { ...table, children: deciding };
    const [result] = await work.transaction.run('read', selectDocument(withoutOthers, name));
    const document = documentFrom(withoutOthers, result);
    values = document && openValues(work, table, document);
  }
  seen.set(key, values);
  return values;
}

function openValues(work: WriteWork, table: Table, document: StoredDocument): StoredValues | null {
  const decision = decide(work.moment.policy.world, {
    principal: work.caller.principal,
    action: 'read',
    doctype: table.doctype.name,
    document: factsOf(table, document),
    now: work.moment.now,
  });
  work.needs.add(needOf(decision));
  const levels = openLevels(decision);
  if (levels.size === 0) return null;
  const open = [...table.columns.values()].filter(
    ({ field }) => !field || (levels.has(field.level ?? 0) && sensitivityOf(field) !== 'secret'),
  );
  return Object.fromEntries(open.map(({ name }) => [name, document.values[name] ?? null]));
}
