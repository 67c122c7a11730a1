/** `/readyz` says only yes or no; why not stands in the log, once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readinessOf } from '../../src/commands/readiness.ts';
import { Database } from '../../src/store/database.ts';
import { connectToMigrate } from '../../src/store/migrate/migration-connection.ts';
import { cloneDatabase, type TestDatabase } from '../support/test-server.ts';

let clone: TestDatabase;
let database: Database;

before(async () => {
  clone = await cloneDatabase('empty');
  database = new Database(clone.address, 1);
});

after(async () => {
  await database.close();
  await clone.drop();
});

async function letIn(allowed: boolean): Promise<void> {
  const connection = await connectToMigrate({ ...clone.superuser, database: 'postgres' });
  const name = clone.address.database;
  await connection.script(`alter database ${name} allow_connections ${allowed}`);
  await connection.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
    [name],
  );
  await connection.close();
}

test('the reason is logged when it turns unready, not at every question', async () => {
  const lines: string[] = [];
  const isReady = readinessOf(
    async () => void (await database.run({ text: 'select 1', values: [] })),
    (line) => lines.push(line),
  );
  assert.deepEqual([await isReady(), await isReady(), lines], [true, true, []]);
  await letIn(false);
  assert.deepEqual([await isReady(), await isReady(), await isReady()], [false, false, false]);
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0] ?? '', /^not ready: The database cannot be reached.* \(.+\)$/);
  await letIn(true);
  assert.deepEqual([await isReady(), await isReady()], [true, true]);
  assert.deepEqual(lines.slice(1), ['ready again']);
});
