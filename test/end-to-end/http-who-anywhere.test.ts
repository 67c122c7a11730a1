/** Who can see a field, of whom: complete, exact, and of nothing that the asker may not inspect. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { APPS } from '../../apps/all.ts';
import type { ReachEntry, WhoAnywhereAnswer } from '../../src/access/reach-answer.ts';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';
import { PermissionRows } from '../support/permission-rows.ts';

const SLIP = 'Salary Slip';
const UK = [{ dimension: 'Company', value: 'Larkspur UK', descendants: 0 as const }];
const DE = [{ dimension: 'Company', value: 'Larkspur DE', descendants: 0 as const }];
const BUSINESS_DOCTYPES = APPS.filter(({ name }) => name !== 'system')
  .flatMap(({ doctypes }) => doctypes)
  .filter(({ istable }) => istable !== true);

let server: DemoServer;
let as: (persona: string) => Client;
let rows: PermissionRows;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    ...['employee', 'new-hire', 'hr-manager', 'auditor', 'permission-manager'],
    ...['storekeeper', 'system-manager', 'accounts-manager'],
  ]);
  rows = new PermissionRows(server.database.superuser);
  await rows.put('role', { name: 'UK Inspector' });
  await rows.rule('UK Inspector', SLIP, ['inspect'], { except: ['Employee', 'Department'] });
  await rows.grant('storekeeper@demo.test', 'UK Inspector', UK);
  await rows.grant('assistant-admin@demo.test', 'HR Manager', DE);
});

after(async () => {
  await rows.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function ask(persona: string, question: object) {
  return await as(persona).post('/api/access/who', { action: 'read', doctype: SLIP, ...question });
}

async function asked(persona: string, question: object = {}): Promise<WhoAnywhereAnswer> {
  const answer = await ask(persona, question);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

function entry({ principals }: WhoAnywhereAnswer, persona: string): ReachEntry {
  const found = principals.find(({ name }) => name === `${persona}@demo.test`);
  assert.ok(found, `${persona} is not among ${principals.length}`);
  return found;
}

async function count(persona: string, filters: unknown[] = []): Promise<number> {
  return (await as(persona).get(`/api/count/${SLIP}${query({ filters })}`)).body.data;
}

test('who can see net_pay, of whom: HR of their company, each employee of themselves', async () => {
  const answer = await asked('auditor', { field: 'net_pay', by: 'Employee' });
  assert.equal(answer.total, answer.principals.length);
  const names = answer.principals.map(({ name }) => name);
  assert.ok(!names.includes('new-hire@demo.test') && !names.includes('auditor@demo.test'));

  const hr = entry(answer, 'hr-manager');
  assert.equal(hr.documents, await count('hr-manager'));
  const [first, second] = hr.because.toSorted((a, b) => b.documents - a.documents);
  assert.deepEqual([first?.role, first?.documents], ['HR Manager', hr.documents]);
  assert.deepEqual(first?.scope, UK);
  const own = await count('hr-manager', [['employee', '=', 'HR-EMP-00007']]);
  assert.deepEqual([second?.role, second?.documents], ['Employee', own]);
  assert.deepEqual(first?.within, [
    { dimension: 'Employee', path: 'employee', covers: 'everything' },
    {
      ...{ dimension: 'Company', path: 'company' },
      covers: [{ value: 'Larkspur UK', descendants: 0 }],
    },
    { dimension: 'Department', path: 'department', covers: 'everything' },
  ]);
  const companies = hr.of.find(({ path }) => path === 'company');
  assert.deepEqual(companies?.values, ['Larkspur UK']);
  const employees = hr.of.find(({ path }) => path === 'employee');
  assert.ok(employees && employees.total > 50 && employees.values === undefined);
  assert.equal(hr.by?.total, employees.total);

  const self = entry(answer, 'employee');
  assert.equal(self.documents, await count('employee'));
  assert.deepEqual(self.by, {
    ...{ dimension: 'Employee', path: 'employee', total: 1 },
    values: [{ value: 'HR-EMP-00042', documents: self.documents }],
  });
});

test('INVARIANT (one-truth): of every doctype, each person is told with what they can count', async () => {
  const personas = ['employee', 'new-hire', 'hr-manager', 'storekeeper', 'accounts-manager'];
  const doctypes = BUSINESS_DOCTYPES.filter(
    ({ dimension_paths = [] }) => dimension_paths.length > 0,
  );
  let told = 0;
  for (const { name } of doctypes) {
    const { principals } = await asked('auditor', { doctype: name });
    for (const persona of personas) {
      const counted = await as(persona).get(`/api/count/${name}`);
      const found = principals.find((one) => one.name === `${persona}@demo.test`);
      assert.equal(found?.documents ?? 0, counted.body.data ?? 0, `${persona} ${name}`);
      told += found ? 1 : 0;
    }
  }
  assert.ok(told > 15, `${told}`);
});

test('counts for each value come in pages that add up', async () => {
  const values: { value: string; documents: number }[] = [];
  let total = Number.POSITIVE_INFINITY;
  for (let start = 0; start < total; start += 20) {
    const user = 'hr-manager@demo.test';
    const answer = await asked('auditor', { user, by: 'employee', start, limit: 20 });
    const { by, documents } = entry(answer, 'hr-manager');
    assert.ok(by);
    assert.equal(answer.total, 1);
    values.push(...by.values);
    total = by.total;
    if (values.length < total) continue;
    assert.equal(new Set(values.map(({ value }) => value)).size, total);
    assert.equal(
      values.reduce((sum, one) => sum + one.documents, 0),
      documents,
    );
  }
  assert.ok(total > 20, 'there is more than one page');
});

test('a share and a write are told like any other way', async () => {
  const [slip] = (await as('hr-manager').get(`/api/resource/${SLIP}?limit=1`)).body.data;
  await rows.put('share', {
    ...{ name: 'told', document_type: SLIP, document_name: slip.name, actions: ['read'] },
    user: 'accounts-manager@demo.test',
  });
  const shared = entry(await asked('auditor', { field: 'net_pay' }), 'accounts-manager');
  assert.equal(shared.documents, 1);
  assert.deepEqual(shared.because, [{ kind: 'share', name: 'told', documents: 1 }]);
  const writers = await asked('auditor', { action: 'write' });
  const names = writers.principals.map(({ name }) => name);
  assert.ok(names.includes('hr-manager@demo.test'));
  assert.ok(!names.includes('accounts-manager@demo.test') && !names.includes('employee@demo.test'));
});

test('whoever may inspect one company is told of that company alone', async () => {
  const partial = await asked('storekeeper', { field: 'net_pay', by: 'Company' });
  const whole = await asked('auditor', { field: 'net_pay', by: 'Company' });
  assert.ok(partial.documents < whole.documents);
  const inUk = (answer: WhoAnywhereAnswer) =>
    answer.principals.flatMap(({ name, by }) =>
      (by?.values ?? [])
        .filter(({ value }) => value === 'Larkspur UK')
        .map(({ documents }) => ({ name, documents })),
    );
  assert.deepEqual(
    partial.principals.map(({ name, documents }) => ({ name, documents })),
    inUk(whole),
  );
  for (const { by } of partial.principals) {
    assert.deepEqual(
      by?.values.map(({ value }) => value),
      ['Larkspur UK'],
    );
  }
  // Positive control: others are told to whoever may ask about them.
  const elsewhere = whole.principals.some(({ by }) =>
    by?.values.some(({ value }) => value !== 'Larkspur UK'),
  );
  assert.ok(elsewhere);
});

test('without `inspect` everybody may ask about themselves, and about nobody else', async () => {
  const user = 'employee@demo.test';
  const own = await asked('employee', { user, field: 'net_pay' });
  assert.equal(own.of, 'one');
  assert.equal(own.documents, await count('employee'));
  assert.equal(entry(own, 'employee').documents, own.documents);
  const nothing = await asked('new-hire', { user: 'new-hire@demo.test' });
  assert.deepEqual([nothing.documents, nothing.principals], [0, []]);
  for (const [persona, question, status, code] of [
    ['employee', {}, 403, 'forbidden'],
    ['employee', { user: 'hr-manager@demo.test' }, 403, 'forbidden'],
    ['hr-manager', {}, 403, 'forbidden'],
    ['new-hire', {}, 403, 'forbidden'],
    ['permission-manager', {}, 404, 'unknown_doctype'],
    ['permission-manager', { user: 'permission-manager@demo.test' }, 404, 'unknown_doctype'],
    ['system-manager', {}, 404, 'unknown_doctype'],
    ['guest', {}, 404, 'unknown_doctype'],
  ] as const) {
    const answer = await ask(persona, question);
    assert.deepEqual([answer.status, answer.body.code], [status, code], `${persona} ${code}`);
  }
  const hidden = await ask('system-manager', {});
  const missing = await ask('system-manager', { doctype: 'No Such' });
  const same = (text: string, id: string) =>
    text.replaceAll(/Salary Slip|No Such/g, 'X').replace(id, '');
  assert.equal(
    same(hidden.text, hidden.body.request_id),
    same(missing.text, missing.body.request_id),
  );
});

test('INVARIANT (ceiling-narrows): through a token, no more is told than it may do', async () => {
  const through = async (persona: string, ceiling: object, question: object) => {
    const { body } = await as(persona).post('/api/tokens', { label: 'narrow', ceiling });
    const headers = { authorization: `token ${body.key}:${body.secret}` };
    const whole = { doctype: SLIP, ...question };
    return await as('guest').request('POST', '/api/access/who', whole, headers);
  };
  const mine = { action: 'read', user: 'employee@demo.test' };
  const open = await through('employee', {}, mine);
  assert.equal(open.body.principals.length, 1, open.text);
  const selecting = await through('employee', { actions: ['select'] }, mine);
  assert.deepEqual([selecting.status, selecting.body.principals], [200, []], selecting.text);
  const printing = await through('employee', { actions: ['read'] }, { ...mine, action: 'print' });
  assert.deepEqual([printing.status, printing.body.principals], [200, []], printing.text);

  const narrow = await through('auditor', { scope: DE }, { action: 'read', by: 'Company' });
  assert.equal(narrow.body.total, 1, narrow.text);
  for (const { by } of narrow.body.principals) {
    assert.deepEqual(by.values.length, 1);
    assert.equal(by.values[0].value, 'Larkspur DE');
  }
  const blind = await through('auditor', { actions: ['read'] }, { action: 'read' });
  assert.deepEqual([blind.status, blind.body.code], [403, 'forbidden'], blind.text);
});

test('as of a past instant: the permissions of then', async () => {
  const then = new Date().toISOString();
  await rows.grant('system-manager@demo.test', 'HR Manager', DE);
  assert.ok(entry(await asked('auditor'), 'system-manager').documents > 0);
  const past = await asked('auditor', { at: then, by: 'Company' });
  assert.match(String(past.note), /^Decided by the permissions of /);
  const names = past.principals.map(({ name }) => name);
  assert.ok(names.includes('hr-manager@demo.test') && !names.includes('system-manager@demo.test'));
});

test('a question that is not understood is refused', async () => {
  for (const [question, code] of [
    [{ action: 'reed' }, 'bad_value'],
    [{ field: 'no_such' }, 'unknown_field'],
    [{ by: 'Warehouse' }, 'bad_value'],
    [{ by: 'net_pay' }, 'bad_value'],
    [{ by: 'Employee', limit: 501 }, 'bad_value'],
    [{ by: 'Employee', start: -1 }, 'bad_value'],
    [{ limit: 5 }, 'bad_value'],
    [{ at: 'yesterday' }, 'bad_value'],
    [{ name: 'x', by: 'Employee' }, 'unknown_parameter'],
    [{ nonsense: 1 }, 'unknown_parameter'],
  ] as const) {
    const answer = await ask('auditor', question);
    assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(question));
  }
});

test('the answer takes well below a second', async (context) => {
  const begun = performance.now();
  await asked('auditor', { field: 'net_pay', by: 'Employee' });
  await asked('auditor', { doctype: 'Sales Invoice' });
  const milliseconds = Math.round(performance.now() - begun);
  context.diagnostic(`${milliseconds} ms for two questions`);
  assert.ok(milliseconds < 2000, `${milliseconds} ms`);
});
