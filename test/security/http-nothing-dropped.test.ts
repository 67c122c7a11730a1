/** What a request says is used or refused: nothing in it is dropped while the answer says done. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

const INVOICES = '/api/resource/Sales Invoice';
const CUSTOMERS = '/api/resource/Customer';
const SUBMIT = '/api/method/frappe.client.submit';

let server: DemoServer;
let accountant: Client;
let draft: object;

before(async () => {
  server = await demoServer();
  accountant = (await people(server, ['branch-accountant']))('branch-accountant');
  const [customer] = (await accountant.get(`${CUSTOMERS}?limit=1`)).body.data;
  const [item] = (await accountant.get('/api/resource/Item?limit=1')).body.data;
  draft = {
    customer: customer.name,
    company: 'Larkspur UK',
    cost_center: 'Leeds',
    posting_date: '2026-05-04',
    items: [{ item_code: item.name, qty: 2, rate: 3, amount: 6 }],
  };
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function refused(answer: Answer, code: string, ...fields: string[]): void {
  assert.deepEqual([answer.status, answer.body?.code], [400, code], answer.text);
  if (fields.length === 0) return;
  assert.deepEqual(
    answer.body.errors.map(({ field }: { field: string }) => field),
    fields,
  );
}

async function done(answer: Promise<Answer>) {
  const { status, text, body } = await answer;
  assert.ok(status === 200 || status === 202, text);
  return body.data ?? body.message;
}

test('a body on a route that takes none is refused, unless it is empty', async () => {
  const { name } = await done(accountant.post(INVOICES, draft));
  const path = `${INVOICES}/${name}`;
  const { id } = (await accountant.post('/api/tokens', { label: 'x' })).body;
  for (const [method, target] of [
    ['DELETE', path],
    ['DELETE', `/api/tokens/${id}`],
    ['POST', '/api/method/logout'],
    ['POST', `${path}/submit`],
    ['POST', '/api/method/frappe.client.cancel'],
  ] as const) {
    const what = `${method} ${target}`;
    refused(await accountant.request(method, target, { nonsense: 1 }), 'unknown_parameter');
    for (const body of ['[]', '[1]', '"x"', 'null', '{']) {
      const answer = await accountant.request(method, target, body);
      assert.deepEqual([answer.status, answer.body.code], [400, 'malformed'], `${what} ${body}`);
    }
  }
  assert.equal((await accountant.get(path)).body.data.docstatus, 0);
  assert.equal((await accountant.request('DELETE', `/api/tokens/${id}`, {})).status, 202);
  assert.equal((await accountant.request('DELETE', path, '')).status, 202);
});

test('DELETE takes the version, which then has to be the current one', async () => {
  const made = await done(accountant.post(INVOICES, draft));
  const path = `${INVOICES}/${made.name}`;
  const { modified } = await done(accountant.put(path, { po_no: '1' }));
  const old = await accountant.request('DELETE', path, { modified: made.modified });
  assert.deepEqual([old.status, old.body.code], [409, 'version_conflict']);
  assert.equal((await accountant.request('DELETE', path, { modified })).status, 202);
});

test('GET with a body is refused, and a content type without content says nothing', async () => {
  for (const path of [CUSTOMERS, '/healthz', '/api/doctypes', '/api/inventory']) {
    const get = async (body: string, type = 'application/json') =>
      await bare('GET', path, body, { 'content-type': type });
    assert.deepEqual(await get('{"limit":1}'), [400, 'unknown_parameter'], path);
    assert.deepEqual(await get('{"a":'), [400, 'malformed'], path);
    assert.deepEqual(await get('a=1', 'text/plain'), [415, 'unsupported_media_type'], path);
    for (const [body, type] of [
      ['{}', 'application/json'],
      ['', 'application/json'],
      ['', 'text/plain'],
      ['', 'nonsense'],
    ] as const) {
      assert.deepEqual((await get(body, type))[0], 200, `${path} ${body} ${type}`);
    }
  }
});

/** As `fetch` will not send it. */
async function bare(
  method: string,
  path: string,
  body: string,
  headers: Record<string, string>,
): Promise<[number | undefined, string | undefined]> {
  const { key, secret } = await token();
  const authorization = `token ${key}:${secret}`;
  const length = body === '' ? {} : { 'content-length': String(body.length) };
  return await new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, ...length, authorization } };
    const sent = request(server.url + path, options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      answer.on('end', () => resolve([answer.statusCode, JSON.parse(text).code]));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

let made: Promise<{ key: string; secret: string }> | null = null;

async function token(): Promise<{ key: string; secret: string }> {
  made ??= accountant.post('/api/tokens', { label: 'bare' }).then(({ body }) => body);
  return await made;
}

test('a document that says it is another one is not stored', async () => {
  const evil = { doctype: 'Salary Slip', parent: 'zzz', idx: -5, parenttype: 'x' };
  const count = (await accountant.get('/api/count/Sales Invoice')).body.data;
  const answer = await accountant.post(INVOICES, { ...draft, ...evil });
  refused(answer, 'bad_value', 'doctype', 'parent', 'idx', 'parenttype');
  refused(await accountant.post(INVOICES, { ...draft, parent: 'zzz' }), 'unknown_field', 'parent');
  const modified = '2026-01-01 00:00:00.000000';
  refused(await accountant.post(INVOICES, { ...draft, modified }), 'bad_value');
  assert.equal((await accountant.get('/api/count/Sales Invoice')).body.data, count);
  const { name } = await done(accountant.post(INVOICES, { ...draft, doctype: 'Sales Invoice' }));
  for (const [key, value] of [
    ['doctype', 'Customer'],
    ['parent', 'zzz'],
    ['parenttype', 'Customer'],
    ['parentfield', 'taxes'],
    ['idx', 'first'],
    ['docstatus', 1],
  ] as const) {
    const current = await done(accountant.get(`${INVOICES}/${name}`));
    const items = [{ ...current.items[0], [key]: value }];
    const body = { modified: current.modified, docstatus: 0, items };
    refused(await accountant.put(`${INVOICES}/${name}`, body), 'bad_value', `items.${key}`);
  }
});

test('a document goes back as it came, with and without what Frappe adds to its rows', async () => {
  const { name } = await done(accountant.post(INVOICES, draft));
  const path = `${INVOICES}/${name}`;
  const read = await done(accountant.get(path));
  assert.deepEqual(read.doctype, 'Sales Invoice');
  const place = { doctype: 'Sales Invoice Item', parenttype: 'Sales Invoice', docstatus: 0 };
  const rows = [{ ...read.items[0], ...place, parent: name, parentfield: 'items' }];
  for (const body of [read, { ...read, idx: 0, parent: null, items: rows }, { items: rows }]) {
    const { modified } = await done(accountant.get(path));
    const back = await done(accountant.put(path, { ...body, modified }));
    assert.deepEqual(back.items, read.items);
  }
  const { modified } = await done(accountant.get(path));
  const fieldname = { modified, items: rows };
  const set = await accountant.post('/api/method/frappe.client.set_value', {
    doctype: 'Sales Invoice',
    name,
    fieldname,
  });
  assert.deepEqual(set.body.message?.items, read.items, set.text);
});

test('set_value: an old version conflicts, and a value without its field is refused', async () => {
  const { name, modified } = await done(accountant.post(INVOICES, draft));
  const set = async (body: Record<string, unknown>) =>
    await accountant.post('/api/method/frappe.client.set_value', {
      doctype: 'Sales Invoice',
      name,
      ...body,
    });
  await done(set({ fieldname: 'po_no', value: '1' }));
  const old = await set({ fieldname: { modified, po_no: '2' } });
  assert.deepEqual([old.status, old.body.code], [409, 'version_conflict']);
  refused(await set({ fieldname: { po_no: '2' }, value: '3' }), 'bad_value');
  for (const fieldname of [null, 7, ['po_no'], true]) {
    refused(await set({ fieldname }), 'bad_value');
  }
  assert.equal((await accountant.get(`${INVOICES}/${name}`)).body.data.po_no, '1');
});

test('frappe.client.submit refuses a document that was changed and not saved', async () => {
  const stored = await done(accountant.post(INVOICES, draft));
  const [row] = stored.items;
  const submit = async (doc: unknown) => await accountant.post(SUBMIT, { doc });
  for (const [change, code, field] of [
    [{ remarks: 'changed' }, 'bad_value', 'remarks'],
    [{ grand_total: 1 }, 'bad_value', 'grand_total'],
    [{ docstatus: 2 }, 'bad_value', 'docstatus'],
    [{ owner: 'auditor@demo.test' }, 'bad_value', 'owner'],
    [{ items: [] }, 'bad_value', 'items'],
    [{ items: [{ ...row, qty: 9 }] }, 'bad_value', 'items.qty'],
    [{ items: [row, { item_code: row.item_code }] }, 'bad_value', 'items'],
    [{ items: [{ ...row, nope: 1 }] }, 'unknown_field', 'items.nope'],
    [{ nope: 1 }, 'unknown_field', 'nope'],
    [{ parent: 'zzz' }, 'unknown_field', 'parent'],
  ] as const) {
    refused(await submit({ ...stored, ...change }), code, field);
    const bare = { doctype: stored.doctype, name: stored.name, ...change };
    refused(await submit(JSON.stringify(bare)), code, field);
  }
  refused(await submit({ ...stored, modified: 7 }), 'bad_value');
  const after = await done(accountant.put(`${INVOICES}/${stored.name}`, { po_no: '1' }));
  const old = await submit(stored);
  assert.deepEqual([old.status, old.body.code], [409, 'version_conflict']);
  assert.deepEqual((await accountant.get(`${INVOICES}/${stored.name}`)).body.data, after);
  assert.equal((await done(submit(after))).docstatus, 1);
  const doctype = 'Sales Invoice';
  const cancel = async (body: object) =>
    await accountant.post('/api/method/frappe.client.cancel', body);
  refused(await cancel({ doctype, name: stored.name, doc: after }), 'unknown_parameter');
  assert.equal((await done(cancel({ doctype, name: stored.name }))).docstatus, 2);
  const named = await done(accountant.post(INVOICES, draft));
  assert.equal((await done(submit({ doctype, name: named.name }))).docstatus, 1);
});

test('both names of a page’s size have to agree', async () => {
  const rows = async (parameters: Record<string, unknown>) =>
    await accountant.get(CUSTOMERS + query(parameters));
  for (const [limit, limit_page_length] of [
    [2, 3],
    [3, 2],
    [1, 'x'],
    ['', 1],
  ]) {
    refused(await rows({ limit, limit_page_length }), 'bad_value');
  }
  assert.match((await rows({ limit: 'x' })).body.detail, /`limit`/);
  assert.equal((await rows({ limit: 3, limit_page_length: 3 })).body.data.length, 3);
  assert.equal((await rows({ limit: 2 })).body.data.length, 2);
  assert.equal((await rows({ limit_page_length: 2 })).body.data.length, 2);
});

test('a token that has ended before it is made is not made', async () => {
  const moment = (ms: number) => new Date(Date.now() + ms).toISOString();
  for (const expires of ['2001-01-01 00:00:00', moment(-1000), moment(0)]) {
    const answer = await accountant.post('/api/tokens', { label: 'x', expires });
    refused(answer, 'bad_value', 'expires');
  }
  assert.equal(
    (await accountant.post('/api/tokens', { label: 'x', expires: moment(60_000) })).status,
    200,
  );
});
