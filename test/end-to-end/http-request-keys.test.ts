/** Requests that are sent twice with one key are done once, and show no more than one may see. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ROUTES } from '../../src/http/routes/index.ts';
import { Database } from '../../src/store/database.ts';
import { type Answer, type Client, clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';

const CUSTOMERS = '/api/resource/Customer';
const INVOICES = '/api/resource/Sales Invoice';

let server: DemoServer;
let superuser: Database;
let as: (persona: string) => Client;
let invoice: object;

before(async () => {
  server = await demoServer();
  superuser = new Database(server.database.superuser, 3);
  as = await people(server, ['branch-accountant', 'accounts-manager', 'permission-manager']);
  const accountant = as('branch-accountant');
  const first = async (path: string): Promise<string> =>
    (await accountant.get(`${path}?limit=1`)).body.data[0].name;
  invoice = {
    ...{ customer: await first(CUSTOMERS), company: 'Larkspur UK', cost_center: 'Leeds Retail' },
    posting_date: '2026-05-04',
    items: [{ item_code: await first('/api/resource/Item'), qty: 1, rate: 1, amount: 1 }],
    net_total: 1,
  };
});

after(async () => {
  await superuser.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const replayed = (answer: Answer): boolean => answer.headers.get('idempotency-replayed') === 'true';

function keyed(client: Client, key: string) {
  return async (method: string, path: string, body?: object, more = {}): Promise<Answer> =>
    await client.request(method, path, body, { 'idempotency-key': key, ...more });
}

function refused(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text);
}

async function count(text: string, ...values: string[]): Promise<number> {
  const [result] = await superuser.run({ text, values });
  return Number(result?.rows[0]?.[0]);
}

const entriesOf = async (name: string): Promise<number> =>
  await count(`select count(*) from doc.audit_entry where document_name = $1`, name);

test('a document is made once, however often it is sent; without a key, each time', async () => {
  const send = keyed(as('branch-accountant'), '"8e03978e-40d5-43dd-bc93-6894a57f9324"');
  const first = await send('POST', INVOICES, invoice);
  assert.equal(first.status, 200, first.text);
  assert.ok(!replayed(first));
  const second = await send(
    'POST',
    INVOICES,
    Object.fromEntries(Object.entries(invoice).reverse()),
  );
  assert.deepEqual([second.status, second.body], [200, first.body]);
  assert.ok(replayed(second));
  assert.equal(await entriesOf(first.body.data.name), 1);
  const without = await as('branch-accountant').post(INVOICES, invoice);
  assert.notEqual(without.body.data.name, first.body.data.name);
});

test('the whole life of a document, each step sent twice, leaves what once would', async () => {
  const send = keyed(as('branch-accountant'), 'life');
  const twice = async (method: string, path: string, body?: object): Promise<Answer> => {
    const first = await send(method, path, body);
    const second = await send(method, path, body);
    assert.deepEqual([second.status, second.body], [first.status, first.body], path);
    assert.ok(first.status < 300 && !replayed(first) && replayed(second), first.text);
    return first;
  };
  const made = (await twice('POST', INVOICES, invoice)).body.data;
  const path = `${INVOICES}/${made.name}`;
  const { modified } = (await twice('PUT', path, { po_no: 'PO-7', modified: made.modified })).body
    .data;
  await twice('POST', `${path}/versions/1/restore`, { modified });
  await twice('POST', `${path}/submit`);
  await twice('POST', `${path}/cancel`);
  const amended = (await twice('POST', `${path}/amend`)).body.data;
  assert.equal(amended.name, `${made.name}-1`);
  await twice('DELETE', `${INVOICES}/${amended.name}`);
  assert.equal(await entriesOf(made.name), 5);
  assert.equal(await entriesOf(amended.name), 2 + (await countReads(amended.name)));
});

/** What is gone is asked for when its removal is sent again; that is no refusal of anything. */
const countReads = async (name: string): Promise<number> =>
  await count(
    `select count(*) from doc.audit_entry where document_name = $1 and action = 'read'`,
    name,
  );

test('Frappe’s routes answer again as they did', async () => {
  const accountant = as('branch-accountant');
  const doc = (await accountant.post(INVOICES, invoice)).body.data;
  const send = keyed(accountant, 'frappe');
  const method = '/api/method/frappe.client.';
  const named = { doctype: 'Sales Invoice', name: doc.name };
  const value = { ...named, fieldname: 'po_no', value: 'PO-8' };
  const { modified: _, ...unversioned } = doc;
  for (const [name, body] of [
    ['set_value', value],
    ['submit', { doc: { ...unversioned, doctype: 'Sales Invoice', po_no: 'PO-8' } }],
    ['cancel', named],
  ] as const) {
    const first = await send('POST', method + name, body);
    assert.equal(first.status, 200, first.text);
    const second = await send('POST', method + name, body);
    assert.deepEqual([second.status, second.body, replayed(second)], [200, first.body, true]);
  }
});

test('another request with the key is refused, whatever differs, and changes nothing', async () => {
  const accountant = as('branch-accountant');
  const [made, other] = [
    (await accountant.post(INVOICES, invoice)).body.data,
    (await accountant.post(INVOICES, invoice)).body.data,
  ];
  const send = keyed(accountant, 'one');
  const path = `${INVOICES}/${made.name}`;
  assert.equal((await send('PUT', path, { po_no: '1' })).status, 200);
  refused(await send('PUT', path, { po_no: '2' }), 422, 'key_reused');
  refused(await send('PUT', `${INVOICES}/${other.name}`, { po_no: '1' }), 422, 'key_reused');
  refused(await send('PUT', path, { po_no: '1' }, { 'if-match': 'x' }), 422, 'key_reused');
  assert.equal((await accountant.get(path)).body.data.po_no, '1');
  // Another route and another person have keys of their own.
  assert.equal((await send('POST', `${path}/submit`)).status, 200);
  const manager = keyed(as('accounts-manager'), 'one');
  const theirs = await manager('PUT', `${INVOICES}/${other.name}`, { po_no: '3' });
  assert.ok(theirs.status === 200 && !replayed(theirs), theirs.text);
});

test('INVARIANT (revoked-means-now): sent again, it shows what may be seen then', async () => {
  const accountant = as('branch-accountant');
  const send = keyed(accountant, 'shown');
  const made = await send('POST', INVOICES, invoice);
  const again = () => send('POST', INVOICES, invoice);
  assert.deepEqual((await again()).body, made.body);
  const path = `${INVOICES}/${made.body.data.name}`;
  const moved = await as('accounts-manager').put(path, { cost_center: 'London' });
  assert.equal(moved.status, 200, moved.text);
  assert.equal((await accountant.get(path)).status, 404);
  const hidden = await again();
  assert.deepEqual([hidden.status, hidden.body, replayed(hidden)], [200, { data: null }, true]);
});

test('what was refused was not done: sent again, it is judged again', async () => {
  const send = keyed(as('branch-accountant'), 'refused');
  const elsewhere = { ...invoice, cost_center: 'London' };
  for (let i = 0; i < 2; i++) {
    const { status } = await send('POST', INVOICES, elsewhere);
    assert.ok(status === 403 || status === 422, String(status));
  }
  assert.equal((await send('POST', INVOICES, invoice)).status, 200);
});

test('of many that come at once, one is done and the others hear of it', async () => {
  const send = keyed(as('branch-accountant'), 'at-once');
  const body = { ...invoice, po_no: 'at once' };
  const answers = await Promise.all(Array.from({ length: 8 }, () => send('POST', INVOICES, body)));
  for (const answer of answers.filter(({ status }) => status !== 200)) {
    refused(answer, 409, 'request_in_flight');
    assert.equal(answer.headers.get('retry-after'), '1');
  }
  assert.equal(answers.filter((answer) => answer.status === 200 && !replayed(answer)).length, 1);
  assert.equal(await count(`select count(*) from doc.sales_invoice where po_no = 'at once'`), 1);
});

test('while one is done, the other waits for nothing: 409', async () => {
  const accountant = as('branch-accountant');
  const { name } = (await accountant.post(INVOICES, invoice)).body.data;
  const send = keyed(accountant, 'held');
  const path = `${INVOICES}/${name}`;
  let first: Promise<Answer> | null = null;
  await superuser.transaction(async (transaction) => {
    const lock = 'select from doc.sales_invoice where name = $1 for update';
    await transaction.run({ text: lock, values: [name] });
    first = send('PUT', path, { po_no: 'held' });
    const waits = `select count(*) from pg_stat_activity where datname = current_database()
      and wait_event_type = 'Lock' and query like 'update%'`;
    while ((await count(waits)) === 0) await new Promise((resolve) => setImmediate(resolve));
    refused(await send('PUT', path, { po_no: 'held' }), 409, 'request_in_flight');
  });
  assert.equal((await (first as Promise<Answer> | null))?.status, 200);
  assert.ok(replayed(await send('PUT', path, { po_no: 'held' })));
});

test('a key is known for a day and then forgotten; nothing but names is kept', async () => {
  const send = keyed(as('branch-accountant'), 'a-day');
  const body = { ...invoice, remarks: 'nobody keeps this' };
  const first = (await send('POST', INVOICES, body)).body.data.name;
  const kept = `select count(*) from sys.request_key where documents::text like '%' || $1 || '%'`;
  assert.equal(await count(kept, first), 1);
  assert.equal(
    await count(`select count(*) from sys.request_key k where k::text like '%nobody keeps%'`),
    0,
  );
  const day = `select count(*) from sys.request_key where documents::text like '%' || $1 || '%'
    and expires_at - now() between interval '23 hours' and interval '24 hours'`;
  assert.equal(await count(day, first), 1);
  await superuser.run({ text: 'update sys.request_key set expires_at = now()', values: [] });
  const second = await send('POST', INVOICES, body);
  assert.ok(second.status === 200 && !replayed(second) && second.body.data.name !== first);
  const over = 'select count(*) from sys.request_key where expires_at <= now()';
  const many = await count(over);
  for (let i = 0; i <= many; i += 20) {
    await keyed(as('branch-accountant'), `later-${i}`)('POST', INVOICES, invoice);
  }
  assert.equal(await count(over), 0);
});

test('proposals of permission changes take a key, too', async () => {
  const send = keyed(as('permission-manager'), 'proposal');
  const add = [
    {
      ...{ type: 'grant', grantee_type: 'User', grantee: 'new-hire@demo.test', role: 'Employee' },
      scope: [{ dimension: 'Employee', value: 'HR-EMP-00050', descendants: 0 }],
    },
  ];
  const first = await send('POST', '/api/access/changes', { add, reason: 'late' });
  assert.equal(first.status, 200, first.text);
  const second = await send('POST', '/api/access/changes', { add, reason: 'late' });
  assert.deepEqual([second.body, replayed(second)], [first.body, true]);
});

test('a key that is none, one of a guest, and one where none is taken are refused', async () => {
  const accountant = as('branch-accountant');
  for (const key of ['', '""', 'a b', '"a', '"a", "b"', 'x'.repeat(256), 'a,b', 'é']) {
    const answer = await keyed(accountant, key)('POST', INVOICES, invoice);
    refused(answer, 400, 'bad_value');
  }
  refused(await keyed(clientOf(server.url), 'k')('POST', INVOICES, invoice), 400, 'bad_value');
  const token = { label: 'k' };
  refused(await keyed(accountant, 'k')('POST', '/api/tokens', token), 400, 'unknown_parameter');
  const batch = await keyed(accountant, 'k')('POST', '/api/batches', { total: 1 });
  refused(batch, 400, 'unknown_parameter');
  const signing = [
    '/api/batches/:name/rows',
    '/api/method/login',
    '/api/method/logout',
    '/api/tokens',
    '/api/tokens/:id',
  ];
  const without = ROUTES.filter(({ again, audit }) => !again && audit.startsWith('writes'));
  assert.deepEqual(without.map(({ path }) => path).sort(), signing);
});

test('a version conflict says who was faster and which version there is now', async () => {
  const made = (await as('branch-accountant').post(INVOICES, invoice)).body.data;
  const path = `${INVOICES}/${made.name}`;
  const faster = (await as('accounts-manager').put(path, { po_no: 'faster' })).body.data;
  const late = await as('branch-accountant').put(path, { po_no: 'x', modified: made.modified });
  refused(late, 409, 'version_conflict');
  assert.match(late.body.detail, /accounts-manager@demo\.test/);
  assert.equal(late.body.errors[0].field, 'modified');
  assert.ok(late.body.errors[0].detail.includes(faster.modified));
});
