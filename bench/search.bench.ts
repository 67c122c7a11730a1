/**
 * What certainty costs in search: the best twenty of two million invoices, for people who may see
 * few of them, many, and all. Ours is the engine's own search: claim, epoch, the kernel's
 * condition, the view and row-level security. Against it stands the same ranked statement with
 * that person's scope as constants, straight on the entries, by a login that no policy binds, in
 * the same kind of transaction. And what a write costs more because its words are kept.
 */
import assert from 'node:assert/strict';
import { every, type Filter } from '../src/authz/index.ts';
import { searchColumn, searchPartsOf } from '../src/doctype/search-parts.ts';
import { termsOf } from '../src/documents/operations/search-matching.ts';
import { Database } from '../src/store/database.ts';
import type { MigrationConnection } from '../src/store/migrate/migration-connection.ts';
import { SET_RESEMBLANCE, selectFound } from '../src/store/search-documents.ts';
import { entriesTable, seenEntries } from '../src/store/search-tables.ts';
import type { Statement } from '../src/store/statement.ts';
import { addInvoices, addWorld, INVOICES, PEOPLE, type Person, userName } from './search/world.ts';
import { absolute, type Benchmark, compared, type Result } from './support/benchmark.ts';
import { durabilityOf, openBenchInstallation } from './support/installation.ts';
import { callerNamed, closePools, type Node, nodeOn, poolsOn } from './support/node.ts';
import { cpuOfTree } from './support/processes.ts';

const RATIO_MAX = 3;
const ROUNDS = 3;
/** CPU comes in ticks of 10 ms: a sample has to be many of them. */
const SAMPLE_MILLISECONDS = 100;
const SAMPLE_TIMES_MAX = 200;
const LIMIT = 20;
const WRITTEN = 5_000;

type Bench = Node & {
  /** With a login that no row-level security binds. */
  readonly bare: Database;
  readonly postgresCpu: () => number;
};

export const benchmark: Benchmark = {
  seed: 1,
  run: async (context) => {
    const installation = await openBenchInstallation(context);
    const connection = await installation.connect();
    const pools = poolsOn(installation.app);
    const bare = new Database(installation.superuser, 1);
    try {
      const settings = await durabilityOf(connection);
      await addWorld(connection, context.log);
      const postgresCpu = (): number => cpuOfTree(installation.postgresPid);
      const bench: Bench = { ...nodeOn(pools), bare, postgresCpu };
      const [row] = await connection.query('select count(*) as n from doc.sales_invoice');
      const results: Result[] = [absolute('invoices', 'rows', Number(row?.['n']), null)];
      for (const person of PEOPLE) {
        for (const [kind, text] of await questionsOf(connection, person)) {
          const measured = await measure(bench, person, kind, text);
          const told = measured.map(({ ratio, ours }) => `${ratio} × (${ours} ms)`).join(', ');
          context.log(`${person.name}: ${kind}: ${told}`);
          results.push(...measured);
        }
      }
      context.log('writes');
      results.push(...(await measureWrites(connection, postgresCpu)));
      return { settings, versions: { postgresql: installation.postgresVersion }, results };
    } finally {
      await closePools(pools);
      await bare.close();
      await connection.close();
      await installation.stop();
    }
  },
};

async function questionsOf(connection: MigrationConnection, person: Person) {
  const [row] = await connection.query(
    `select name, customer from doc.sales_invoice where name like 'SRCH-%'
       and ($1::text[] is null or cost_center = any ($1)) order by id offset 500 limit 1`,
    [person.branches],
  );
  const customer = String(row?.['customer']);
  return [
    ['a name', String(row?.['name'])],
    ['a customer', customer],
    ['a customer with two letters wrong', customer.replace(/(.)(.) /, '$2$1 ').replace('e', 'i')],
    ['a word of most invoices', 'paid'],
    ['what is not there', 'xylophone quartz'],
  ] as const;
}

async function measure(bench: Bench, person: Person, kind: string, text: string) {
  const ours = async () =>
    await bench.documents.search(callerNamed(userName(person)), {
      text,
      doctype: 'Sales Invoice',
      limit: LIMIT,
    });
  const hand = await handWritten(bench, person, text);
  const none = await handWritten(bench, { ...person, companies: null, branches: null }, text);
  const run = (statement: Statement) => async () =>
    await bench.bare.read(SET_RESEMBLANCE, statement);
  const answer = await ours();
  await bench.store.keeper.settled();
  const [, expected] = await run(hand)();
  assert.deepEqual(
    answer.map(({ name }) => name),
    expected?.rows.map(([, , name]) => name),
  );
  const sides = [ours, run(hand), run(none)];
  const times: number[] = [];
  for (const side of sides) times.push(await timesOf(bench, side));
  const rounds: number[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const costs: number[] = [];
    for (const [index, side] of sides.entries()) {
      costs.push(await cpuOf(bench, side, times[index] ?? 1));
    }
    rounds.push(costs);
  }
  const pairs = (other: number) =>
    rounds.map((costs): [number, number] => [costs[0] ?? 0, costs[other] ?? 0]);
  const metric = `${person.name}, ${kind} (${answer.length} found): CPU`;
  return [
    compared(metric, 'ms', 'the same ranks by hand', pairs(1), RATIO_MAX),
    compared(metric, 'ms', 'the same ranks without any permission', pairs(2), null),
  ];
}

/** The same statement with the scope as constants, on the entries themselves. */
async function handWritten({ store }: Bench, person: Person, text: string): Promise<Statement> {
  const { tables } = await store.policy();
  const table = tables.get('Sales Invoice');
  if (!table) throw new Error('there are no invoices');
  const conditions: Filter[] = [];
  const { companies, branches } = person;
  if (companies) conditions.push({ kind: 'one-of', field: 'company', values: companies });
  if (branches) conditions.push({ kind: 'one-of', field: 'cost_center', values: branches });
  const statement = selectFound({
    ...{ table, where: every(conditions), terms: await termsOf(store, text), limit: LIMIT },
    ...{ me: '', columns: [], title: null },
    words: searchPartsOf(table.doctype).map((part) => ({
      ...{ column: searchColumn(part), isWhole: part.kind !== 'fields', where: null },
    })),
  });
  const direct = statement.text.replaceAll(seenEntries(table.id), entriesTable(table.id));
  return { ...statement, text: direct };
}

/** Inserts as an import does them, with and without the words; none of them stays. */
async function measureWrites(connection: MigrationConnection, postgresCpu: () => number) {
  const costOf = async (before: string): Promise<number> => {
    await connection.query('begin');
    if (before !== '') await connection.script(before);
    const from = postgresCpu();
    await connection.query(addInvoices(INVOICES, INVOICES + WRITTEN - 1));
    const cost = postgresCpu() - from;
    await connection.query('rollback');
    return cost / WRITTEN;
  };
  const off = 'alter table doc.sales_invoice disable trigger keep_entries_new';
  const pairs: [number, number][] = [];
  for (let round = 0; round < ROUNDS; round++) pairs.push([await costOf(''), await costOf(off)]);
  const metric = 'an invoice written, with its words: CPU of PostgreSQL';
  return [compared(metric, 'ms', 'without search', pairs, null)];
}

async function timesOf(bench: Bench, side: () => Promise<unknown>): Promise<number> {
  const cost = await cpuOf(bench, side, 3);
  const wanted = Math.ceil(SAMPLE_MILLISECONDS / Math.max(cost, 0.1));
  return Math.min(Math.max(wanted, 2), SAMPLE_TIMES_MAX);
}

async function cpuOf(
  { postgresCpu }: Bench,
  side: () => Promise<unknown>,
  times: number,
): Promise<number> {
  const [before, from] = [postgresCpu(), process.cpuUsage()];
  for (let turn = 0; turn < times; turn++) await side();
  const { user, system } = process.cpuUsage(from);
  return (postgresCpu() - before + (user + system) / 1000) / times;
}
