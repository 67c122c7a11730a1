/** The past and the days to come, by HTTP: what was, by whose permissions it may be asked. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';
import { twoSlips } from '../support/slips.ts';

const EMPLOYEE = 'employee@demo.test';

let server: DemoServer;
let as: (persona: string) => Client;
let ownSlip: string;
let otherSlip: string;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    'employee',
    'new-hire',
    'hr-manager',
    'auditor',
    'permission-manager',
    'system-manager',
  ]);
  ({ own: ownSlip, other: otherSlip } = await twoSlips(as));
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function explain(persona: string, question: object) {
  return await as(persona).post('/api/access/explain', { doctype: 'Salary Slip', ...question });
}

const present = (): string => new Date().toISOString();

/** An instant after all that has happened, and before all that is done from here on. */
async function tick(): Promise<string> {
  const next = async (): Promise<string> => {
    const instant = present();
    while (present() === instant) await new Promise((resolve) => setImmediate(resolve));
    return present();
  };
  const instant = await next();
  await next();
  return instant;
}

async function give(input: object): Promise<string> {
  const answer = await as('permission-manager').post('/api/resource/Grant', input);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data.name;
}

async function end(grant: string): Promise<void> {
  const answer = await as('permission-manager').delete(`/api/resource/Grant/${grant}`);
  assert.equal(answer.status, 202, answer.text);
}

const hrOf = (user: string, more: object = {}) => ({
  ...{ grantee_type: 'User', grantee: user, role: 'HR Manager', reason: 'a test' },
  scope: ['Company', 'Department', 'Employee'].flatMap((dimension) =>
    ['*', '(blank)'].map((value) => ({ dimension, value, descendants: 0 })),
  ),
  ...more,
});

test('what a grant allowed is explained as of then, after it has ended, with a note', async () => {
  const before = await tick();
  const grant = await give(hrOf(EMPLOYEE));
  const during = await tick();
  await end(grant);
  const question = { action: 'read', name: otherSlip, user: EMPLOYEE };
  const answers = [];
  for (const at of [before, during, await tick(), undefined]) {
    const { status, body, text } = await explain('auditor', { ...question, at });
    assert.equal(status, 200, text);
    answers.push([body.allowed, body.because.map(({ name }: { name: string }) => name)]);
    assert.equal(typeof body.note, at === undefined ? 'undefined' : 'string', text);
  }
  assert.deepEqual(answers, [
    [false, []],
    [true, [grant]],
    [false, []],
    [false, []],
  ]);
  const { body } = await explain('auditor', { ...question, at: during });
  assert.match(body.note, /permissions of \d{4}.*UTC.*values that the document has now/);
  assert.equal(body.at, during.replace('T', ' ').replace('Z', '000'));
});

test('about oneself one asks as well, and sees one’s own grant as it was', async () => {
  const at = await tick();
  const { body } = await explain('employee', { action: 'read', name: ownSlip, at });
  assert.equal(body.allowed, true);
  assert.deepEqual(
    body.because.map(({ role }: { role: string }) => role),
    ['Employee'],
  );
  const denied = await explain('employee', { action: 'submit', name: ownSlip, at });
  assert.equal(denied.body.allowed, false);
});

test('INVARIANT (hidden-equals-missing): what is hidden today stays so, whatever was open then', async () => {
  const grant = await give(hrOf('new-hire@demo.test'));
  const then = await tick();
  // Positive control: then, it was open to them, and they were told so.
  const open = await explain('new-hire', { action: 'read', name: otherSlip, at: then });
  assert.equal(open.body.allowed, true, open.text);
  await end(grant);
  for (const action of ['read', 'write', 'submit']) {
    const [hidden, missing] = await Promise.all(
      [otherSlip, 'SAL-1999-00001'].map((name) => explain('new-hire', { action, name, at: then })),
    );
    assert.equal(hidden?.status, 200, hidden?.text);
    assert.equal(hidden?.text, missing?.text, action);
    assert.equal(hidden?.body.allowed, false);
  }
});

test('the past is asked about by today’s permissions', async () => {
  const at = await tick();
  const user = 'hr-manager@demo.test';
  for (const [persona, name, status, code] of [
    ['hr-manager', otherSlip, 403, 'forbidden'],
    ['employee', otherSlip, 404, 'not_found'],
    ['system-manager', otherSlip, 404, 'unknown_doctype'],
    ['guest', otherSlip, 404, 'unknown_doctype'],
  ] as const) {
    const about = persona === 'hr-manager' ? EMPLOYEE : user;
    const answer = await explain(persona, { action: 'read', name, at, user: about });
    assert.deepEqual([answer.status, answer.body.code], [status, code], persona);
  }
});

test('an instant ahead, before the records, or that is none is refused', async () => {
  for (const [at, says] of [
    ['2999-01-01T00:00:00Z', /lies ahead/],
    ['2001-01-01T00:00:00Z', /recorded since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC/],
    ['2001-01-01', /recorded since/],
    ['yesterday', /such as/],
    ['2026-02-30T00:00:00Z', /such as/],
    ['2026-02-28T00:00:00+02:00', /such as/],
    ['', /such as/],
  ] as const) {
    const answer = await explain('auditor', { action: 'read', name: ownSlip, user: EMPLOYEE, at });
    assert.deepEqual([answer.status, answer.body.code], [400, 'bad_value'], `${at} ${answer.text}`);
    assert.match(answer.body.detail, says, at);
  }
});

const inDays = (days: number): string =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');

// biome-ignore lint/suspicious/noExplicitAny: answers are checked by the tests that read them
type Entry = any;

test('the auditor hears what ends, and what nobody could do then; others hear of their own', async () => {
  const quiet = (await as('auditor').get('/api/access/forecast?days=20')).body;
  assert.deepEqual([quiet.of, quiet.ending, quiet.unheld], ['everybody', [], []]);
  const scope = [
    { dimension: 'Warehouse', value: 'London Store', descendants: 1 },
    { dimension: 'Company', value: 'Larkspur UK', descendants: 0 },
  ];
  const input = { grantee_type: 'User', grantee: 'new-hire@demo.test', role: 'Stock User', scope };
  const grant = await give({ ...input, reason: 'a test', until: inDays(10) });
  const { body } = await as('auditor').get('/api/access/forecast?days=20');
  assert.deepEqual(
    body.ending.map(({ kind, name }: Entry) => [kind, name]),
    [['grant', grant]],
  );
  const lost = body.unheld.find(
    (one: Entry) => one.doctype === 'Stock Entry' && one.actions.includes('submit'),
  );
  assert.deepEqual(
    lost?.ended.map(({ name }: Entry) => name),
    [grant],
    JSON.stringify(body.unheld),
  );
  assert.ok(
    lost.within.every(({ values }: Entry) =>
      values.every(({ value }: Entry) => value === 'London Store' || value === 'Larkspur UK'),
    ),
    JSON.stringify(lost),
  );
  // The storekeeper holds the same role elsewhere.
  assert.ok(!body.unheld.some(({ kind }: Entry) => kind === 'role'));
  const sooner = await as('auditor').get('/api/access/forecast?days=9');
  assert.deepEqual([sooner.body.ending, sooner.body.unheld], [[], []]);
  const own = (await as('new-hire').get('/api/access/forecast')).body;
  assert.deepEqual(
    [own.of, own.ending.map(({ name }: Entry) => name), own.unheld],
    ['oneself', [grant], []],
  );
  for (const persona of ['employee', 'system-manager', 'permission-manager']) {
    const { of, ending, unheld } = (await as(persona).get('/api/access/forecast')).body;
    assert.deepEqual([of, ending, unheld], ['oneself', [], []], persona);
  }
  await end(grant);
});

test('INVARIANT (ceiling-narrows): by a token for some doctypes, nothing of the others is told', async () => {
  const grant = await give(hrOf('auditor@demo.test', { until: inDays(5) }));
  const token = async (ceiling: object): Promise<Entry> => {
    const made = await as('auditor').post('/api/tokens', { label: 'narrow', ceiling });
    assert.equal(made.status, 200, made.text);
    const { key, secret } = made.body;
    const headers = { authorization: `token ${key}:${secret}` };
    return (await as('guest').request('GET', '/api/access/forecast', undefined, headers)).body;
  };
  const narrow = await token({ doctypes: ['Audit Entry'] });
  assert.deepEqual([narrow.of, narrow.ending, narrow.unheld], ['oneself', [], []]);
  const wide = await token({ actions: ['read', 'inspect'] });
  assert.deepEqual([wide.of, wide.ending.map(({ name }: Entry) => name)], ['everybody', [grant]]);
  await end(grant);
});

test('days that are none, and guests, are refused', async () => {
  for (const days of ['0', '3661', '-1', '1.5', 'x', '']) {
    const answer = await as('auditor').get(`/api/access/forecast?days=${days}`);
    assert.deepEqual([answer.status, answer.body.code], [400, 'bad_value'], days);
  }
  assert.equal((await as('auditor').get('/api/access/forecast?weeks=1')).status, 400);
  assert.equal((await as('guest').get('/api/access/forecast')).status, 401);
});
