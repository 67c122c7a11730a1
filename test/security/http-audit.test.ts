/** The audit log: every write and refusal is in it, no value is, and nobody can change it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectToMigrate } from '../../src/store/migrate/migration-connection.ts';
import { type Client, clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';

const ENTRIES = '/api/resource/Audit Entry';
const INVOICES = '/api/resource/Sales Invoice';
const SLIPS = '/api/resource/Salary Slip';

let server: DemoServer;
let as: (persona: string) => Client;
let customer: string;
let item: string;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    'branch-accountant',
    'auditor',
    'employee',
    'new-hire',
    'hr-manager',
    'permission-manager',
    'system-manager',
  ]);
  customer = (await as('branch-accountant').get('/api/resource/Customer?limit=1')).body.data[0]
    .name;
  item = (await as('branch-accountant').get('/api/resource/Item?limit=1')).body.data[0].name;
});

after(async () => {
  await server.stop();
});

type Entry = Record<string, string | number | null> & {
  detail: Record<string, unknown>;
};

async function entries(filters: object): Promise<Entry[]> {
  const parameters = { filters, fields: ['*'], limit: 500, order_by: 'creation asc' };
  const answer = await as('auditor').get(ENTRIES + query(parameters));
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data;
}

function invoice(more: object = {}): object {
  return {
    customer,
    company: 'Larkspur UK',
    cost_center: 'Leeds',
    posting_date: '2026-05-04',
    po_no: 'VERY-SECRET-PO',
    remarks: 'a remark nobody else should read',
    items: [{ item_code: item, qty: 7, rate: 4711.25, amount: 32_978.75 }],
    grand_total: 32_978.75,
    ...more,
  };
}

/** Runs as the database's superuser: what only an attacker of the machine would do. */
async function withSuperuser<Value>(
  work: (run: (sql: string) => Promise<Record<string, string | null>[]>) => Promise<Value>,
): Promise<Value> {
  const connection = await connectToMigrate(server.database.superuser);
  try {
    return await work(async (sql) => await connection.query(sql, []));
  } finally {
    await connection.close();
  }
}

test('INVARIANT (audit-with-write): each change of a document has its entry, with its witnesses', async () => {
  const who = as('branch-accountant');
  const { name } = await done(who.post(INVOICES, invoice()));
  const path = `${INVOICES}/${name}`;
  await done(who.put(path, { po_no: 'ANOTHER-SECRET' }));
  await done(who.post(`${path}/submit`, {}));
  await done(who.post(`${path}/cancel`, {}));
  await done(who.post(`${path}/amend`, {}));
  await done(who.delete(`${path}-1`));
  const written = await entries({ document_name: ['like', `${name}%`] });
  assert.deepEqual(
    written.map(({ action, document_name }) => [action, document_name]),
    [
      ['create', name],
      ['update', name],
      ['submit', name],
      ['cancel', name],
      ['amend', `${name}-1`],
      ['delete', `${name}-1`],
    ],
  );
  for (const entry of written) {
    assert.equal(entry['principal'], 'branch-accountant@demo.test');
    assert.deepEqual([entry['outcome'], entry['code'], entry['door']], ['allowed', null, 'http']);
    assert.deepEqual([entry['document_type'], entry['address']], ['Sales Invoice', '127.0.0.1']);
    assert.match(String(entry['hash']), /^[0-9a-f]{64}$/);
    assert.match(JSON.stringify(entry.detail['witnesses']), /^\["grant GRANT-\d+"\]$/);
  }
  assert.deepEqual(written[1]?.detail['fields'], ['po_no']);
});

test('INVARIANT (audit-with-write): where the entry cannot be written, the change is not made', async () => {
  const who = as('branch-accountant');
  const made = await done(who.post(INVOICES, invoice()));
  const path = `${INVOICES}/${made.name}`;
  const count = (await who.get('/api/count/Sales Invoice')).body.data;
  await withSuperuser(async (run) => {
    await run(`create function public.no_entry() returns trigger language plpgsql
      as $$ begin raise exception 'the audit log is broken'; end $$`);
    await run(
      'create trigger no_entry before insert on doc.audit_entry execute function public.no_entry()',
    );
  });
  const broken = [
    await who.post(INVOICES, invoice()),
    await who.put(path, { po_no: 'unseen' }),
    await who.post(`${path}/submit`, {}),
    await who.delete(path),
    await as('permission-manager').post('/api/resource/Grant', {
      grantee: 'new-hire@demo.test',
      role: 'Employee',
      scope: [{ dimension: 'Employee', value: 'HR-EMP-00042' }],
    }),
    // Neither is anything answered that would have had to be recorded.
    await as('new-hire').get(`${SLIPS}/SAL-1999-00001`),
    await as('employee').get(SLIPS),
    await as('system-manager').get(SLIPS),
  ];
  await withSuperuser(async (run) => {
    await run('drop trigger no_entry on doc.audit_entry');
  });
  for (const answer of broken) {
    assert.deepEqual([answer.status, answer.body.code], [500, 'internal'], answer.text);
    assert.ok(!answer.text.includes('broken') && !answer.text.includes('SAL-2'), answer.text);
  }
  assert.equal(server.errors.length, broken.length);
  assert.deepEqual(await done(who.get(path)), made);
  assert.equal((await who.get('/api/count/Sales Invoice')).body.data, count);
  assert.equal((await as('new-hire').get(SLIPS)).text, '{"data":[]}');
});

test('refusals and sight of pay are in the log before the answer is', async () => {
  for (const [persona, path, action, code] of [
    ['new-hire', `${SLIPS}/SAL-1999-00001`, 'read', 'not_found'],
    ['system-manager', SLIPS, 'list', 'unknown_doctype'],
    ['guest', '/api/count/Salary Slip', 'count', 'unknown_doctype'],
  ] as const) {
    const { body } = await as(persona).get(path);
    const [entry, ...more] = await entries({ request_id: body.request_id });
    assert.deepEqual([entry?.['action'], entry?.['code'], more.length], [action, code, 0], path);
    assert.equal(entry?.['outcome'], 'refused');
  }
  const refused = await as('branch-accountant').post('/api/resource/Item', { item_code: 'X' });
  assert.equal((await entries({ request_id: refused.body.request_id }))[0]?.['code'], 'forbidden');

  // Guesses of a closed field or a hidden link are seen to be made.
  const accountant = as('branch-accountant');
  const limit = { filters: { credit_limit: 5 } };
  for (const [answer, code] of [
    [await accountant.get(`/api/resource/Customer${query(limit)}`), 'unknown_field'],
    [await accountant.get(`/api/count/Customer${query(limit)}`), 'unknown_field'],
    [await accountant.post(INVOICES, invoice({ cost_center: 'Berlin' })), 'link_not_found'],
  ] as const) {
    assert.equal(answer.body.code, code, answer.text);
    const [entry, ...more] = await entries({ request_id: answer.body.request_id });
    assert.deepEqual([entry?.['outcome'], entry?.['code'], more.length], ['refused', code, 0]);
  }

  const mine = {
    principal: 'employee@demo.test',
    document_type: 'Salary Slip',
    outcome: 'allowed',
  };
  const before = (await entries(mine)).length;
  const { data } = (await as('employee').get(`${SLIPS}?fields=["name","net_pay"]&limit=2`)).body;
  const slip = await done(as('employee').get(`${SLIPS}/${data[0].name}`));
  const [list, read] = (await entries(mine)).slice(before);
  assert.deepEqual(
    [list?.['action'], list?.detail['count'], list?.detail['fields']],
    ['list', 2, ['name', 'net_pay']],
  );
  assert.deepEqual(
    list?.detail['names'],
    data.map(({ name }: { name: string }) => name),
  );
  assert.deepEqual([read?.['action'], read?.['document_name']], ['read', slip.name]);
  // Which fields it said, and never what they hold.
  const text = JSON.stringify([list, read]);
  for (const value of [slip.net_pay, slip.gross_pay, slip.employee])
    assert.ok(!text.includes(String(value)), text);
});

test('no pay is found out without a trace: not by counting, nor by an empty list, nor unnamed', async () => {
  const hr = as('hr-manager');
  const about = { principal: 'hr-manager@demo.test', outcome: 'allowed' };
  const filters = [['net_pay', '>', 2000]];
  const [{ name }] = await done(hr.get(SLIPS + query({ limit_page_length: 1 })));
  const asked = async (path: string) => {
    const before = (await entries(about)).length;
    const { status, text } = await hr.get(path);
    assert.equal(status, 200, text);
    const [entry, ...more] = (await entries(about)).slice(before);
    assert.deepEqual([more.length, typeof entry], [0, 'object'], path);
    return [entry?.['action'], entry?.detail['count'], entry?.detail['filters']];
  };
  const one = query({ filters: [['name', '=', name], ...filters] });
  const [action, , fields] = await asked(`/api/count/Salary Slip${one}`);
  assert.deepEqual([action, fields], ['count', ['name', 'net_pay']]);
  const none = query({ filters: [['net_pay', '>', 9_999_999]] });
  assert.deepEqual(await asked(SLIPS + none), ['list', 0, ['net_pay']]);
  // Fields that are personal are watched on every doctype, and a list names what it was of.
  const people = `/api/resource/Employee${query({ fields: ['base_salary'], limit_page_length: 2 })}`;
  const before = (await entries(about)).length;
  await done(hr.get(people));
  const [entry] = (await entries(about)).slice(before);
  const names = entry?.detail['names'] as string[];
  assert.ok(names.length === 2 && names.every((one) => one.startsWith('HR-EMP-')), String(names));
  const sum = { measures: [{ fn: 'sum', field: 'net_pay', as: 'x' }], group_by: ['department'] };
  const adding = (await entries(about)).length;
  await done(hr.post('/api/aggregate/Salary Slip', sum));
  const [added, ...others] = (await entries(about)).slice(adding);
  assert.deepEqual([added?.['action'], others], ['aggregate', []]);
  assert.deepEqual(added?.detail['measures'], [{ fn: 'sum', field: 'net_pay' }]);
  assert.deepEqual(added?.detail['groups'], [{ field: 'department' }]);
  assert.match(JSON.stringify(added?.detail['witnesses']), /^\["grant GRANT-/);
  const inOrder = query({ order_by: 'base_salary desc', limit_page_length: 1 });
  await done(hr.get(`/api/resource/Employee${inOrder}`));
  const last = (await entries(about)).at(-1);
  assert.deepEqual([last?.['action'], last?.detail['order']], ['list', ['base_salary']]);
  const harmless = `/api/resource/Employee${query({ fields: ['employee_name'] })}`;
  const quiet = (await entries(about)).length;
  await done(hr.get(harmless));
  assert.equal((await entries(about)).length, quiet);
});

test('signing in, failing to, signing out, and tokens are in the log, without the secret', async () => {
  const url = server.url;
  const attempt = { usr: 'employee@demo.test', pwd: 'a-wrong-password' };
  await clientOf(url).post('/api/method/login', attempt);
  const token = (await as('employee').post('/api/tokens', { label: 'x' })).body;
  const authorization = `token ${token.key}:${token.secret}`;
  await done(clientOf(url, { authorization }).get(SLIPS));
  await as('employee').delete(`/api/tokens/${token.id}`);
  await clientOf(url, { authorization }).get(SLIPS);
  const all = await entries({ door: 'http' });
  const of = (action: string) => all.filter((entry) => entry['action'] === action);
  assert.ok(
    of('sign in').some(
      ({ outcome, document_name }) => outcome === 'refused' && document_name === attempt.usr,
    ),
  );
  assert.ok(of('sign in').some(({ outcome }) => outcome === 'allowed'));
  assert.deepEqual([of('make token').length, of('end token').length], [1, 1]);
  assert.deepEqual(
    of('use token').map(({ outcome }) => outcome),
    ['refused'],
  );
  const byToken = all.filter(({ actor }) => actor === `token:${token.id}`);
  assert.deepEqual([...new Set(byToken.map(({ principal }) => principal))], [attempt.usr]);
  const text = JSON.stringify(all);
  for (const secret of [token.secret, attempt.pwd, server.password])
    assert.ok(!text.includes(secret));
});

test('a token that never was is in the log with its key, and without what else was sent', async () => {
  for (const [authorization, key] of [
    ['token NoSuchKey:no-such-secret', 'NoSuchKey'],
    ['bearer OtherKey:no-such-secret', 'OtherKey'],
    ['Basic bm8tc3VjaC1zZWNyZXQ6eA==', null],
  ] as const) {
    const { status, body } = await clientOf(server.url, { authorization }).get(SLIPS);
    assert.equal(status, 401);
    const [entry, ...more] = await entries({ request_id: body.request_id });
    assert.deepEqual([entry?.['action'], entry?.['outcome']], ['use token', 'refused']);
    assert.deepEqual([entry?.['document_name'] || null, more.length], [key, 0]);
    assert.doesNotMatch(JSON.stringify(entry), /no-such-secret|bm8t/);
  }
});

test('no value of any field is in any entry', async () => {
  await done(as('branch-accountant').post(INVOICES, invoice({ po_no: 'PO-IN-NO-LOG' })));
  await as('branch-accountant').post(
    INVOICES,
    invoice({ po_no: 'PO-REFUSED', customer: 'Hidden & Sons' }),
  );
  const rows = await withSuperuser(
    async (run) => await run('select row_to_json(e)::text as text from doc.audit_entry e'),
  );
  assert.ok(rows.length > 20);
  const text = rows.map((row) => row['text']).join('\n');
  for (const value of [
    'PO-IN-NO-LOG',
    'PO-REFUSED',
    'VERY-SECRET-PO',
    'ANOTHER-SECRET',
    'Hidden & Sons',
    'nobody else should read',
    '4711.25',
    '32978.75',
  ]) {
    assert.ok(!text.includes(value), value);
  }
});

test('auditors read the log; nobody else does, and nobody writes, changes or removes in it', async () => {
  const [entry] = await entries({});
  assert.ok(entry);
  const path = `${ENTRIES}/${entry['name']}`;
  assert.equal((await as('auditor').get(path)).status, 200);
  for (const answer of [
    await as('auditor').post(ENTRIES, { principal: 'x', action: 'x', outcome: 'allowed' }),
    await as('auditor').put(path, { principal: 'x' }),
    await as('auditor').delete(path),
  ]) {
    assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden'], answer.text);
  }
  for (const persona of ['employee', 'permission-manager', 'system-manager', 'guest']) {
    for (const answer of [
      await as(persona).get(ENTRIES),
      await as(persona).get(path),
      await as(persona).put(path, {}),
      await as(persona).delete(path),
    ]) {
      assert.deepEqual([answer.status, answer.body.code], [404, 'unknown_doctype'], persona);
    }
  }
  // Not even with every right there is: entries are only ever added, by the system.
  const rule = {
    role: 'Auditor',
    document_type: 'Audit Entry',
    actions: ['read', 'create', 'write', 'delete', 'import'],
    reach: 'within',
    status: 'in force',
  };
  await done(as('permission-manager').post('/api/resource/Role Rule', rule));
  for (const answer of [
    await as('auditor').post(ENTRIES, { principal: 'x', action: 'x', outcome: 'allowed' }),
    await as('auditor').put(path, { principal: 'x' }),
    await as('auditor').delete(path),
  ]) {
    assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden'], answer.text);
  }
  assert.deepEqual(
    (await as('auditor').get(path)).body.data,
    entry && { doctype: 'Audit Entry', ...entry },
  );
});

test('INVARIANT (no-anonymous-work): every entry says who it was, a guest by that name', async () => {
  const rows = await withSuperuser(
    async (run) =>
      await run(`select distinct principal from doc.audit_entry where principal is null
      or principal = '' or not (principal like '%@%' or principal like 'system:%' or principal = 'Guest')`),
  );
  assert.deepEqual(rows, []);
  const guest = await as('guest').get(SLIPS);
  const [entry] = await entries({ request_id: guest.body.request_id });
  assert.equal(entry?.['principal'], 'Guest');
});
