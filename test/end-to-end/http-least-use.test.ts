/** Least use by HTTP: what each grant alone gives, and when something last rested on it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LeastUseRow } from '../../src/access/least-use-answer.ts';
import { connectToMigrate } from '../../src/store/migrate/migration-connection.ts';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

const SLIPS = '/api/resource/Salary Slip';
const HR = 'hr-manager@demo.test';
const EMPLOYEE = 'employee@demo.test';
const TODAY = new Date().toISOString().slice(0, 10);

let server: DemoServer;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    ...['employee', 'new-hire', 'hr-manager', 'auditor', 'permission-manager'],
    ...['system-manager', 'branch-accountant', 'storekeeper'],
  ]);
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const path = (parameters: object): string => `/api/access/least-use${query({ ...parameters })}`;

async function told(persona: string, parameters: object = {}) {
  const answer = await as(persona).get(path(parameters));
  assert.equal(answer.status, 200, answer.text);
  return answer.body as { of: string; data: LeastUseRow[]; total: number; withheld: number };
}

async function only(parameters: object): Promise<LeastUseRow> {
  const { data } = await told('auditor', parameters);
  assert.equal(data.length, 1, JSON.stringify(data));
  return data[0] as LeastUseRow;
}

async function give(input: object): Promise<string> {
  const answer = await as('permission-manager').post('/api/resource/Grant', {
    ...{ grantee_type: 'User', reason: 'a test', ...input },
  });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data.name;
}

async function end(grant: string): Promise<void> {
  const answer = await as('permission-manager').delete(`/api/resource/Grant/${grant}`);
  assert.equal(answer.status, 202, answer.text);
}

const within = (dimension: string, ...values: string[]) =>
  values.map((value) => ({ dimension, value, descendants: 0 }));

const needsOf = ({ last_needed, last_solely_needed }: LeastUseRow) => [
  last_needed,
  last_solely_needed,
];

test('for each grant it is exactly what a preview of its end says is lost', async () => {
  const { of, data, withheld } = await told('auditor', { limit: 500 });
  assert.deepEqual([of, withheld], ['everybody', 0]);
  const needed = data.filter(({ alone }) => alone.length > 0);
  const idle = data.filter(({ redundant }) => redundant !== null);
  assert.ok(needed.length >= 8 && idle.length >= 1, `${needed.length}, ${idle.length}`);
  for (const { grant, alone, alone_fields } of [...needed.slice(0, 25), ...idle.slice(0, 25)]) {
    const remove = [{ type: 'grant', name: grant }];
    const { body } = await as('auditor').post('/api/access/preview', { remove });
    // The log grows by each preview.
    const sorted = (lines: readonly { readonly doctype: string }[]): string[] =>
      lines
        .filter(({ doctype }) => doctype !== 'Audit Entry')
        .map((one) => JSON.stringify(Object.entries(one).sort()))
        .sort();
    assert.deepEqual(sorted(body.lost), sorted(alone), grant);
    const read = alone_fields.filter(({ action }) => action === 'read');
    const fields = read.map(({ action: _, ...one }) => one);
    assert.deepEqual(sorted(body.fields.lost), sorted(fields), grant);
  }
});

test('a payslip of one’s own is no manager’s alone to show; a role without rules gives nothing ever', async () => {
  const [, hr] = (await told('auditor', { user: HR })).data.toSorted((a, b) =>
    a.role < b.role ? -1 : 1,
  );
  const filters = [['company', '=', 'Larkspur UK']];
  const count = (await as('hr-manager').get(`/api/count/Salary Slip${query({ filters })}`)).body
    .data;
  const read = hr?.alone.find(
    ({ doctype, action }) => doctype === 'Salary Slip' && action === 'read',
  );
  assert.equal(hr?.role, 'HR Manager');
  assert.ok(read && read.documents > 0 && read.documents < count, `${read?.documents} of ${count}`);
  assert.equal(read.people, 1);
  const empty = await only({ user: 'new-hire@demo.test', role: 'Employee' });
  assert.ok(!empty.alone.some(({ doctype }) => doctype === 'Salary Slip'));
  // A role without rules opens nothing, and never will while it has none.
  const bare = await only({ role: 'Assistant Admin' });
  assert.deepEqual([bare.alone, bare.redundant, bare.by], [[], 'ever', []]);
});

test('what another grant says again gives nothing ever; what only covers today’s documents, now', async () => {
  const role = 'Stock User';
  const [own] = (await told('auditor', { user: 'storekeeper@demo.test', role })).data;
  assert.ok(own);
  assert.equal(own.redundant, null);
  const { scope } = own;
  const same = await give({ grantee: 'storekeeper@demo.test', role, scope });
  const both = (await told('auditor', { user: 'storekeeper@demo.test', role })).data;
  assert.deepEqual(
    both.map(({ grant, alone, redundant, by }) => [grant, alone, redundant, by]),
    [
      [own.grant, [], 'ever', [same]],
      [same, [], 'ever', [own.grant]],
    ],
  );
  await end(same);
  // Positive control: with the other one gone, it gives all that it gave.
  assert.deepEqual((await only({ grant: own.grant })).alone, own.alone);
  const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
  const brief = await give({ grantee: 'storekeeper@demo.test', role, scope, until });
  assert.deepEqual((await only({ grant: own.grant })).redundant, 'now');
  assert.deepEqual((await only({ grant: brief })).redundant, 'ever');
  await end(brief);
});

test('a read moves the grants it rested on and no others, and solely the only one', async () => {
  const slip = (await as('hr-manager').get(`${SLIPS}?limit=1`)).body.data[0].name;
  const { employee } = (await as('hr-manager').get(`${SLIPS}/${slip}`)).body.data;
  const holder = { grantee: 'storekeeper@demo.test' };
  const employees = async (value: string) =>
    await give({ ...holder, role: 'Employee', scope: within('Employee', value) });
  const one = await employees(employee);
  const other = await employees('HR-EMP-00042');
  assert.notEqual(employee, 'HR-EMP-00042');
  const needs = async (...grants: string[]) =>
    await Promise.all(grants.map(async (grant) => needsOf(await only({ grant }))));
  const never = [null, null];
  assert.deepEqual(await needs(one, other), [never, never]);
  assert.equal((await only({ grant: one })).since, TODAY);
  const read = await as('storekeeper').get(`${SLIPS}/${slip}`);
  assert.equal(read.status, 200, read.text);
  assert.deepEqual(await needs(one, other), [[TODAY, TODAY], never]);
  // By two grants alike, neither is needed solely.
  const again = await employees(employee);
  const filters = [['employee', '=', employee]];
  const list = await as('storekeeper').get(SLIPS + query({ filters, limit: 3 }));
  assert.ok(list.body.data.length > 0);
  assert.deepEqual(await needs(again, other), [[TODAY, null], never]);
  const third = await employees(employee);
  const counted = await as('storekeeper').get(`/api/count/Salary Slip${query({ filters })}`);
  assert.ok(counted.body.data > 0);
  assert.deepEqual(await needs(third, other), [[TODAY, null], never]);
  // A refusal rests on nothing.
  const hidden = await as('storekeeper').get(`${SLIPS}/SAL-1999-00001`);
  assert.equal(hidden.status, 404);
  assert.deepEqual(await needs(other), [never]);
  for (const grant of [one, other, again, third]) await end(grant);
});

test('a write moves the grant that it rested on', async () => {
  const filters = [
    ['docstatus', '=', 0],
    ['company', '=', 'Larkspur UK'],
  ];
  const invoices = '/api/resource/Sales Invoice';
  const all = await told('auditor', { user: 'branch-accountant@demo.test' });
  const writing = all.data.filter(({ role }) => role === 'Accounts User').map(({ grant }) => grant);
  assert.equal(writing.length, 1);
  const scope = [...within('Company', 'Larkspur DE'), ...within('Cost Center', '*', '(blank)')];
  const idle = await give({ grantee: 'branch-accountant@demo.test', role: 'Accounts User', scope });
  const open = await as('branch-accountant').get(invoices + query({ filters, limit: 1 }));
  const name = open.body.data[0]?.name;
  assert.ok(name, 'no draft to write');
  const { modified } = (await as('branch-accountant').get(`${invoices}/${name}`)).body.data;
  const input = { po_no: 'PO-1', modified };
  const written = await as('branch-accountant').put(`${invoices}/${name}`, input);
  assert.equal(written.status, 200, written.text);
  assert.deepEqual(needsOf(await only({ grant: String(writing[0]) })), [TODAY, TODAY]);
  assert.deepEqual(needsOf(await only({ grant: idle })), [null, null]);
  await end(idle);
});

test('what is kept at hand is what the log says', async () => {
  const connection = await connectToMigrate(server.database.superuser);
  try {
    const days = (column: string) => `select substr(w.name, 7) as grant_name, e.principal,
      max(e.creation)::date::text as day from doc.audit_entry e,
      jsonb_array_elements_text(e.detail -> '${column}') w(name)
      where w.name like 'grant %' group by 1, 2`;
    const kept = (column: string) => `select grant_name, principal, ${column}::text as day
      from sys.grant_need where ${column} is not null`;
    for (const [said, column] of [
      ['witnesses', 'needed'],
      ['solely', 'solely'],
    ] as const) {
      const ordered = (sql: string) => `${sql} order by grant_name, principal`;
      const log = await connection.query(ordered(days(said)), []);
      assert.ok(log.length >= 3, `${log.length}`);
      assert.deepEqual(await connection.query(ordered(kept(column)), []), log);
    }
  } finally {
    await connection.close();
  }
});

test('about oneself one learns of one’s own, and nothing of anybody else', async () => {
  for (const persona of ['employee', 'permission-manager', 'system-manager']) {
    const own = await told(persona);
    assert.equal(own.of, 'oneself');
    const me = `${persona}@demo.test`;
    for (const row of own.data) {
      assert.ok(row.grantee === me || row.grantee_type === 'Group', JSON.stringify(row));
      for (const { people, documents, pairs } of [...row.alone, ...row.alone_fields]) {
        assert.deepEqual([people, pairs], [1, documents], row.grant);
      }
    }
    assert.deepEqual((await told(persona, { user: me })).data, own.data);
  }
  const [hr] = (await told('auditor', { user: HR, role: 'HR Manager' })).data;
  const other = await as('employee').get(path({ user: HR }));
  assert.deepEqual([other.status, other.body.code], [403, 'forbidden']);
  const answers = await Promise.all(
    [String(hr?.grant), 'GRANT-99999'].map((grant) => as('employee').get(path({ grant }))),
  );
  assert.deepEqual(
    answers.map(({ status, body }) => [status, body.code]),
    [
      [404, 'not_found'],
      [404, 'not_found'],
    ],
  );
  assert.equal((await as('guest').get(path({}))).status, 401);
});

test('who may inspect a part is told of grants that stay within it, and how many do not', async () => {
  const scope = [
    ...within('Company', 'Larkspur SG'),
    ...['Cost Center', 'Department', 'Employee', 'Warehouse'].flatMap((dimension) =>
      within(dimension, '*', '(blank)'),
    ),
  ];
  const grant = await give({ grantee: EMPLOYEE, role: 'Auditor', scope });
  const [hr] = (await told('auditor', { user: HR, role: 'HR Manager' })).data;
  const part = await told('employee');
  assert.equal(part.of, 'everybody');
  assert.ok(part.withheld > 0 && part.total < (await told('auditor')).total);
  assert.ok(!part.data.some((row) => row.grant === hr?.grant));
  const refused = await as('employee').get(path({ grant: String(hr?.grant) }));
  assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden']);
  // Positive control: a grant that reaches nothing is told of to whoever may inspect grants.
  assert.equal((await told('employee', { role: 'Assistant Admin' })).data.length, 1);
  await end(grant);
});

test('INVARIANT (ceiling-narrows): by a token for some doctypes, nothing of the others is told', async () => {
  const asked = async (ceiling: object) => {
    const made = await as('employee').post('/api/tokens', { label: 'narrow', ceiling });
    assert.equal(made.status, 200, made.text);
    const headers = { authorization: `token ${made.body.key}:${made.body.secret}` };
    return (await as('guest').request('GET', path({}), undefined, headers)).body;
  };
  assert.ok((await told('employee')).data.length > 0);
  assert.deepEqual((await asked({ doctypes: ['Grant', 'Leave Application'] })).data, []);
  assert.deepEqual((await asked({ scope: within('Company', 'Larkspur UK') })).data, []);
  assert.deepEqual((await asked({ actions: ['read'] })).data, []);
});

test('pages follow each other, and what no list has is refused', async () => {
  const all = await told('auditor', { limit: 500 });
  assert.equal(all.total, all.data.length);
  const pages = [];
  for (let start = 0; start < 6; start += 2) {
    pages.push(...(await told('auditor', { limit_start: start, limit_page_length: 2 })).data);
  }
  assert.deepEqual(
    pages.map((row) => row.grant),
    all.data.slice(0, 6).map((row) => row.grant),
  );
  for (const bad of [{ limit: 0 }, { limit: 501 }, { limit_start: 'x' }]) {
    const answer = await as('auditor').get(path(bad));
    assert.deepEqual([answer.status, answer.body.code], [400, 'bad_value'], JSON.stringify(bad));
  }
  assert.equal(
    (await as('auditor').get(path({ doctype: 'Grant' }))).body.code,
    'unknown_parameter',
  );
  assert.deepEqual((await told('auditor', { role: 'no such role' })).data, []);
});
