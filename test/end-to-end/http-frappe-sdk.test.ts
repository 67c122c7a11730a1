/** The client that Frappe's users have: the package itself, unchanged, against this server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { FrappeApp } from 'frappe-js-sdk';
import { signIn } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';

const USER = 'branch-accountant@demo.test';

let server: DemoServer;
let app: FrappeApp;

before(async () => {
  server = await demoServer();
  app = new FrappeApp(server.url);
  const credentials = { username: USER, password: server.password };
  const signedIn = await app.auth().loginWithUsernamePassword(credentials);
  assert.deepEqual([signedIn.message, signedIn.full_name], ['Logged In', 'Ruth Sutcliffe']);
  // A browser keeps the cookie by itself; outside one, that is done by hand.
  const { headers } = await app.axios.post('/api/method/login', {
    usr: USER,
    pwd: server.password,
  });
  const cookie = String(headers['set-cookie']?.[0]?.split(';')[0]);
  app.axios.defaults.headers.common['Cookie'] = cookie;
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

test('who is signed in', async () => {
  assert.equal(await app.auth().getLoggedInUser(), USER);
});

test('a document is made, read, changed and removed', async () => {
  const db = app.db();
  const made = await db.createDoc('Customer', {
    customer_name: 'SDK & Söhne / 1',
    customer_type: 'Company',
  });
  assert.deepEqual([made.name, made.owner, made.docstatus], ['SDK & Söhne / 1', USER, 0]);
  assert.deepEqual(await db.getDoc('Customer', made.name), made);
  const changed = await db.updateDoc('Customer', made.name, { tax_id: 'GB 1' });
  assert.equal(changed['tax_id'], 'GB 1');
  const filters: [string, '=', string][] = [['customer_name', '=', made.name]];
  assert.equal(await db.getCount('Customer', filters), 1);
  const { message } = await db.getValue('Customer', 'tax_id', filters);
  assert.deepEqual(message, { tax_id: 'GB 1' });
  await db.setValue('Customer', made.name, 'tax_id', 'GB 2');
  await db.setValue('Customer', made.name, { mobile_no: '+44 113 496 0000' });
  const last = await db.getDoc('Customer', made.name);
  assert.deepEqual([last['tax_id'], last['mobile_no']], ['GB 2', '+44 113 496 0000']);
});

test('a document is renamed, and merged into another', async () => {
  const db = app.db();
  for (const customer_name of ['SDK before', 'SDK there']) {
    await db.createDoc('Customer', { customer_name, customer_type: 'Company' });
  }
  assert.deepEqual(await db.renameDoc('Customer', 'SDK before', 'SDK after'), {
    message: 'SDK after',
  });
  const { customer_name } = await db.getDoc('Customer', 'SDK after');
  assert.equal(customer_name, 'SDK after');
  const path = `/api/resource/Customer/${encodeURIComponent('SDK after')}/rename`;
  const stale = { name: 'SDK late', modified: '2020-01-01 00:00:00.000000' };
  const late = await app.axios.post(path, stale).catch((error) => error.response);
  assert.deepEqual([late.status, late.data.code], [409, 'version_conflict']);
  const unknown = await app.axios.post(path, { name: 'X', into: 1 }).catch((e) => e.response);
  assert.equal(unknown.status, 400);
  const { data } = await app.axios.post(path, { name: 'SDK renamed' });
  assert.equal(data.data.name, 'SDK renamed');
  const merging = await db
    .renameDoc('Customer', 'SDK renamed', 'SDK there', true)
    .catch((error) => error);
  // Branch accountants do not delete, so they merge nothing.
  assert.equal(merging.httpStatus, 403);
});

test('lists take fields, filters, order, limit and start', async () => {
  const db = app.db();
  const all = await db.getDocList('Sales Invoice', {
    fields: ['name', 'grand_total'],
    filters: [['docstatus', '=', 1]],
    orFilters: [
      ['status', '=', 'Paid'],
      ['status', '=', 'Unpaid'],
    ],
    orderBy: { field: 'grand_total', order: 'desc' },
    limit: 6,
    asDict: true,
  });
  assert.equal(all.length, 6);
  const totals = all.map((row) => Number(row['grand_total']));
  assert.deepEqual(
    totals,
    totals.toSorted((a, b) => b - a),
  );
  const page = await db.getDocList('Sales Invoice', {
    fields: ['name', 'grand_total'],
    filters: [['docstatus', '=', 1]],
    orFilters: [
      ['status', '=', 'Paid'],
      ['status', '=', 'Unpaid'],
    ],
    orderBy: { field: 'grand_total', order: 'desc' },
    limit: 2,
    limit_start: 4,
  });
  assert.deepEqual(page, all.slice(4));
  assert.equal((await db.getDocList('Sales Invoice')).length, 20);
  const [row] = await db.getDocList('Sales Invoice', { fields: ['*'], limit: 1 });
  assert.ok(row && 'customer' in row && 'posting_date' in row);
  assert.ok((await db.getCount('Sales Invoice')) > 20);
});

test('an invoice is submitted and cancelled', async () => {
  const db = app.db();
  const [item] = await db.getDocList('Item', { limit: 1 });
  const [customer] = await db.getDocList('Customer', { limit: 1 });
  const made = await db.createDoc('Sales Invoice', {
    customer: customer?.name,
    company: 'Larkspur UK',
    cost_center: 'Leeds',
    posting_date: '2026-05-04',
    items: [{ item_code: item?.name, qty: 1, rate: 1, amount: 1 }],
  });
  const submitted = await db.submit(made);
  assert.equal(submitted.docstatus, 1);
  await db.cancel('Sales Invoice', made.name);
  assert.equal((await db.getDoc('Sales Invoice', made.name)).docstatus, 2);
  const gone = await db.deleteDoc('Sales Invoice', made.name);
  assert.deepEqual(gone, { message: 'ok' });
});

test('an error has the shape that the client reads', async () => {
  const fails = async (work: Promise<unknown>) =>
    await work.then(
      () => assert.fail('it should have failed'),
      (error: Record<string, unknown>) => error,
    );
  const missing = await fails(app.db().getDoc('Sales Invoice', 'SINV-1999-00001'));
  assert.equal(missing['httpStatus'], 404);
  assert.equal(missing['exception'], 'DoesNotExistError');
  assert.match(String(missing['message']), /was not found/);
  const invalid = await fails(app.db().createDoc('Customer', { nope: 1 }));
  assert.deepEqual([invalid['httpStatus'], invalid['code']], [400, 'unknown_field']);
  const wrong = new FrappeApp(server.url).auth();
  const refused = await fails(
    wrong.loginWithUsernamePassword({ username: USER, password: 'wrong' }),
  );
  assert.equal(refused['httpStatus'], 401);
});

test('with a token instead of a cookie', async () => {
  const person = await signIn(server.url, 'branch-accountant', server.password);
  const { key, secret } = (await person.post('/api/tokens', { label: 'sdk' })).body;
  for (const [type, value] of [
    ['token', `${key}:${secret}`],
    ['Bearer', `${key}:${secret}`],
  ] as const) {
    const byToken = new FrappeApp(server.url, { useToken: true, token: () => value, type });
    assert.equal(await byToken.auth().getLoggedInUser(), USER);
    assert.ok((await byToken.db().getCount('Customer')) > 0);
  }
});

test('signing out', async () => {
  await app.auth().logout();
  await assert.rejects(app.auth().getLoggedInUser(), { httpStatus: 401 });
});
