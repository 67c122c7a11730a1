/** Statements that a connection keeps parsed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Database } from '../../src/store/database.ts';
import { cloneDatabase } from '../support/test-server.ts';

const DISTINCT = 400;
const KEPT_MAX = 300;

test('a connection keeps the statements it used last, and no more than it may', async (t) => {
  const clone = await cloneDatabase('empty');
  const database = new Database(clone.address, 1);
  t.after(async () => {
    await database.close();
    await clone.drop();
  });
  const often = { text: `select 'often'`, values: [] };
  for (let number = 0; number < DISTINCT; number++) {
    const [first, second] = await database.run(often, { text: `select ${number}`, values: [] });
    assert.deepEqual([first?.rows, second?.rows], [[['often']], [[String(number)]]]);
  }
  // A failed batch must not make the connection forget which statements are its own.
  await assert.rejects(database.run(often, { text: 'select 1 / 0', values: [] }));
  const [kept] = await database.run({
    text: `select statement, generic_plans + custom_plans from pg_prepared_statements`,
    values: [],
  });
  const uses = new Map(kept?.rows.map(([text, count]) => [text, Number(count)]));
  assert.ok(uses.size <= KEPT_MAX, `${uses.size} are kept`);
  assert.ok((uses.get(often.text) ?? 0) > DISTINCT, 'the one that is used often was never closed');
  assert.ok(uses.has(`select ${DISTINCT - 1}`) && !uses.has('select 0'));
});
