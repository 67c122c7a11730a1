/** One document by HTTP: made, changed, submitted, cancelled, amended, removed. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

const INVOICES = '/api/resource/Sales Invoice';
const CUSTOMERS = '/api/resource/Customer';

let server: DemoServer;
let as: (persona: string) => Client;
let accountant: Client;
let item: string;
let customer: string;

before(async () => {
  server = await demoServer();
  as = await people(server, ['branch-accountant', 'accounts-manager', 'auditor', 'hr-manager']);
  accountant = as('branch-accountant');
  item = (await accountant.get('/api/resource/Item?limit=1')).body.data[0].name;
  customer = (await accountant.get(`${CUSTOMERS}?limit=1`)).body.data[0].name;
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function draft(more: object = {}): object {
  return {
    customer,
    company: 'Larkspur UK',
    cost_center: 'Leeds Retail',
    posting_date: '2026-05-04',
    items: [
      { item_code: item, qty: 2, rate: 12.3456, amount: 24.6912 },
      { item_code: item, qty: 1, rate: 1, amount: 1, description: 'second' },
    ],
    net_total: 25.6912,
    ...more,
  };
}

async function create(more: object = {}) {
  const answer = await accountant.post(INVOICES, draft(more));
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data;
}

function refused(answer: Answer, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body?.code], [status, code], answer.text);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(answer.body.status, status);
  for (const key of ['detail', 'request_id', 'message', 'exc_type']) {
    assert.equal(typeof answer.body[key], 'string', key);
  }
}

test('POST answers 200 with the document: named, owned, fetched, with its rows in order', async () => {
  const made = await create();
  assert.match(made.name, /^SINV-\d{4}-\d{5}$/);
  assert.equal(made.owner, 'branch-accountant@demo.test');
  assert.deepEqual([made.docstatus, made.customer_name, made.currency], [0, customer, 'GBP']);
  assert.deepEqual(
    made.items.map((row: { idx: number }) => row.idx),
    [1, 2],
  );
  assert.equal(made.items[0].rate, 12.3456);
  assert.ok(made.items[0].item_name);
  assert.deepEqual((await accountant.get(`${INVOICES}/${made.name}`)).body, { data: made });
});

test('PUT changes what it names and nothing else; the version token moves on', async () => {
  const made = await create();
  const path = `${INVOICES}/${made.name}`;
  const changed = await accountant.put(path, { po_no: 'PO-1' });
  assert.equal(changed.status, 200, changed.text);
  const { modified, modified_by, po_no, ...rest } = changed.body.data;
  assert.equal(po_no, 'PO-1');
  assert.ok(modified > made.modified);
  assert.equal(modified_by, 'branch-accountant@demo.test');
  assert.deepEqual({ ...rest, po_no: null }, withoutVersion(made));
  const cleared = await accountant.put(path, { po_no: null });
  assert.equal(cleared.body.data.po_no, null);
});

test('a whole document can be sent back as it was read', async () => {
  const made = await create();
  const path = `${INVOICES}/${made.name}`;
  const back = await accountant.put(path, { ...made, remarks: 'seen' });
  assert.equal(back.status, 200, back.text);
  assert.equal(back.body.data.remarks, 'seen');
  assert.deepEqual(back.body.data.items, made.items);
});

test('an old version conflicts, by `modified` or If-Match; rows are replaced only with one', async () => {
  const made = await create();
  const path = `${INVOICES}/${made.name}`;
  const second = (await accountant.put(path, { modified: made.modified, po_no: '1' })).body.data;
  refused(
    await accountant.put(path, { modified: made.modified, po_no: '2' }),
    409,
    'version_conflict',
  );
  const match = async (version: string, body: object) =>
    await accountant.request('PUT', path, body, { 'if-match': version });
  refused(await match(`"${made.modified}"`, { po_no: '2' }), 409, 'version_conflict');
  refused(await match(second.modified, { modified: made.modified }), 400, 'bad_value');
  refused(await accountant.put(path, { items: [] }), 428, 'version_required');
  refused(await accountant.put(path, { modified: 7 }), 400, 'bad_value');
  const third = await match(`"${second.modified}"`, { items: second.items.slice(0, 1) });
  assert.equal(third.status, 200, third.text);
  assert.equal(third.body.data.items.length, 1);
  for (const operation of ['submit', 'amend', 'cancel']) {
    const answer = await accountant.post(`${path}/${operation}`, { modified: made.modified });
    assert.equal(answer.status, 409, operation);
  }
  const gone = await accountant.request('DELETE', path, undefined, { 'if-match': made.modified });
  refused(gone, 409, 'version_conflict');
});

test('of two writers at once with the same version, one wins and one is told', async () => {
  const made = await create();
  const path = `${INVOICES}/${made.name}`;
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      accountant.put(path, { modified: made.modified, po_no: `${i}` }),
    ),
  );
  const codes = answers.map(({ status }) => status).sort();
  assert.deepEqual(codes, [200, 409, 409, 409, 409, 409]);
});

test('rows keep their identity by name, take new ones, and go when they are left out', async () => {
  const made = await create();
  const [first, second] = made.items;
  const items = [
    { item_code: item, qty: 9 },
    { name: second.name, qty: 5 },
  ];
  const path = `${INVOICES}/${made.name}`;
  const { data } = (await accountant.put(path, { modified: made.modified, items })).body;
  assert.deepEqual(
    data.items.map((row: { qty: number; idx: number }) => [row.idx, row.qty]),
    [
      [1, 9],
      [2, 5],
    ],
  );
  assert.deepEqual([data.items[1].name, data.items[1].description], [second.name, 'second']);
  for (const rows of [[{ name: first.name, qty: 1 }], [items[1], items[1]], [{ name: 'other' }]]) {
    refused(await accountant.put(path, { modified: data.modified, items: rows }), 400, 'bad_value');
  }
});

test('INVARIANT (submitted-is-immutable): only what is declared for it changes after submit', async () => {
  const made = await create();
  const path = `${INVOICES}/${made.name}`;
  const submitted = await accountant.post(`${path}/submit`, {});
  assert.deepEqual([submitted.status, submitted.body.data.docstatus], [200, 1], submitted.text);
  for (const change of [
    { customer: 'Nobody Else' },
    { grand_total: 1 },
    { posting_date: '2026-05-05' },
    { po_no: 'PO-9' },
    { modified: submitted.body.data.modified, items: [] },
    { modified: submitted.body.data.modified, items: [{ name: made.items[0].name, qty: 3 }] },
  ]) {
    refused(await accountant.put(path, change), 409, 'submitted');
  }
  refused(await accountant.put(path, { docstatus: 0 }), 400, 'bad_value');
  refused(await accountant.put(path, { docstatus: 2 }), 400, 'bad_value');
  refused(await accountant.delete(path), 409, 'submitted');
  refused(await accountant.post(`${path}/submit`, {}), 409, 'submitted');
  refused(await accountant.post(`${path}/amend`, {}), 409, 'submitted');
  const remarked = await accountant.put(path, { remarks: 'paid by cheque' });
  assert.equal(remarked.body.data?.remarks, 'paid by cheque', remarked.text);
  assert.equal((await accountant.post(`${path}/cancel`, {})).body.data.docstatus, 2);
  refused(await accountant.put(path, { remarks: 'x' }), 409, 'submitted');
  refused(await accountant.post(`${path}/submit`, {}), 409, 'submitted');
  refused(await accountant.post(`${path}/cancel`, {}), 409, 'submitted');
});

test('amending makes a new draft of a cancelled document, which says where it came from', async () => {
  const made = await create({ po_no: 'PO-77' });
  const path = `${INVOICES}/${made.name}`;
  refused(await accountant.post(`${path}/cancel`, {}), 409, 'submitted');
  await accountant.post(`${path}/submit`, {});
  await accountant.post(`${path}/cancel`, {});
  const amended = await accountant.post(`${path}/amend`, {});
  assert.equal(amended.status, 200, amended.text);
  const { data } = amended.body;
  assert.deepEqual(
    [data.name, data.docstatus, data.amended_from],
    [`${made.name}-1`, 0, made.name],
  );
  assert.deepEqual([data.customer, data.po_no, data.items.length], [customer, 'PO-77', 2]);
  assert.notEqual(data.items[0].name, made.items[0].name);
  refused(await accountant.post(`${path}/amend`, {}), 409, 'duplicate');
  refused(await accountant.post(`${path}/submit`, { nope: 1 }), 400, 'unknown_parameter');
  await accountant.post(`${INVOICES}/${data.name}/submit`, {});
  await accountant.post(`${INVOICES}/${data.name}/cancel`, {});
  const again = await accountant.post(`${INVOICES}/${data.name}/amend`, {});
  assert.equal(again.body.data.name, `${made.name}-2`);
});

test('what an amendment does not copy begins with its default again', async () => {
  const hr = as('hr-manager');
  const filters = { docstatus: 1, status: 'Approved' };
  const list = await hr.get(`/api/resource/Leave Application${query({ filters, limit: 1 })}`);
  const path = `/api/resource/Leave Application/${list.body.data[0].name}`;
  assert.equal((await hr.post(`${path}/cancel`, {})).status, 200);
  const { data } = (await hr.post(`${path}/amend`, {})).body;
  assert.deepEqual([data.status, data.docstatus, data.half_day], ['Open', 0, data.half_day]);
});

test('DELETE answers 202 and the name is never given again', async () => {
  const made = await create();
  const path = `${INVOICES}/${made.name}`;
  const gone = await accountant.delete(path);
  assert.deepEqual([gone.status, gone.body], [202, { message: 'ok' }]);
  refused(await accountant.get(path), 404, 'not_found');
  refused(await accountant.delete(path), 404, 'not_found');
  const next = await create();
  assert.ok(next.name > made.name);
});

test('`duplicate` names the field only, `linked` only documents that the person may read', async () => {
  const manager = as('accounts-manager');
  const taken = await manager.post(CUSTOMERS, { customer_name: customer });
  refused(taken, 409, 'duplicate');
  assert.match(taken.body.errors[0].field, /^(customer_name|name)$/);
  assert.ok(!taken.text.includes(customer), taken.text);
  const linked = await manager.delete(
    `${CUSTOMERS}/${encodeURIComponent(await customerWithInvoice())}`,
  );
  refused(linked, 409, 'linked');
  assert.match(linked.body.detail, /^Sales Invoice `SINV-/);
  // A new customer that only a hidden document points to: said, but not by what.
  const { data } = (await manager.post(CUSTOMERS, { customer_name: 'Only Berlin' })).body;
  const berlin = draft({ customer: data.name, company: 'Larkspur DE', cost_center: 'Berlin' });
  assert.equal((await manager.post(INVOICES, berlin)).status, 200);
  const grant = await deleterOfCustomers();
  const blind = await grant.delete(`${CUSTOMERS}/Only Berlin`);
  refused(blind, 409, 'linked');
  assert.doesNotMatch(blind.text, /SINV|Sales Invoice/);
});

async function customerWithInvoice(): Promise<string> {
  const [row] = (await accountant.get(`${INVOICES}${query({ fields: ['customer'], limit: 1 })}`))
    .body.data;
  return row.customer;
}

/** The branch accountant, with a role besides that may delete customers and nothing else. */
async function deleterOfCustomers(): Promise<Client> {
  const admin = (await people(server, ['permission-manager']))('permission-manager');
  const rule = await admin.post('/api/resource/Role Rule', {
    role: 'HR User',
    document_type: 'Customer',
    actions: ['delete'],
    reach: 'within',
    status: 'in force',
  });
  assert.equal(rule.status, 200, rule.text);
  const grant = await admin.post('/api/resource/Grant', {
    grantee: 'branch-accountant@demo.test',
    role: 'HR User',
    scope: [],
    reason: 'test',
  });
  assert.equal(grant.status, 200, grant.text);
  return accountant;
}

test('create without the right on a visible doctype is forbidden; a guest finds no doctype', async () => {
  refused(await accountant.post('/api/resource/Item', { item_code: 'X' }), 403, 'forbidden');
  refused(await accountant.delete(`/api/resource/Item/${item}`), 403, 'forbidden');
  refused(await as('auditor').post('/api/resource/Audit Entry', {}), 403, 'forbidden');
  refused(await as('guest').post(INVOICES, draft()), 404, 'unknown_doctype');
  refused(await as('guest').get(INVOICES), 404, 'unknown_doctype');
});

test('an incomplete document says everything that is missing, field by field', async () => {
  const answer = await accountant.post(INVOICES, { items: [{ qty: 1 }], cost_center: 'Leeds' });
  refused(answer, 422, 'invalid_document');
  const fields = answer.body.errors.map(({ field }: { field: string }) => field).sort();
  assert.deepEqual(fields, ['company', 'customer', 'items[0].item_code', 'posting_date']);
});

test('standard fields are the system’s own', async () => {
  const made = await create();
  for (const [field, value] of [
    ['name', 'OTHER'],
    ['owner', 'auditor@demo.test'],
    ['creation', '2001-01-01 00:00:00.000000'],
    ['modified_by', 'auditor@demo.test'],
    ['docstatus', 1],
  ] as const) {
    refused(await accountant.put(`${INVOICES}/${made.name}`, { [field]: value }), 400, 'bad_value');
    refused(await accountant.post(INVOICES, draft({ [field]: value })), 400, 'bad_value');
  }
  refused(await accountant.put(`${INVOICES}/${made.name}`, { cell_id: 1 }), 400, 'unknown_field');
  refused(await accountant.put(`${INVOICES}/${made.name}`, { version: 9 }), 400, 'unknown_field');
});

function withoutVersion(document: Record<string, unknown>): object {
  const { modified, modified_by, ...rest } = document;
  return rest;
}
