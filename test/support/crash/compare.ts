/** What is in the database after a crash, against what was acknowledged before it. */
import type { MigrationConnection } from '../../../src/store/migrate/migration-connection.ts';
import { ITEMS, type Known, type Writer } from './writer.ts';

type Row = Readonly<Record<string, unknown>>;

/** Each invoice of the writers with all that goes with it. */
const STORED = `select i.name, i.po_no, i.docstatus, i.version,
    (select count(*) from doc.sales_invoice_item t where t.parent_id = i.id) as items,
    (select count(*) from doc.audit_entry e where e.document_name = i.name
      and e.document_type = 'Sales Invoice' and e.outcome = 'allowed' and e.action <> 'read')
      as entries,
    (select count(*) from sys.document_version v join sys.doctype d on d.id = v.doctype_id
      where d.name = 'Sales Invoice' and v.document_id = i.id) as versions
  from doc.sales_invoice i where i.po_no like 'crash-%'`;

/** Entries of invoices that are neither there nor removed, and rows of no invoice. */
const LOOSE = `select
  (select count(*) from doc.audit_entry e where e.document_type = 'Sales Invoice'
    and e.action = 'create' and e.outcome = 'allowed'
    and not exists (select from doc.sales_invoice i where i.name = e.document_name)
    and not exists (select from doc.audit_entry g where g.document_name = e.document_name
      and g.action = 'delete' and g.outcome = 'allowed')) as entries,
  (select count(*) from doc.sales_invoice_item t
    where not exists (select from doc.sales_invoice i where i.id = t.parent_id)) as items`;

/**
 * Everything that is wrong, in words; nothing where all is well. What was asked for and not
 * answered is settled by what is found, and from then on known.
 */
export async function compare(
  database: MigrationConnection,
  writers: readonly Writer[],
): Promise<string[]> {
  const faults: string[] = [];
  const stored = new Map((await database.query(STORED)).map((row) => [String(row['name']), row]));
  for (const [name, row] of stored) faults.push(...faultsOfRow(name, row));
  for (const writer of writers) {
    for (const [name, invoice] of writer.invoices) {
      const found = knownFrom(stored.get(name));
      const isAsked = invoice.asked !== null && same(found, invoice.asked.known);
      if (!same(found, invoice.known) && !isAsked) {
        faults.push(`${name} is ${told(found)}; acknowledged was ${told(invoice.known)}`);
      }
      invoice.known = found;
      invoice.asked = null;
      stored.delete(name);
    }
  }
  for (const [name, row] of stored) {
    const mark = String(row['po_no']);
    const writer = writers.find(({ unanswered }) => unanswered.delete(mark));
    if (!writer) faults.push(`${name}, which nobody made, or twice: ${mark}`);
    else writer.invoices.set(name, { known: knownFrom(row), asked: null });
  }
  // What was not there by now was not done: nothing of it is on its way any more.
  for (const { unanswered } of writers) unanswered.clear();
  const [loose] = await database.query(LOOSE);
  if (loose?.['entries'] !== '0') faults.push(`${loose?.['entries']} entries of no invoice`);
  if (loose?.['items'] !== '0') faults.push(`${loose?.['items']} items of no invoice`);
  return faults;
}

function faultsOfRow(name: string, { items, version, entries, versions }: Row): string[] {
  const faults: string[] = [];
  if (Number(items) !== ITEMS) faults.push(`${name} has ${items} items of ${ITEMS}`);
  if (version !== entries) faults.push(`${name}: version ${version}, ${entries} audit entries`);
  if (version !== versions) faults.push(`${name}: version ${version}, ${versions} in its history`);
  return faults;
}

function knownFrom(row: Row | undefined): Known {
  return row ? { mark: String(row['po_no']), docstatus: Number(row['docstatus']) } : null;
}

function same(one: Known, other: Known): boolean {
  return one?.mark === other?.mark && one?.docstatus === other?.docstatus;
}

const told = (known: Known): string => (known ? `${known.mark}, ${known.docstatus}` : 'gone');
