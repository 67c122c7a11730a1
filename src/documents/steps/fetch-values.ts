/** `fetch_from`: copies a value from the linked document, where the principal may read it there. */
import { decide, type Need, needOf, openLevels } from '../../authz/index.ts';
import { type Field, isColumn } from '../../doctype/definition.ts';
import { sensitivityOf } from '../../doctype/table-name.ts';
import {
  documentsFrom,
  type StoredDocument,
  type StoredValues,
  selectDocumentsNamed,
} from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import { factsOf, type WriteWork } from '../work.ts';
import { targetOf } from './link-rule.ts';

type Fetch = { readonly field: Field; readonly link: Field; readonly source: string };

/** A linked document that was asked for: what may be read of it, null for nothing, and by what. */
type Linked = { readonly values: StoredValues | null; readonly need: Need | null };

/** By doctype and name. Of one principal at one moment, so that all documents may share it. */
type Known = Map<string, Map<string, Linked>>;

/**
 * Fills the documents' own fields and those of their rows; what may not be read stays blank. What
 * is linked to is asked for together, and once more where what was fetched is a link itself.
 */
export async function fetchValues(works: readonly WriteWork[]): Promise<void> {
  const known: Known = new Map();
  let waiting = works;
  while (waiting.length > 0) {
    const missing = new Map<string, Set<string>>();
    waiting = waiting.filter((work) => !fill(work, known, missing));
    const [first] = waiting;
    if (first) await load(first, missing, known);
  }
}

/** False where something is missing that has to be loaded first; it is added to that. */
function fill(work: WriteWork, known: Known, missing: Map<string, Set<string>>): boolean {
  const { before, after, table } = work;
  const fetch = (target: string, name: string): Linked | null => {
    const found = known.get(target)?.get(name);
    if (found) {
      if (found.need) work.needs.add(found.need);
      return found;
    }
    missing.set(target, (missing.get(target) ?? new Set()).add(name));
    return null;
  };
  let isFull = fetchInto(work, table, after.values, before?.values ?? {}, '', fetch);
  for (const child of table.children) {
    if (fetchesOf(child.table).length === 0) continue;
    const { fieldname } = child.field;
    const rowsBefore = new Map((before?.tables[fieldname] ?? []).map((row) => [row['name'], row]));
    const rows = after.tables[fieldname] ?? [];
    for (const [index, row] of rows.entries()) {
      const values = { ...row };
      const rowBefore = rowsBefore.get(row['name'] ?? null) ?? {};
      if (!fetchInto(work, child.table, values, rowBefore, `${fieldname}.`, fetch)) isFull = false;
      rows[index] = values;
    }
  }
  return isFull;
}

function fetchInto(
  work: WriteWork,
  table: Table,
  after: Record<string, StoredValues[string]>,
  before: StoredValues,
  prefix: string,
  fetch: (target: string, name: string) => Linked | null,
): boolean {
  let isFull = true;
  for (const { field, link, source } of fetchesOf(table)) {
    const changed = after[link.fieldname] !== before[link.fieldname];
    const kept = field.fetch_if_empty && after[field.fieldname] !== null;
    const givenByHand = work.given.has(prefix + field.fieldname) && !field.read_only;
    if (!changed || kept || givenByHand) continue;
    const target = targetOf(link, after);
    const name = after[link.fieldname];
    if (target === null || typeof name !== 'string') {
      after[field.fieldname] = null;
      continue;
    }
    const linked = fetch(target, name);
    if (linked) after[field.fieldname] = linked.values?.[source] ?? null;
    else isFull = false;
  }
  return isFull;
}

/** Tables are worked out once for each definition, so what they fetch is too. */
const fetchesByTable = new WeakMap<Table, readonly Fetch[]>();

/** The fields of a table that take their value from a document that another field links to. */
export function fetchesOf(table: Table): readonly Fetch[] {
  const known = fetchesByTable.get(table);
  if (known) return known;
  const fetches = table.doctype.fields.filter(isColumn).flatMap((field) => {
    const [linkName, source] = field.fetch_from?.split('.') ?? [];
    const link = table.doctype.fields.find(({ fieldname }) => fieldname === linkName);
    return link && source ? [{ field, link, source }] : [];
  });
  fetchesByTable.set(table, fetches);
  return fetches;
}

/** Loads all that is missing, in one go. What is not there, or may not be read, is nothing. */
async function load(
  work: WriteWork,
  missing: ReadonlyMap<string, ReadonlySet<string>>,
  known: Known,
): Promise<void> {
  const asked = [...missing].flatMap(([doctype, names]) => {
    const table = work.moment.policy.tables.get(doctype);
    const nothing = [...names].map((name) => [name, { values: null, need: null }] as const);
    known.set(doctype, new Map([...(known.get(doctype) ?? []), ...nothing]));
    if (!table || table.doctype.istable) return [];
    // Of its rows only those that decide whether it may be read.
    const deciding = table.children.filter(({ dimensions }) => dimensions.length > 0);
    return [{ doctype, table, names, withoutOthers: { ...table, children: deciding } }];
  });
  if (asked.length === 0) return;
  const results = await work.transaction.run(
    'read',
    ...asked.map(({ withoutOthers, names }) => selectDocumentsNamed(withoutOthers, [...names])),
  );
  for (const [index, { doctype, table, withoutOthers }] of asked.entries()) {
    for (const document of documentsFrom(withoutOthers, results[index])) {
      known.get(doctype)?.set(String(document.values['name']), openValues(work, table, document));
    }
  }
}

/** The values that the principal may read, without fields of closed levels. */
function openValues(work: WriteWork, table: Table, document: StoredDocument): Linked {
  const decision = decide(work.moment.policy.world, {
    principal: work.caller.principal,
    action: 'read',
    doctype: table.doctype.name,
    document: factsOf(table, document),
    now: work.moment.now,
  });
  const need = needOf(decision);
  const levels = openLevels(decision);
  if (levels.size === 0) return { values: null, need };
  const open = [...table.columns.values()].filter(
    ({ field }) => !field || (levels.has(field.level ?? 0) && sensitivityOf(field) !== 'secret'),
  );
  const values = Object.fromEntries(open.map(({ name }) => [name, document.values[name] ?? null]));
  return { values, need };
}
