/** What is in use stays: by a link, by a scope that names it, or as the parent in a tree. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SmallCompany, sql } from './small-company.ts';
import { refused, SmallEngine } from './small-engine.ts';

let small: SmallCompany;
let engine: SmallEngine;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  const more = { document_type: 'Cost Center', actions: ['read', 'delete'] } as const;
  const scope = [
    ['Company', '*'],
    ['Cost Center', '*'],
  ] as const;
  await small.give('ann', scope, more);
  for (const [name, parent_cost_center] of [
    ['Named', 'Root'],
    ['Trunk', 'Root'],
    ['Twig', 'Trunk'],
    ['Free', 'Root'],
  ] as const) {
    await small.insert('cost_center', { name, company: 'Alpha', parent_cost_center });
  }
});

after(async () => {
  await small.close();
});

async function remove(name: string): Promise<void> {
  await engine.write('ann', 'delete', 'Cost Center', name);
}

test('the value of a scope stays, of a grant or an authority, and nothing else is said', async () => {
  await small.give('bob', [['Cost Center', 'Named']]);
  const refusal = await refused(remove('Named'), 'linked');
  assert.match(refusal.message, /^It is in use\./);
  await small.superuser.run(sql(`delete from doc.grant_scope where value = 'Named'`));
  await remove('Named');
});

test('a node stays while something is below it', async () => {
  await refused(remove('Trunk'), 'linked');
  await remove('Twig');
  await remove('Trunk');
});

test('positive control: what nothing names goes', async () => {
  await remove('Free');
  const left = await small.value(`select count(*) from doc.cost_center where name = 'Free'`);
  assert.equal(left, '0');
});
