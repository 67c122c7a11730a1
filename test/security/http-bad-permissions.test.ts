/**
 * Permissions that nobody should make, by HTTP: each is refused with its reason and its field, and
 * what was in force stays as it was. Very deep trees are handled.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done, refused } from '../support/outcome.ts';
import { people } from '../support/people.ts';
import { PermissionRows } from '../support/permission-rows.ts';

const GRANTS = '/api/resource/Grant';
const RULES = '/api/resource/Role Rule';
const GROUPS = '/api/resource/Group';
const CENTERS = '/api/resource/Cost Center';
const INVOICES = '/api/count/Sales Invoice';
const THEM = 'new-hire@demo.test';
const DEEP = 10_000;

let server: DemoServer;
let rows: PermissionRows;
let as: (persona: string) => Client;
let admin: Client;

before(async () => {
  server = await demoServer();
  rows = new PermissionRows(server.database.superuser);
  as = await people(server, ['permission-manager', 'accounts-manager', 'branch-accountant']);
  admin = as('permission-manager');
});

after(async () => {
  await rows.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const epochNow = async (): Promise<number> => (await server.system.store.policy()).world.epoch;

/** Refused with a reason at this field, and the permissions are what they were. */
async function isRefused(send: () => Promise<Answer>, code: string, field: string) {
  const [epoch, count] = [await epochNow(), await done(as('branch-accountant').get(INVOICES))];
  const answer = await send();
  refused(answer, 422, code);
  assert.equal(answer.body.errors[0].field, field, answer.text);
  assert.ok(answer.body.detail.length > 10, answer.text);
  assert.deepEqual(
    [await epochNow(), await done(as('branch-accountant').get(INVOICES))],
    [epoch, count],
  );
}

const grant = (scope: object[], more: object = {}): object => ({
  ...{ grantee: THEM, role: 'Accounts User', scope, reason: 'test', ...more },
});

test('cyclic trees', async () => {
  const manager = as('accounts-manager');
  for (const parent of ['Leeds', 'Leeds Retail']) {
    const move = async () => await manager.put(`${CENTERS}/Leeds`, { parent_cost_center: parent });
    await isRefused(move, 'invalid_document', 'parent_cost_center');
  }
});

test('a rule naming a path that its doctype lacks, or a field', async () => {
  const role = 'HR User';
  const rule = { role, document_type: 'Salary Slip', actions: ['read'], reach: 'within' };
  for (const [more, field] of [
    [{ except: ['Warehouse'] }, 'except'],
    [{ when: [['no_such_field', '=', 1]] }, 'when'],
    [{ when: [['employee', 'resembles', 1]] }, 'when'],
  ] as const) {
    for (const status of ['draft', 'in force']) {
      const send = async () => await admin.post(RULES, { ...rule, status, ...more });
      await isRefused(send, 'invalid_document', field);
    }
  }
});

test('a grant on an unknown dimension or value', async () => {
  for (const [scope, code] of [
    [[{ dimension: 'Planet', value: 'Mars' }], 'invalid_document'],
    [[{ dimension: 'Sales Invoice', value: 'X' }], 'invalid_document'],
    [[{ dimension: 'Company', value: 'Atlantis' }], 'link_not_found'],
  ] as const) {
    await isRefused(async () => await admin.post(GRANTS, grant([...scope])), code, 'scope');
  }
});

test('`until` before `from`, and at the same moment: of a grant, and of a member', async () => {
  const company = [{ dimension: 'Company', value: 'Larkspur UK' }];
  for (const until of ['2030-01-01 00:00:00', '2030-01-02 00:00:00']) {
    const time = { from: '2030-01-02 00:00:00', until };
    const give = async () => await admin.post(GRANTS, grant(company, time));
    await isRefused(give, 'invalid_document', 'until');
    const members = [{ user: THEM, ...time }];
    const join = async () => await admin.post(GROUPS, { name: 'Never', members });
    await isRefused(join, 'invalid_document', 'members.until');
  }
  const time = { from: '2030-01-02 00:00:00', until: '2030-01-03 00:00:00' };
  await done(admin.post(GROUPS, { name: 'Once', members: [{ user: THEM, ...time }] }));
});

test('a tree that is 10,000 deep is listed through, grown and cut', async () => {
  const chain = Array.from({ length: DEEP }, (_, depth) => ({
    ...{ name: `Deep ${depth}`, cost_center_name: `Deep ${depth}`, company: 'Larkspur UK' },
  }));
  await rows.chain('cost_center', 'parent_cost_center', chain);
  const scope = [
    { dimension: 'Company', value: 'Larkspur UK', descendants: 0 as const },
    { dimension: 'Cost Center', value: 'Deep 0', descendants: 1 as const },
  ];
  await rows.grant(THEM, 'Accounts User', scope);
  as = await people(server, ['permission-manager', 'accounts-manager', 'new-hire']);
  const them = as('new-hire');
  assert.equal(await done(them.get('/api/count/Cost Center')), DEEP);
  assert.equal(await done(them.get(INVOICES)), 0);
  const manager = as('accounts-manager');
  const below = { cost_center_name: 'Below', company: 'Larkspur UK' };
  const parent_cost_center = `Deep ${DEEP - 1}`;
  const made = await manager.post(CENTERS, { ...below, parent_cost_center });
  assert.equal(made.status, 200, made.text);
  assert.equal(await done(them.get('/api/count/Cost Center')), DEEP + 1);
  const cut = { parent_cost_center: null };
  const moved = await manager.put(`${CENTERS}/Deep 5000`, cut);
  assert.equal(moved.status, 200, moved.text);
  assert.equal(await done(them.get('/api/count/Cost Center')), 5000);
});
