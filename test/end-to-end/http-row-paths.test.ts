/** A doctype whose rows carry a cost centre, by HTTP on the demo company. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { create, LINE, linesOf, ORDER } from '../security/works-orders.ts';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done, refused } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';

const ORDERS = '/api/resource/Works Order';

let server: DemoServer;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  as = await people(server, ['branch-accountant', 'accounts-manager', 'permission-manager']);
  await create(server.database, LINE, ORDER);
  // Both roles are held already: within Leeds with what is below it, and everywhere with blanks.
  for (const role of ['Accounts User', 'Accounts Manager']) {
    const made = await as('permission-manager').post('/api/resource/Role Rule', {
      ...{ role, document_type: 'Works Order', reach: 'within', status: 'in force' },
      ...{ actions: ['read', 'create', 'write', 'delete'], levels: [0], except: [] },
    });
    assert.equal(made.status, 200, made.text);
  }
  for (const [name, ...centres] of [
    ['within', 'Leeds Retail', 'Leeds Workshop'],
    ['across', 'Leeds Retail', 'London'],
    ['blank', 'Leeds Retail', null],
    ['empty'],
  ] as const) {
    await done(as('accounts-manager').post(ORDERS, order(name, ...centres)));
  }
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function order(name: string, ...centres: readonly (string | null)[]) {
  return { name, company: 'Larkspur UK', lines: linesOf(...centres) };
}

test('a list, its count and opening one give the orders of which every row is covered', async () => {
  const all = ['across', 'blank', 'empty', 'within'];
  for (const [persona, seen] of [
    ['branch-accountant', ['within']],
    ['accounts-manager', all],
  ] as const) {
    const listed = await done(as(persona).get(ORDERS + query({ order_by: 'name asc' })));
    assert.deepEqual(
      listed,
      seen.map((name) => ({ name })),
    );
    assert.equal(await done(as(persona).get('/api/count/Works Order')), seen.length);
    for (const name of all) {
      const { status } = await as(persona).get(`${ORDERS}/${name}`);
      assert.equal(status, seen.some((one) => one === name) ? 200 : 404, `${persona}: ${name}`);
    }
  }
});

test('of whom: an order counts once for each value of its rows', async () => {
  for (const [persona, documents, values] of [
    ['branch-accountant', 1, { 'Leeds Retail': 1, 'Leeds Workshop': 1 }],
    ['accounts-manager', 4, { 'Leeds Retail': 3, '(blank)': 2, 'Leeds Workshop': 1, London: 1 }],
  ] as const) {
    const question = { action: 'read', doctype: 'Works Order', by: 'lines.cost_center' };
    const user = `${persona}@demo.test`;
    const { body, text } = await as(persona).post('/api/access/who', { ...question, user });
    assert.equal(body.total, 1, text);
    const [{ by, documents: told }] = body.principals;
    assert.equal(told, documents);
    const expected = Object.entries(values).map(([value, count]) => ({ value, documents: count }));
    assert.deepEqual(by.values, expected);
  }
});

test('a preview knows that one blank row among others has to be covered', async () => {
  const grant = {
    ...{ type: 'grant', grantee_type: 'User', grantee: 'new-hire@demo.test' },
    role: 'Accounts User',
  };
  const within = (...centres: string[]) => ({
    ...grant,
    scope: [
      { dimension: 'Company', value: '*' },
      ...centres.map((value) => ({ dimension: 'Cost Center', value })),
    ],
  });
  for (const [centres, documents] of [
    // Those without a blank: `within` and `across`.
    [['*'], 2],
    [['*', '(blank)'], 4],
  ] as const) {
    const question = { add: [within(...centres)] };
    const { body, text } = await as('permission-manager').post('/api/access/preview', question);
    const read = body.gained.find(
      (one: { doctype: string; action: string }) =>
        one.doctype === 'Works Order' && one.action === 'read',
    );
    assert.equal(read?.documents, documents, text);
  }
});

test('INVARIANT (hidden-equals-missing): an order with a hidden row answers like none', async () => {
  const answers = await Promise.all(
    ['across', 'nowhere'].map(async (name) => {
      const { text, body } = await as('branch-accountant').get(`${ORDERS}/${name}`);
      return text.replaceAll(name, 'NAME').replace(body.request_id, 'ID');
    }),
  );
  assert.equal(answers[0], answers[1]);
});

test('orders are made and changed within the scope only', async () => {
  const accountant = as('branch-accountant');
  refused(await accountant.post(ORDERS, order('N-1', 'Leeds', null)), 403, 'forbidden');
  refused(await accountant.post(ORDERS, order('N-1')), 403, 'forbidden');
  refused(await accountant.post(ORDERS, order('N-1', 'Leeds', 'Nowhere')), 422, 'link_not_found');
  const made = await done(accountant.post(ORDERS, order('N-1', 'Leeds', 'Leeds Retail')));
  const [first] = made.lines;
  const change = async (...lines: object[]): Promise<Answer> =>
    await accountant.put(`${ORDERS}/N-1`, { lines, modified: made.modified });
  refused(await change(), 403, 'forbidden');
  refused(await change({ name: first.name, cost_center: null }), 403, 'forbidden');
  refused(await change(...made.lines, ...linesOf(null)), 403, 'forbidden');
  const changed = await done(change({ name: first.name, cost_center: 'Leeds Workshop' }));
  assert.deepEqual(
    changed.lines.map(({ cost_center }: { cost_center: string }) => cost_center),
    ['Leeds Workshop'],
  );
  const moved = { lines: linesOf('London'), modified: changed.modified };
  await done(as('accounts-manager').put(`${ORDERS}/N-1`, moved));
  refused(await accountant.get(`${ORDERS}/N-1`), 404, 'not_found');
});

test('why, is told without a value of a row that is hidden', async () => {
  const ask = { action: 'read', doctype: 'Works Order' };
  const seen = await as('branch-accountant').post('/api/access/explain', {
    ...ask,
    name: 'within',
  });
  assert.equal(seen.body.allowed, true);
  assert.deepEqual(
    seen.body.because.map(({ role }: { role: string }) => role),
    ['Accounts User'],
  );
  const hidden = await as('branch-accountant').post('/api/access/explain', {
    ...ask,
    name: 'across',
  });
  assert.equal(hidden.body.allowed, false);
  assert.ok(!hidden.text.includes('London'));
});
