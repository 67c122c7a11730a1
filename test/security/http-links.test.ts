/** Links: set only to what one may select, and a write is covered before and after it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done, refused } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const INVOICES = '/api/resource/Sales Invoice';
const RULES = '/api/resource/Role Rule';

let server: DemoServer;
let as: (persona: string) => Client;
let customer: string;
let item: string;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    'branch-accountant',
    'accounts-manager',
    'permission-manager',
    'storekeeper',
    'hr-manager',
    'employee',
  ]);
  customer = (await as('branch-accountant').get('/api/resource/Customer?limit=1')).body.data[0]
    .name;
  item = (await as('branch-accountant').get('/api/resource/Item?limit=1')).body.data[0].name;
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function give(persona: string, role: string, scope: object[]): Promise<string> {
  const body = { grantee: `${persona}@demo.test`, role, scope, reason: 'test' };
  return (await done(as('permission-manager').post('/api/resource/Grant', body))).name;
}

async function allow(
  role: string,
  document_type: string,
  actions: string[],
  except: string[] = [],
) {
  const body = { role, document_type, actions, except, reach: 'within', status: 'in force' };
  return (await done(as('permission-manager').post(RULES, body))).name as string;
}

function invoice(more: object = {}): object {
  return {
    customer,
    company: 'Larkspur UK',
    cost_center: 'Leeds',
    posting_date: '2026-05-04',
    items: [{ item_code: item, qty: 1, rate: 1, amount: 1 }],
    ...more,
  };
}

test('INVARIANT (hidden-equals-missing): a link to a hidden document fails like one to nothing', async () => {
  const accountant = as('branch-accountant');
  const { name } = await done(accountant.post(INVOICES, invoice()));
  const path = `${INVOICES}/${name}`;
  for (const [field, hidden, missing] of [
    ['cost_center', 'Berlin', 'Atlantis'],
    ['cost_center', 'London', 'Lon'],
    ['company', 'Larkspur DE', 'Larkspur XX'],
  ] as const) {
    const seen = [];
    for (const value of [hidden, missing]) {
      for (const ask of [
        async () => await accountant.put(path, { [field]: value }),
        async () => await accountant.post(INVOICES, invoice({ [field]: value })),
      ]) {
        let answer: Answer | undefined;
        const statements = await statementsOf(async () => {
          answer = await ask();
        });
        assert.ok(answer);
        refused(answer, 422, 'link_not_found');
        assert.equal(answer.body.errors[0].field, field);
        const text = answer.text.replaceAll(value, 'VALUE').replace(answer.body.request_id, '');
        seen.push({ text, statements });
      }
    }
    assert.deepEqual(seen.slice(0, 2), seen.slice(2), `${field} ${hidden}`);
  }
  const rows = [{ item_code: 'NO-SUCH-ITEM', qty: 1 }];
  const answer = await accountant.post(INVOICES, invoice({ items: rows }));
  refused(answer, 422, 'link_not_found');
  assert.equal(answer.body.errors[0].field, 'items.item_code');
});

test('a dynamic link to a doctype that one may not know is like one to nothing', async () => {
  const rule = await allow('Leave Approver', 'Payment Entry', ['create']);
  const grant = await give('employee', 'Leave Approver', [
    { dimension: 'Company', value: 'Larkspur UK' },
    { dimension: 'Cost Center', value: 'Leeds' },
  ]);
  const [supplier] = (await as('branch-accountant').get('/api/resource/Supplier?limit=1')).body
    .data;
  const texts = new Set<string>();
  for (const party of [supplier.name, 'Nobody & Sons']) {
    const body = { party_type: 'Supplier', party };
    const answer = await as('employee').post('/api/resource/Payment Entry', body);
    refused(answer, 422, 'link_not_found');
    assert.equal(answer.body.errors[0].field, 'party');
    texts.add(answer.text.replaceAll(party, 'PARTY').replace(answer.body.request_id, ''));
  }
  assert.equal(texts.size, 1);
  const odd = { party_type: 'Employee', party: 'HR-EMP-00042' };
  refused(await as('employee').post('/api/resource/Payment Entry', odd), 400, 'bad_value');
  assert.equal((await as('permission-manager').delete(`/api/resource/Grant/${grant}`)).status, 202);
  assert.equal((await as('permission-manager').delete(`${RULES}/${rule}`)).status, 202);
});

test('a link that does not change is not checked again, also after its right was taken away', async () => {
  const role = 'Expense Approver';
  await allow(role, 'Sales Invoice', ['read', 'write']);
  await allow(role, 'Item', ['select']);
  const select = await allow(role, 'Customer', ['select']);
  const scope = [
    { dimension: 'Company', value: 'Larkspur UK' },
    { dimension: 'Cost Center', value: 'Leeds' },
  ];
  const grant = await give('storekeeper', role, scope);
  const { name } = await done(as('branch-accountant').post(INVOICES, invoice()));
  const path = `${INVOICES}/${name}`;
  const who = as('storekeeper');
  const other = (
    await as('branch-accountant').get(
      `/api/resource/Customer${query({ filters: [['name', '!=', customer]], limit: 1 })}`,
    )
  ).body.data[0].name;
  await done(who.put(path, { customer: other }));
  assert.equal((await as('permission-manager').delete(`${RULES}/${select}`)).status, 202);
  await done(who.put(path, { po_no: 'kept' }));
  const same = await done(who.put(path, { customer: other, po_no: 'kept too' }));
  assert.deepEqual([same.customer, same.po_no], [other, 'kept too']);
  refused(await who.put(path, { customer }), 422, 'link_not_found');
  assert.equal((await as('permission-manager').delete(`/api/resource/Grant/${grant}`)).status, 202);
});

test('nobody pushes a record out of their scope, nor makes one outside it', async () => {
  // May name every cost center, and write within Leeds only.
  const grant = await give('branch-accountant', 'Leave Approver', []);
  const accountant = as('branch-accountant');
  const made = await done(accountant.post(INVOICES, invoice()));
  const path = `${INVOICES}/${made.name}`;
  for (const change of [{ cost_center: 'London' }, { cost_center: null }]) {
    refused(await accountant.put(path, change), 403, 'forbidden');
  }
  for (const more of [{ cost_center: 'London' }, { cost_center: null }, { cost_center: '' }]) {
    refused(await accountant.post(INVOICES, invoice(more)), 403, 'forbidden');
  }
  assert.deepEqual(await done(accountant.get(path)), made);
  // Within the scope it may move.
  assert.equal(
    (await done(accountant.put(path, { cost_center: 'Leeds Retail' }))).cost_center,
    'Leeds Retail',
  );
  assert.equal((await as('permission-manager').delete(`/api/resource/Grant/${grant}`)).status, 202);
});

test('nobody pulls a record into their scope, hidden or readable', async () => {
  const manager = as('accounts-manager');
  const accountant = as('branch-accountant');
  const { name } = await done(manager.post(INVOICES, invoice({ cost_center: 'London' })));
  const path = `${INVOICES}/${name}`;
  refused(await accountant.put(path, { cost_center: 'Leeds' }), 404, 'not_found');
  const rule = await allow('Leave Approver', 'Sales Invoice', ['read']);
  const scope = [
    { dimension: 'Company', value: 'Larkspur UK' },
    { dimension: 'Cost Center', value: 'London' },
  ];
  const grant = await give('branch-accountant', 'Leave Approver', scope);
  assert.equal((await done(accountant.get(path))).cost_center, 'London');
  for (const answer of [
    await accountant.put(path, { cost_center: 'Leeds' }),
    await accountant.put(path, { po_no: 'x' }),
    await accountant.delete(path),
    await accountant.post(`${path}/submit`, {}),
  ]) {
    refused(answer, 403, 'forbidden');
  }
  assert.equal((await done(manager.get(path))).cost_center, 'London');
  assert.equal((await as('permission-manager').delete(`/api/resource/Grant/${grant}`)).status, 202);
  assert.equal((await as('permission-manager').delete(`${RULES}/${rule}`)).status, 202);
});

test('two grants do not add up to a third: one of them has to cover the whole record', async () => {
  const london = await give('storekeeper', 'Accounts User', [
    { dimension: 'Company', value: 'Larkspur UK' },
    { dimension: 'Cost Center', value: 'London' },
  ]);
  const berlin = await give('storekeeper', 'Accounts User', [
    { dimension: 'Company', value: 'Larkspur DE' },
    { dimension: 'Cost Center', value: 'Berlin' },
  ]);
  const who = as('storekeeper');
  // Both links can be named, each by one grant; the record itself lies in neither.
  const crossed = invoice({ company: 'Larkspur DE', cost_center: 'London' });
  refused(await who.post(INVOICES, crossed), 403, 'forbidden');
  const { name } = await done(who.post(INVOICES, invoice({ cost_center: 'London' })));
  refused(await who.put(`${INVOICES}/${name}`, { company: 'Larkspur DE' }), 403, 'forbidden');
  // From one grant to the other it may go: covered before by the one, after by the other.
  const moved = { company: 'Larkspur DE', cost_center: 'Berlin' };
  assert.equal((await done(who.put(`${INVOICES}/${name}`, moved))).company, 'Larkspur DE');
  for (const grant of [london, berlin]) {
    assert.equal(
      (await as('permission-manager').delete(`/api/resource/Grant/${grant}`)).status,
      202,
    );
  }
});

test('fields of a linked document are no way around: a path through a link is no field', async () => {
  for (const parameters of [
    { filters: [['customer.credit_limit', '>', 0]] },
    { fields: ['customer.credit_limit'] },
    { order_by: 'customer.credit_limit' },
    { fields: ['`tabCustomer`.credit_limit'] },
    { fields: ['count(name) as n'] },
    { fields: ['sum(grand_total)'] },
    { fields: ['*', 'name'] },
    { fields: ['cell_id'] },
    { fields: ['version'] },
    { filters: { id: 1 } },
  ]) {
    const answer = await as('branch-accountant').get(INVOICES + query(parameters));
    refused(answer, 400, 'unknown_field');
  }
});
