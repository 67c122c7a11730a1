import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Case, type Client, isConformant, runCases, tableOf } from './case.ts';

const CLIENT = { base: 'http://127.0.0.1' } as Client;
const PASSES: Case = { id: 'a', what: 'passes', run: async () => undefined };
const FAILS: Case = {
  id: 'b',
  what: 'fails',
  run: async () => {
    throw new Error('it was 500');
  },
};
const LEFT_OUT: Case = { id: 'c', what: 'is left out', notApplicable: 'we have none' };

test('a run conforms where something passed and nothing failed', async () => {
  const conforms = async (...cases: Case[]) => isConformant(await runCases(cases, CLIENT));
  assert.equal(await conforms(PASSES, LEFT_OUT), true);
  assert.equal(await conforms(PASSES, FAILS), false);
  assert.equal(await conforms(LEFT_OUT), false);
  assert.equal(await conforms(), false);
});

test('the table names each case, its reason and the sums', async () => {
  const table = tableOf(await runCases([PASSES, FAILS, LEFT_OUT], CLIENT));
  assert.match(table, /^passed +a {2}passes\nfailed +b {2}fails\n +it was 500\nnot applicable/);
  assert.match(table, /we have none\n\n1 passed, 1 failed, 1 not applicable$/);
});
