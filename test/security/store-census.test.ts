/** Counts of documents under row-level security: nothing is told of what it does not show. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ALWAYS, type Grouping } from '../../src/authz/index.ts';
import { censusFrom, selectCensus, selectVisibleCensus } from '../../src/store/census.ts';
import type { Statement } from '../../src/store/statement.ts';
import type { Table } from '../../src/store/table.ts';
import { SmallCompany } from './small-company.ts';

let small: SmallCompany;
let table: Table;

const GROUPING: Grouping = { fields: ['company', 'cost_center'], names: ['INV-North'] };

before(async () => {
  small = await SmallCompany.open();
  await small.give(
    'ann',
    [
      ['Company', 'Alpha'],
      ['Cost Center', 'North', 1],
    ],
    { actions: ['inspect'] },
  );
  const { tables } = await small.store.policy();
  table = tables.get('Sales Invoice') as Table;
});

after(async () => await small.close());

async function counted(principal: string, action: 'inspect' | 'read', statement: Statement) {
  const result = await small.as(principal, action, statement.text, ...statement.values);
  const groups = censusFrom(table, GROUPING, result);
  return groups.map(({ values, count }) => [values['cost_center'], values['name'] ?? null, count]);
}

test('without any filter of ours, the database still counts only what the claim may inspect', async () => {
  const whole = selectVisibleCensus(table, GROUPING, ALWAYS, 'ann');
  const seen = (await counted('ann', 'inspect', whole)).sort();
  assert.deepEqual(seen, [
    ['Leeds', null, 1],
    ['North', 'INV-North', 1],
  ]);
  assert.deepEqual(await counted('ann', 'read', whole), [], 'to inspect is not to read');
  assert.deepEqual(await counted('ben', 'inspect', whole), []);
  // Positive control: there is more, and a preview counts it.
  assert.equal((await counted('ann', 'inspect', selectCensus(table, GROUPING))).length, 5);
});
