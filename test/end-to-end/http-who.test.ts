/** Who can: complete, with reasons, and for whoever may ask only. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';
import { SLIPS, twoSlips } from '../support/slips.ts';

const PERSONAS = [
  ...['employee', 'new-hire', 'hr-manager', 'branch-accountant', 'accounts-manager'],
  ...['storekeeper', 'auditor', 'permission-manager', 'system-manager'],
];

let server: DemoServer;
let as: (persona: string) => Client;
let ownSlip: string;
let otherSlip: string;

before(async () => {
  server = await demoServer();
  as = await people(server, PERSONAS);
  ({ own: ownSlip, other: otherSlip } = await twoSlips(as));
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function who(persona: string, question: object) {
  return await as(persona).post('/api/access/who', { doctype: 'Salary Slip', ...question });
}

const nameOf = ({ name }: { name: string }): string => name;

test('who can read is exactly who can read', async () => {
  for (const name of [ownSlip, otherSlip]) {
    const answer = await who('auditor', { action: 'read', name });
    assert.equal(answer.status, 200, answer.text);
    const { principals, total } = answer.body;
    assert.equal(total, principals.length);
    const reading = await Promise.all(
      PERSONAS.map(async (persona) => (await as(persona).get(`${SLIPS}/${name}`)).status === 200),
    );
    const expected = PERSONAS.filter((_, index) => reading[index]).map((p) => `${p}@demo.test`);
    const said = principals.map(nameOf).filter((one: string) => expected.includes(one));
    assert.deepEqual(said, expected.sort(), name);
    const personas = principals.map(nameOf).filter((one: string) => /^[a-z-]+@demo/.test(one));
    assert.deepEqual(personas.sort(), expected, 'nobody of the personas is said who cannot');
    for (const { because } of principals) assert.ok(because.length > 0);
  }
});

test('the reasons are those that explain gives of the same person', async () => {
  const { body } = await who('auditor', { action: 'read', name: ownSlip });
  for (const { name: user, because } of body.principals) {
    const question = { action: 'read', doctype: 'Salary Slip', name: ownSlip, user };
    const explained = (await as('auditor').post('/api/access/explain', question)).body;
    assert.deepEqual(because, explained.because, user);
  }
});

test('of a field: only those to whom its level is open', async () => {
  const [{ name }] = (await as('branch-accountant').get('/api/resource/Customer?limit=1')).body
    .data;
  const ask = async (field: string) => {
    const { body } = await who('auditor', { doctype: 'Customer', action: 'read', name, field });
    return body.principals.map(nameOf);
  };
  const limit = await ask('credit_limit');
  assert.ok(limit.includes('accounts-manager@demo.test'));
  assert.ok(!limit.includes('branch-accountant@demo.test'));
  assert.ok((await ask('tax_id')).includes('branch-accountant@demo.test'));
  const unknown = await who('auditor', { doctype: 'Customer', action: 'read', name, field: 'x' });
  assert.deepEqual([unknown.status, unknown.body.code], [400, 'unknown_field']);
});

test('without `inspect` nobody is told, and what is hidden is not there', async () => {
  for (const [persona, name, status, code] of [
    ['hr-manager', otherSlip, 403, 'forbidden'],
    ['employee', ownSlip, 403, 'forbidden'],
    ['employee', otherSlip, 404, 'not_found'],
    ['employee', 'SAL-1999-00001', 404, 'not_found'],
    ['auditor', 'SAL-1999-00001', 404, 'not_found'],
    ['system-manager', otherSlip, 404, 'unknown_doctype'],
    ['guest', otherSlip, 404, 'unknown_doctype'],
  ] as const) {
    const answer = await who(persona, { action: 'read', name });
    assert.deepEqual([answer.status, answer.body.code], [status, code], `${persona} ${name}`);
  }
});

test('a question that is not understood is refused', async () => {
  for (const [question, code] of [
    [{ action: 'reed', name: ownSlip }, 'bad_value'],
    [{ action: 'read', name: 7 }, 'bad_value'],
    [{ action: 'read', name: ownSlip, user: 'x' }, 'unknown_parameter'],
  ] as const) {
    const answer = await who('auditor', question);
    assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(question));
  }
});

test('an explanation says what remains without each of its parts', async () => {
  const slip = (
    await as('hr-manager').get(
      SLIPS +
        query({
          filters: [['employee', '=', 'HR-EMP-00007']],
          limit: 1,
        }),
    )
  ).body.data[0].name;
  const question = { action: 'read', doctype: 'Salary Slip', name: slip };
  const { body } = await as('hr-manager').post('/api/access/explain', question);
  assert.equal(body.because.length, 2);
  for (const { without } of body.because) assert.equal(without.allowed, true);
  assert.deepEqual(
    body.ends_without.sort(),
    body.because.map(({ name }: { name: string }) => `grant ${name}`).sort(),
  );
  const own = await as('employee').post('/api/access/explain', { ...question, name: ownSlip });
  assert.deepEqual(own.body.because[0].without, { allowed: false, levels: [] });
});

test('the value that is not covered is told to whoever may inspect, and to nobody else', async () => {
  const employee = (await as('hr-manager').get(`${SLIPS}/${otherSlip}`)).body.data.employee;
  const question = { action: 'read', doctype: 'Salary Slip', name: otherSlip };
  const told = await as('auditor').post('/api/access/explain', {
    ...question,
    user: 'employee@demo.test',
  });
  assert.ok(told.text.includes(employee), told.text);
  const own = await as('employee').post('/api/access/explain', question);
  assert.ok(!own.text.includes(employee), own.text);
});
