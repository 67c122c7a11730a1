/** The history of a document by HTTP: its versions, what it was, and back to it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { historyLines } from '../../src/cli/history-lines.ts';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

const INVOICES = '/api/resource/Sales Invoice';

let server: DemoServer;
let as: (persona: string) => Client;
let accountant: Client;
let invoice = '';

before(async () => {
  server = await demoServer();
  as = await people(server, ['branch-accountant', 'auditor', 'hr-manager', 'employee']);
  accountant = as('branch-accountant');
  const item = (await accountant.get('/api/resource/Item?limit=1')).body.data[0].name;
  const customer = (await accountant.get('/api/resource/Customer?limit=1')).body.data[0].name;
  const made = await accountant.post(INVOICES, {
    ...{
      customer,
      company: 'Larkspur UK',
      cost_center: 'Leeds Retail',
      posting_date: '2026-05-04',
    },
    items: [{ item_code: item, qty: 2, rate: 12.3456, amount: 24.6912 }],
    ...{ net_total: 24.6912, po_no: 'PO-1' },
  });
  assert.equal(made.status, 200, made.text);
  invoice = made.body.data.name;
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

test('versions, the document as it was, and its restore', async () => {
  const path = `${INVOICES}/${invoice}`;
  const first = (await accountant.get(path)).body.data;
  const changed = await accountant.put(path, { po_no: 'PO-2' });
  assert.equal(changed.status, 200, changed.text);
  const { body } = await accountant.get(`${path}/versions`);
  const [last, made] = body.data;
  assert.deepEqual(body.data.length, 2);
  assert.deepEqual(last.fields, { po_no: ['PO-1', 'PO-2'] });
  assert.deepEqual(
    [last.version, last.action, last.principal, last.at],
    [2, 'update', 'branch-accountant@demo.test', changed.body.data.modified],
  );
  assert.deepEqual([made.version, made.action], [1, 'create']);
  assert.deepEqual(
    (await accountant.get(`${path}/versions${query({ limit: 1, limit_start: 1 })}`)).body.data,
    [made],
  );
  assert.deepEqual((await accountant.get(`${path}/versions/1`)).body.data, first);
  const restore = `${path}/versions/1/restore`;
  const token = { modified: changed.body.data.modified };
  assert.equal((await accountant.post(restore, {})).status, 428);
  assert.equal((await accountant.post(restore, { modified: first.modified })).status, 409);
  const back = await accountant.post(restore, token);
  assert.deepEqual([back.status, back.body.data.po_no], [200, 'PO-1'], back.text);
  const lines = historyLines({
    versions: (await accountant.get(`${path}/versions`)).body.data,
  });
  assert.match(lines.join('\n'), /^3 .* restore of version 1 .*\n {2}po_no: "PO-2" -> "PO-1"\n2 /);
});

test('what is hidden, missing or ill-formed is refused as everywhere', async () => {
  const answer = async (who: string, path: string) => {
    const { status, body } = await as(who).get(path);
    return [status, body.code];
  };
  for (const rest of ['versions', 'versions/1']) {
    assert.deepEqual(await answer('branch-accountant', `${INVOICES}/nowhere/${rest}`), [
      404,
      'not_found',
    ]);
    assert.deepEqual(await answer('employee', `${INVOICES}/${invoice}/${rest}`), [
      404,
      'unknown_doctype',
    ]);
    assert.deepEqual(await answer('guest', `${INVOICES}/${invoice}/${rest}`), [
      404,
      'unknown_doctype',
    ]);
  }
  for (const [rest, code] of [
    ['versions/0', 'bad_value'],
    ['versions/x', 'bad_value'],
    ['versions?limit=0', 'bad_value'],
    ['versions?limit=501', 'bad_value'],
    ['versions?x=1', 'unknown_parameter'],
  ]) {
    assert.deepEqual(await answer('branch-accountant', `${INVOICES}/${invoice}/${rest}`), [
      400,
      code,
    ]);
  }
});

test('reading the history of what is personal is recorded, with names and no values', async () => {
  const slip = (await as('hr-manager').get('/api/resource/Salary Slip?limit=1')).body.data[0].name;
  const path = `/api/resource/Salary Slip/${slip}/versions`;
  assert.equal((await as('hr-manager').get(path)).status, 200);
  const was = await as('hr-manager').get(`${path}/1`);
  assert.equal(was.status, 200, was.text);
  const filters = [
    ['action', '=', 'history'],
    ['document_name', '=', slip],
  ];
  const entries = await as('auditor').get(
    `/api/resource/Audit Entry${query({ filters, fields: ['outcome', 'detail', 'principal'] })}`,
  );
  const details = entries.body.data.map((entry: { detail: object }) =>
    JSON.stringify(entry.detail),
  );
  assert.ok(details.length >= 1, entries.text);
  assert.ok(details.some((detail: string) => detail.includes('gross_pay')));
  const pay = String(was.body.data.gross_pay);
  assert.ok(pay.length > 2 && details.every((detail: string) => !detail.includes(pay)));
});
