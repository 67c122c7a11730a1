/** Lint over HTTP: what opens records to many, counted, and told to whoever may inspect it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LintAnswer } from '../../src/access/lint.ts';
import type { FindingEntry } from '../../src/access/lint-words.ts';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';
import { everywhere, PermissionRows } from '../support/permission-rows.ts';

const SLIP = 'Salary Slip';
const ALL = everywhere(['Company', 'Employee', 'Department']);

let server: DemoServer;
let as: (persona: string) => Client;
let rows: PermissionRows;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    ...['employee', 'hr-manager', 'auditor', 'permission-manager', 'system-manager'],
  ]);
  rows = new PermissionRows(server.database.superuser);
});

after(async () => {
  await rows.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function lint(): Promise<LintAnswer> {
  const answer = await as('auditor').get('/api/access/lint');
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

function named({ findings }: Pick<LintAnswer, 'findings'>, code: string, name: string) {
  return findings.find((one) => one.code === code && one.subject.name === name);
}

const size = ({ people, documents, pairs }: FindingEntry) => ({ people, documents, pairs });

test('payslips opened to everybody signed in: in words, and as the preview counts them', async () => {
  const before = await lint();
  assert.equal(before.total, before.findings.length);
  const grant = { grantee_type: 'Group', grantee: 'Everyone', role: 'HR Manager', scope: ALL };
  const asked = await as('auditor').post('/api/access/preview', {
    add: [{ type: 'grant', ...grant }],
  });
  assert.equal(asked.status, 200, asked.text);
  const said = asked.body.findings.find(
    (one: FindingEntry) => one.code === 'open_to_everyone' && one.doctype === SLIP,
  );
  assert.ok(said, asked.text);
  const signedIn = (await as('auditor').get('/api/count/User?filters={"enabled":1}')).body.data;
  assert.equal(said.people, signedIn);
  assert.ok(said.documents > 2000);
  assert.equal(said.pairs, said.people * said.documents);
  const number = (count: number): string => count.toLocaleString('en');
  assert.equal(
    said.says,
    `Grant ${said.subject.name} opens ${number(said.documents)} Salary Slip ` +
      `with ${said.fields.join(', ')} to everybody signed in: ` +
      `${number(said.people)} people, ${number(said.pairs)} pairs.`,
  );

  const name = await rows.grant('#Everyone', 'HR Manager', ALL);
  const found = named(await lint(), 'open_to_everyone', name);
  assert.deepEqual(found && size(found), size(said));
  const [first] = (await lint()).findings;
  assert.equal(first?.sensitivity, 'personal', 'what is personal comes first');
  const ending = await as('auditor').post('/api/access/preview', {
    remove: [{ type: 'grant', name }],
  });
  assert.deepEqual(ending.body.findings, [], 'ending it adds no finding');
  assert.equal(
    (await as('permission-manager').delete(`/api/resource/Grant/${encodeURIComponent(name)}`))
      .status,
    202,
  );
  assert.deepEqual(await lint(), before);
});

test('each code is found where somebody planted it', async () => {
  await rows.put('role', { name: 'Planted' });
  const rule = await rows.rule('Planted', SLIP, ['read', 'export'], { reach: 'everything' });
  const excepting = await rows.rule('Planted', 'Employee', ['read'], {
    except: ['Employee', 'Company', 'Department'],
  });
  await rows.put('group', { name: 'All Hands' });
  const toOne = await rows.grant('storekeeper@demo.test', 'Planted');
  const toGuests = await rows.grant('#Guests', 'Planted');
  const allValues = await rows.grant('storekeeper@demo.test', 'HR Manager', ALL);
  await rows.put('user', { name: 'gone@demo.test', full_name: 'Gone', enabled: 0 });
  const toGone = await rows.grant('gone@demo.test', 'HR User');
  const draft = 'a draft';
  await rows.put('role_rule', {
    ...{ name: draft, role: 'Planted', document_type: 'Expense Claim', actions: ['read'] },
    ...{ levels: [0, 1], status: 'draft' },
  });
  const wide = 'draft of invoices';
  await rows.put('role_rule', {
    ...{ name: wide, role: 'Planted', document_type: 'Sales Invoice', actions: ['read'] },
    ...{ levels: [0], reach: 'everything', status: 'draft' },
  });
  const [slip] = (await as('hr-manager').get(`/api/resource/${SLIP}?limit=1`)).body.data;
  await rows.put('share', {
    ...{ name: 'for ever', document_type: SLIP, document_name: slip.name, actions: ['read'] },
    user: 'storekeeper@demo.test',
  });
  const authority = await rows.authority('storekeeper@demo.test', ['*']);
  const answer = await lint();
  for (const [code, name] of [
    ['everything_over_dimension', rule],
    ['personal_leaves', rule],
    ['except_every_dimension', excepting],
    ['open_to_guests', toGuests],
    ['personal_all_values', allValues],
    ['grant_to_disabled', toGone],
    ['share_without_end', 'for ever'],
    ['authority_over_all_roles', authority],
    ['draft_opens_much', wide],
    ['role_nobody_holds', 'Demo Loader'],
  ] as const) {
    assert.ok(named(answer, code, name), `${code} of ${name}`);
  }
  assert.ok(!named(answer, 'open_to_guests', toOne));
  assert.ok(!named(answer, 'draft_opens_much', draft), 'without a reach it would open nothing');
  const shared = named(answer, 'share_without_end', 'for ever');
  assert.deepEqual(shared && size(shared), { people: 1, documents: 1, pairs: 1 });
  const { findings } = answer;
  const isOrdered = findings.every(
    ({ sensitivity }, index) =>
      sensitivity === 'personal' ||
      findings.slice(index).every((one) => one.sensitivity === 'none'),
  );
  assert.ok(isOrdered);
});

test('it is told to whoever may inspect every permission record, and to nobody else', async () => {
  for (const persona of ['employee', 'hr-manager', 'permission-manager', 'system-manager']) {
    const answer = await as(persona).get('/api/access/lint');
    assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden'], persona);
  }
  assert.equal((await as('guest').get('/api/access/lint')).status, 401);
  assert.equal((await as('auditor').get('/api/access/lint?x=1')).status, 400);
});
