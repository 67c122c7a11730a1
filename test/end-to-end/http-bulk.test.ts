/** Many changes at once, all or none; and batches, which go on where they stopped. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Database } from '../../src/store/database.ts';
import { type Answer, type Client, clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';

const CUSTOMERS = '/api/resource/Customer';
const INVOICES = '/api/resource/Sales Invoice';

let server: DemoServer;
let superuser: Database;
let as: (persona: string) => Client;
let manager: Client;
let item: string;

before(async () => {
  server = await demoServer();
  superuser = new Database(server.database.superuser, 3);
  as = await people(server, [
    'accounts-manager',
    'branch-accountant',
    'new-hire',
    'permission-manager',
  ]);
  manager = as('accounts-manager');
  item = (await manager.get('/api/resource/Item?limit=1')).body.data[0].name;
});

after(async () => {
  await superuser.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function refused(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text);
}

async function count(text: string, ...values: string[]): Promise<number> {
  const [result] = await superuser.run({ text, values });
  return Number(result?.rows[0]?.[0]);
}

const customer = (customer_name: string) => ({
  ...{ operation: 'create', doctype: 'Customer' },
  values: { customer_name },
});

const invoice = (of: string, more: object = {}) => ({
  ...{ operation: 'create', doctype: 'Sales Invoice' },
  values: {
    ...{ customer: of, company: 'Larkspur UK', cost_center: 'Leeds Retail' },
    ...{ posting_date: '2026-05-04', net_total: 1 },
    items: [{ item_code: item, qty: 1, rate: 1, amount: 1 }],
    ...more,
  },
});

const customersLike = async (like: string): Promise<number> =>
  await count('select count(*) from doc.customer where name like $1', like);

test('customers and their invoices are made together, and changed and removed so', async () => {
  const made = await manager.post('/api/bulk', {
    changes: [customer('Bulk A'), customer('Bulk B'), invoice('Bulk A'), invoice('Bulk B')],
  });
  assert.equal(made.status, 200, made.text);
  const [a, , first, second] = made.body.data;
  assert.deepEqual([a.doctype, a.name], ['Customer', 'Bulk A']);
  assert.equal(first.items.length, 1);
  assert.deepEqual((await manager.get(`${INVOICES}/${second.name}`)).body.data, second);
  const named = { doctype: 'Sales Invoice', name: first.name };
  const other = { doctype: 'Sales Invoice', name: second.name };
  const changed = await manager.post('/api/bulk', {
    changes: [
      { operation: 'update', ...named, modified: first.modified, values: { po_no: 'B' } },
      { operation: 'submit', ...named },
      { operation: 'cancel', ...named },
      { operation: 'amend', ...named },
      { operation: 'delete', ...other },
    ],
  });
  assert.equal(changed.status, 200, changed.text);
  const [updated, submitted, cancelled, amended, gone] = changed.body.data;
  assert.deepEqual(
    [updated.po_no, submitted.docstatus, cancelled.docstatus, amended.amended_from, gone],
    ['B', 1, 2, first.name, null],
  );
  assert.equal((await manager.get(`${INVOICES}/${second.name}`)).status, 404);
  const entries = 'select count(*) from doc.audit_entry where document_name = $1';
  assert.equal(await count(entries, first.name), 4);
});

test('all or none: one that is refused takes the others along, and says which it was', async () => {
  const send = async (...changes: object[]) => await manager.post('/api/bulk', { changes });
  const good = customer('None 1');
  const wrong = await send(good, invoice('None 1', { posting_date: 'no date' }));
  refused(wrong, 400, 'bad_value');
  assert.equal(wrong.body.errors[0].field, 'changes.1.posting_date');
  const twice = await send(good, customer('None 2'), invoice('None 2'), customer('None 2'));
  refused(twice, 409, 'duplicate');
  assert.match(twice.body.errors[0].field, /^changes\.3/);
  const missing = await send(good, { operation: 'delete', doctype: 'Customer', name: 'Nobody' });
  refused(missing, 404, 'not_found');
  assert.deepEqual(
    missing.body.errors.map(({ field }: { field: string }) => field),
    ['changes.1'],
  );
  const several = await send(
    good,
    invoice('None 1', { company: null }),
    invoice('None 1', { customer: null }),
  );
  assert.deepEqual(
    several.body.errors.map(({ field }: { field: string }) => field),
    ['changes.1.company', 'changes.2.customer'],
    several.text,
  );
  assert.equal(await customersLike('None %'), 0);
  assert.equal(
    await count(`select count(*) from doc.audit_entry where document_name like 'None %'
      and outcome = 'allowed'`),
    0,
  );
});

test('each change is decided as by itself, and refusals are recorded', async () => {
  const accountant = as('branch-accountant');
  const foreign = (await manager.post('/api/bulk', { changes: [invoice('Bulk A')] })).body.data[0];
  await manager.put(`${INVOICES}/${foreign.name}`, { cost_center: 'London' });
  const update = { operation: 'update', doctype: 'Sales Invoice', name: foreign.name };
  const changes = [invoice('Bulk A', { po_no: 'mine' }), { ...update, values: { po_no: 'x' } }];
  const answer = await accountant.post('/api/bulk', { changes });
  refused(answer, 404, 'not_found');
  assert.equal(await count(`select count(*) from doc.sales_invoice where po_no = 'mine'`), 0);
  const noted = `select count(*) from doc.audit_entry where document_name = $1
    and outcome = 'refused' and principal = 'branch-accountant@demo.test'`;
  assert.equal(await count(noted, foreign.name), 1);
  const single = await as('new-hire').post(CUSTOMERS, { customer_name: 'X' });
  const bulk = await as('new-hire').post('/api/bulk', { changes: [customer('X')] });
  refused(bulk, single.status, single.body.code);
  refused(
    await clientOf(server.url).post('/api/bulk', { changes: [customer('X')] }),
    401,
    'unauthenticated',
  );
});

test('what decides access is not among others, and what is unclear is refused', async () => {
  const send = async (...changes: object[]) => await manager.post('/api/bulk', { changes });
  const share = {
    ...{ document_type: 'Customer', document_name: 'Bulk A', user: 'new-hire@demo.test' },
    actions: ['read'],
  };
  const access = { operation: 'create', doctype: 'Share', values: share };
  const answer = await as('permission-manager').post('/api/bulk', { changes: [access] });
  refused(answer, 400, 'bad_value');
  assert.match(answer.body.detail, /by itself/);
  const named = { doctype: 'Customer', name: 'Bulk A' };
  refused(await send(), 400, 'bad_value');
  refused(await send({ operation: 'delete', doctype: 'Customer' }), 400, 'bad_value');
  refused(await send({ operation: 'delete', ...named, values: {} }), 400, 'bad_value');
  refused(await send({ ...customer('Y'), modified: 'x' }), 400, 'bad_value');
  refused(await send({ operation: 'import', ...named }), 400, 'bad_value');
  refused(await send({ ...customer('Y'), more: 1 }), 400, 'unknown_parameter');
  const many = Array.from({ length: 501 }, (_, i) => customer(`Many ${i}`));
  refused(await send(...many), 413, 'too_large');
  assert.equal(await customersLike('Many %'), 0);
});

test('five hundred at once are made; sent again with their key, they are not made again', async () => {
  const changes = Array.from({ length: 500 }, (_, i) => customer(`Five ${i}`));
  const send = () =>
    manager.request('POST', '/api/bulk', { changes }, { 'idempotency-key': 'five' });
  const first = await send();
  assert.equal(first.body.data.length, 500);
  const second = await send();
  assert.deepEqual([second.status, second.body], [200, first.body]);
  assert.equal(await customersLike('Five %'), 500);
});

test('a batch: each row by itself, those refused told, and the rest made when they are right', async () => {
  const begun = await manager.post('/api/batches', { total: 5, label: 'customers' });
  assert.equal(begun.status, 200, begun.text);
  const { name } = begun.body.data;
  const path = `/api/batches/${name}`;
  const changes = [customer('Row 0'), customer('Row 0'), customer('Row 2')];
  const some = await manager.post(`${path}/rows`, { from: 0, changes });
  assert.equal(some.status, 200, some.text);
  const { done, refused: refusals, next, errors } = some.body.data;
  assert.deepEqual([done, refusals, next], [2, 1, 3]);
  assert.deepEqual(
    errors.map(({ row, code }: { row: number; code: string }) => [row, code]),
    [[1, 'duplicate']],
  );
  // Somebody went away in the middle and sends everything again, one of them put right.
  const all = [...changes, customer('Row 3'), customer('Row 4')];
  all[1] = customer('Row 1');
  const rest = await manager.post(`${path}/rows`, { from: 0, changes: all });
  assert.deepEqual(
    { ...rest.body.data, label: '' },
    { name, label: '', total: 5, done: 5, refused: 0, next: 5, errors: [] },
  );
  assert.deepEqual((await manager.get(path)).body, rest.body);
  assert.equal(await customersLike('Row _'), 5);
  assert.equal(
    await count(`select count(*) from doc.audit_entry where document_name like 'Row _'
      and outcome = 'allowed'`),
    5,
  );
});

test('a batch is its maker’s alone; rows that it does not have are refused', async () => {
  const { name } = (await manager.post('/api/batches', { total: 2 })).body.data;
  const path = `/api/batches/${name}`;
  const others = as('branch-accountant');
  const rows = { from: 0, changes: [customer('Theirs')] };
  for (const answer of [
    await others.get(path),
    await others.post(`${path}/rows`, rows),
    await manager.get('/api/batches/BATCH-none'),
  ]) {
    refused(answer, 404, 'not_found');
  }
  refused(await manager.post(`${path}/rows`, { ...rows, from: 2 }), 400, 'bad_value');
  refused(await manager.post(`${path}/rows`, { ...rows, from: -1 }), 400, 'bad_value');
  for (const total of [0, -1, 100_001]) {
    refused(await manager.post('/api/batches', { total }), 400, 'bad_value');
  }
  assert.equal(await customersLike('Theirs'), 0);
});

test('the same rows sent by two at once are made once each', async () => {
  const total = 30;
  const { name } = (await manager.post('/api/batches', { total })).body.data;
  const changes = Array.from({ length: total }, (_, i) => customer(`Twice ${i}`));
  const send = () => manager.post(`/api/batches/${name}/rows`, { from: 0, changes });
  for (const answer of await Promise.all([send(), send(), send()])) {
    if (answer.status !== 200) refused(answer, 409, 'request_in_flight');
  }
  assert.deepEqual((await send()).body.data.done, total);
  assert.equal(await customersLike('Twice %'), total);
});
