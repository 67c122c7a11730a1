/** A kept plan is good for a table of any size, and was made when there was little in it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Database } from '../../src/store/database.ts';
import type { Statement } from '../../src/store/statement.ts';
import { cloneDatabase, type TestDatabase } from '../support/test-server.ts';

const FIRST_OF_EACH = `select f.at from unnest($1::int[]) c(id), lateral (
  select g.at from public.grown g where g.cell_id = c.id order by g.at desc limit 5) f`;

let clone: TestDatabase;
/** One connection: plans are kept by it. */
let database: Database;

before(async () => {
  clone = await cloneDatabase('empty');
  database = new Database(clone.superuser, 1);
  await run('create table public.grown (cell_id int, at int)');
  await run('create index on public.grown (cell_id, at desc)');
  await run('insert into public.grown values (1, 1)');
  // Of a table that it never looked at, PostgreSQL supposes ten pages.
  await run('analyze public.grown');
});

after(async () => {
  await database.close();
  await clone.drop();
});

async function run(text: string): Promise<string> {
  const [result] = await database.run({ text, values: [] });
  return (result?.rows ?? []).map(([cell]) => cell).join('\n');
}

/** The plan that the connection keeps for a statement, under this text. */
async function keptPlan({ text }: Statement): Promise<string> {
  const [found] = await database.run({
    text: 'select name from pg_prepared_statements where statement = $1',
    values: [text],
  });
  await run("set plan_cache_mode = 'force_generic_plan'");
  const plan = await run(`explain execute ${String(found?.rows[0]?.[0])} ('{1,2}')`);
  await run('reset plan_cache_mode');
  return plan;
}

test('a list that was asked of a small table is walked by its index when that has grown', async () => {
  const statement = { text: FIRST_OF_EACH, values: [['1', '2']], keepsPlan: true } as const;
  const [small] = await database.read(statement);
  assert.deepEqual(small?.rows, [['1']]);
  await run('insert into public.grown select n % 50, n from generate_series(2, 20000) n');
  const plan = await keptPlan(statement);
  assert.match(plan, /Index (Only )?Scan/);
  assert.doesNotMatch(plan, /Seq Scan/);
  // Nothing of it is left for what comes after on the same connection.
  assert.equal(await run('show plan_cache_mode'), 'auto');
  assert.equal(await run('show enable_seqscan'), 'on');
});

test('positive control: a plan that is kept without more is that of the small table', async () => {
  await run('truncate public.grown');
  await run('insert into public.grown values (1, 1)');
  await run('analyze public.grown');
  const other = { text: `${FIRST_OF_EACH} /* another */`, values: [['1', '2']] } as const;
  await run("set plan_cache_mode = 'force_generic_plan'");
  await database.run(other);
  assert.match(await keptPlan(other), /Seq Scan/);
});
