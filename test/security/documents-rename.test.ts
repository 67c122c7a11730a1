/** Renaming and merging: what refers to a document follows, and nobody gains by it themselves. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SmallCompany, sql } from './small-company.ts';
import { refused, SmallEngine } from './small-engine.ts';

let small: SmallCompany;
let engine: SmallEngine;

const EVERYWHERE = [
  ['Company', '*'],
  ['Cost Center', '*'],
  ['Cost Center', '(blank)'],
] as const;

before(async () => {
  small = await SmallCompany.open();
  engine = new SmallEngine(small);
  for (const document_type of ['Company', 'Cost Center', 'Customer']) {
    const scope = document_type === 'Customer' ? [] : EVERYWHERE;
    const actions = ['read', 'write', 'create', 'delete'] as const;
    await small.give('ann', scope, { document_type, actions, levels: [0, 1] });
  }
});

after(async () => {
  await small.close();
});

async function rename(doctype: string, from: string, name: string, merge = false, who = 'ann') {
  return await engine.write(who, 'rename', doctype, from, { name, merge });
}

async function centre(name: string, parent_cost_center: string | null = 'Root', company = 'Alpha') {
  const cost_center_name = name;
  await small.insert('cost_center', { name, cost_center_name, company, parent_cost_center });
}

test('a document gets another name, and with it the field that it is named after', async () => {
  await small.insert('customer', { name: 'Old & Co', customer_name: 'Old & Co' });
  await small.invoice('INV-C', { customer: 'Old & Co' });
  const { name, document } = await rename('Customer', 'Old & Co', ' New & Co ');
  assert.equal(name, 'New & Co');
  assert.deepEqual([document.name, document.customer_name], ['New & Co', 'New & Co']);
  const linked = await small.value(`select customer from doc.sales_invoice where name = 'INV-C'`);
  assert.equal(linked, 'New & Co');
  await refused(rename('Customer', 'Old & Co', 'Again'), 'not_found');
  // The old name is retired: nobody gets it, by renaming or by creating.
  await refused(rename('Customer', 'New & Co', 'Old & Co'), 'duplicate', 'name');
});

test('a value of grants: scopes, tree, cells and submitted documents follow', async () => {
  await centre('Trunk');
  await centre('Twig', 'Trunk');
  await small.invoice('INV-Trunk', { cost_center: 'Trunk', docstatus: 1 });
  await small.invoice('INV-Twig', { cost_center: 'Twig' });
  const scope = [
    ['Company', 'Alpha'],
    ['Cost Center', 'Trunk', 1],
  ] as const;
  await small.give('bob', scope);
  assert.deepEqual(await small.sees('bob'), ['INV-Trunk', 'INV-Twig']);
  await rename('Cost Center', 'Trunk', 'Stem');
  assert.deepEqual(await small.sees('bob'), ['INV-Trunk', 'INV-Twig']);
  const list = await engine.documents.list(
    (await import('./small-engine.ts')).callerOf('bob'),
    'Sales Invoice',
    { fields: ['name', 'cost_center'] },
  );
  assert.deepEqual(
    list.map((row) => `${row['name']} ${row['cost_center']}`).sort(),
    ['INV-Trunk Stem', 'INV-Twig Twig'],
  );
  const node = `select parent from sys.tree_node where dimension = 'Cost Center' and value = 'Twig'`;
  assert.equal(await small.value(node), 'Stem');
  const kept = `select version || ' ' || docstatus from doc.sales_invoice where name = 'INV-Trunk'`;
  assert.equal(await small.value(kept), '1 1');
});
