/**
 * What many documents at once cost: invoices with two lines each, created together through the
 * pipeline as `branch-accountant`: decided, row-level security, history and audit on. Beside it, in
 * rounds in turn, what somebody would write by hand who needs none of that: the same rows and the
 * same audit rows, of tables with the same columns and indexes, an array for each column.
 */
import { LIMITS } from '../src/base/limits.ts';
import type { Documents } from '../src/documents/documents.ts';
import { Database } from '../src/store/database.ts';
import type { MigrationConnection } from '../src/store/migrate/migration-connection.ts';
import type { Statement } from '../src/store/statement.ts';
import { SCOPE } from './http/scope.ts';
import { type Benchmark, compared } from './support/benchmark.ts';
import { durabilityOf, openBenchInstallation } from './support/installation.ts';
import { callerNamed, closePools, nodeOn, poolsOn } from './support/node.ts';
import { cpuOfTree } from './support/processes.ts';

const ROUNDS = 9;
const BATCHES = 8;
/** At least 0.3 of the hand-written rate. */
const TARGET = 1 / 0.3;
const BY_HAND = 'batched INSERT of the same rows and audit rows, written by hand';
const ASKING = 'branch-accountant@demo.test';

const TABLES = ['sales_invoice', 'sales_invoice_item', 'audit_entry'] as const;

type Cost = { readonly cpu: number; readonly time: number };

export const benchmark: Benchmark = {
  seed: 1,
  run: async (context) => {
    const installation = await openBenchInstallation(context);
    const connection = await installation.connect();
    const pools = poolsOn(installation.app);
    const { documents } = nodeOn(pools);
    const byHand = new Database(installation.superuser, 1);
    try {
      const settings = await durabilityOf(connection);
      for (const table of TABLES) await connection.script(plainTable(table));
      const [named] = await connection.query(
        `select (select name from doc.customer order by id limit 1) as customer,
          (select name from doc.item order by id limit 1) as item`,
      );
      const input = invoiceOf(String(named?.['customer']), String(named?.['item']));
      const pairs: [Cost, Cost][] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const first = await lastIds(connection);
        const ours = await costOf(installation.postgresPid, async () => {
          await createAll(documents, input, round);
        });
        const batches = await writtenSince(connection, first);
        const other = await costOf(installation.postgresPid, async () => {
          for (const statements of batches) await byHand.run(...statements.map((one) => one()));
        });
        // The first one warms both up.
        if (round > 0) pairs.push([ours, other]);
      }
      const side = (of: keyof Cost) =>
        pairs.map(([ours, other]): [number, number] => [ours[of], other[of]]);
      const versions = { postgresql: installation.postgresVersion };
      const results = [
        compared('CPU of an invoice with its lines', 'ms', BY_HAND, side('cpu'), TARGET),
        compared('time of an invoice with its lines', 'ms', BY_HAND, side('time'), null),
      ];
      return { settings, versions, results };
    } finally {
      await closePools(pools);
      await byHand.close();
      await connection.close();
      await installation.stop();
    }
  },
};

/** The same columns and indexes, and neither policies nor triggers nor references. */
function plainTable(table: string): string {
  return `create schema if not exists plain;
    drop table if exists plain.${table};
    create table plain.${table} (like doc.${table} including defaults including indexes);
    create index on plain.${table} (id)`;
}

/** Node.js and PostgreSQL together, and the time, for each document; both in milliseconds. */
async function costOf(postgresPid: number, work: () => Promise<void>): Promise<Cost> {
  const documents = BATCHES * LIMITS.bulkChangesMax;
  const node = process.cpuUsage();
  const postgres = cpuOfTree(postgresPid);
  const started = performance.now();
  await work();
  const time = (performance.now() - started) / documents;
  const { user, system } = process.cpuUsage(node);
  return { cpu: ((user + system) / 1000 + cpuOfTree(postgresPid) - postgres) / documents, time };
}

async function createAll(
  documents: Documents,
  inputOf: (index: number) => object,
  round: number,
): Promise<void> {
  const caller = callerNamed(ASKING);
  for (let batch = 0; batch < BATCHES; batch++) {
    const changes = Array.from({ length: LIMITS.bulkChangesMax }, (_, index) => ({
      ...{ operation: 'create' as const, doctype: 'Sales Invoice', name: null },
      ...{ input: inputOf(round * 10_000 + index), expectedModified: null },
    }));
    await documents.bulk(caller, changes);
  }
}

function invoiceOf(customer: string, item: string): (index: number) => object {
  const line = { item_code: item, item_name: 'A thing', qty: 2, rate: 250.5, amount: 501 };
  return (index) => ({
    ...{ customer, company: SCOPE.company, currency: 'GBP' },
    ...{ cost_center: SCOPE.costCenters[index % SCOPE.costCenters.length] },
    ...{ posting_date: '2026-06-15', due_date: '2026-07-15', po_no: `PO ${index}` },
    ...{ net_total: 1002, tax_rate: 20, total_taxes: 200.4, grand_total: 1202.4 },
    ...{ remarks: 'Made by a benchmark', items: [line, line] },
  });
}

async function lastIds(connection: MigrationConnection): Promise<readonly number[]> {
  const ids = TABLES.map((table) => `(select coalesce(max(id), 0) from doc.${table})`);
  const [row] = await connection.query(`select to_json(array[${ids.join(', ')}])::text as ids`);
  return JSON.parse(String(row?.['ids'])) as number[];
}

/** What was written since, as statements to be made anew: the arrays are part of the work. */
async function writtenSince(
  connection: MigrationConnection,
  first: readonly number[],
): Promise<(() => Statement)[][]> {
  const batches: (() => Statement)[][] = Array.from({ length: BATCHES }, () => []);
  for (const [index, table] of TABLES.entries()) {
    const columns = await connection.query(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
       where attrelid = 'doc.${table}'::regclass and attnum > 0 and not attisdropped
       order by attnum`,
    );
    const names = columns.map(({ name }) => `"${String(name)}"`);
    const shown = names.map((name) => `${name}::text`);
    const rows = await connection.query(
      `select to_json(array[${shown.join(', ')}])::text as cells from doc.${table}
       where id > ${first[index] ?? 0} order by id`,
    );
    const cells = rows.map(({ cells: one }) => JSON.parse(String(one)) as (string | null)[]);
    const types = columns.map(({ type }, at) => `$${at + 1}::${String(type)}[]`);
    const text = `insert into plain.${table} (${names.join(', ')}) select * from unnest(${types.join(', ')})`;
    const size = Math.ceil(cells.length / BATCHES);
    for (const [at, batch] of batches.entries()) {
      const some = cells.slice(at * size, (at + 1) * size);
      batch.push(() => ({
        text,
        values: names.map((_, column) => some.map((row) => row[column] ?? null)),
      }));
    }
  }
  return batches;
}
