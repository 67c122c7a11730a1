/**
 * INVARIANT (no-self-gain): a rule is judged by what it opens, not only by who holds its role.
 * Whoever may give one role only must not put into it what they could not give, and then give it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DIMENSIONS } from '../../apps/demo/personas.ts';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done, refused } from '../support/outcome.ts';
import { people } from '../support/people.ts';
import { everywhere, PermissionRows } from '../support/permission-rows.ts';

const GRANTS = '/api/resource/Grant';
const RULES = '/api/resource/Role Rule';
const ROLES = '/api/resource/Role';

const DEPUTY = 'storekeeper@demo.test';
const OTHER = 'new-hire@demo.test';
const UK = [{ dimension: 'Company', value: 'Larkspur UK' }];

let server: DemoServer;
let rows: PermissionRows;
let as: (persona: string) => Client;
let admin: Client;
let deputy: Client;

before(async () => {
  server = await demoServer();
  rows = new PermissionRows(server.database.superuser);
  as = await people(server, ['permission-manager', 'storekeeper', 'new-hire', 'hr-manager']);
  admin = as('permission-manager');
  deputy = as('storekeeper');
  for (const name of ['Night Watch', 'Day Watch']) await done(admin.post(ROLES, { name }));
  // The deputy keeps rules and grants like a permission manager, and may give three roles.
  await rows.grant(DEPUTY, 'Permission Manager', everywhere(DIMENSIONS));
  const roles = ['Night Watch', 'Day Watch', 'Stock User'];
  await rows.authority(DEPUTY, roles, everywhere(DIMENSIONS));
});

after(async () => {
  await rows.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function rule(role: string, document_type: string, actions: string[], more: object = {}): object {
  return { role, document_type, actions, reach: 'within', status: 'in force', ...more };
}

test('a rule is not put into a role that nobody holds yet, to be given afterwards', async () => {
  const slips = rule('Night Watch', 'Salary Slip', ['read']);
  refused(await deputy.post(RULES, slips), 403, 'outside_authority');
  const granted = { grantee: OTHER, role: 'Night Watch', scope: UK, reason: 'test' };
  const { name } = await done(deputy.post(GRANTS, granted));
  assert.equal((await as('new-hire').get('/api/count/Salary Slip')).body.data, 0);
  await done(deputy.delete(`${GRANTS}/${name}`));
});

test('a draft may say anything, and is judged when it is put in force', async () => {
  const draft = rule('Night Watch', 'Salary Slip', ['read'], { status: 'draft' });
  const { name } = await done(deputy.post(RULES, draft));
  refused(await deputy.put(`${RULES}/${name}`, { status: 'in force' }), 403, 'outside_authority');
  await done(admin.put(`${RULES}/${name}`, { status: 'in force' }));
  await done(admin.delete(`${RULES}/${name}`));
});

test('what another role of the same authority does may be put into a role, and nothing wider', async () => {
  // Stock User reads warehouses within what it holds.
  const warehouses = rule('Night Watch', 'Warehouse', ['read']);
  const { name } = await done(deputy.post(RULES, warehouses));
  const path = `${RULES}/${name}`;
  for (const wider of [
    { actions: ['read', 'delete'] },
    { levels: [0, 1] },
    { except: ['Warehouse'] },
    { document_type: 'Salary Slip' },
    { role: 'HR User' },
  ]) {
    refused(await deputy.put(path, wider), 403, 'outside_authority');
  }
  await done(deputy.put(path, { when: [['owner', '=', '$me']] }));
});

test('a condition that goes away opens more, and one that comes does not', async () => {
  await rows.rule('Day Watch', 'Item', ['read', 'write'], { when: [['owner', '=', '$me']] });
  const own = { when: [['owner', '=', '$me']] };
  const { name } = await done(
    deputy.post(RULES, rule('Night Watch', 'Item', ['read', 'write'], own)),
  );
  refused(await deputy.put(`${RULES}/${name}`, { when: null }), 403, 'outside_authority');
  const other = [['owner', '!=', '$me']];
  refused(await deputy.put(`${RULES}/${name}`, { when: other }), 403, 'outside_authority');
  await done(deputy.put(`${RULES}/${name}`, { actions: ['read'] }));
});

test('an authority over every role gives nothing that only a role does which it leaves out', async () => {
  // The permission manager may give every role but Permission Manager.
  for (const actions of [['create'], ['read', 'create', 'write', 'delete'], ['print', 'write']]) {
    const answer = await admin.post(RULES, rule('Night Watch', 'Grant', actions));
    refused(answer, 403, 'outside_authority');
  }
  const narrow = { when: [['reason', '=', 'x']] };
  const narrowed = rule('Night Watch', 'Grant', ['create'], narrow);
  refused(await admin.post(RULES, narrowed), 403, 'outside_authority');
  // What other roles do as well it gives, and what no role has done yet.
  await done(admin.post(RULES, rule('Night Watch', 'Grant', ['read'])));
  await done(admin.post(RULES, rule('Night Watch', 'Salary Slip', ['read', 'email'])));
  await done(admin.post(RULES, rule('Night Watch', 'Salary Slip', ['transition'])));
});

test('a token that is limited to a company puts nothing into a role, which has no limit', async () => {
  const made = await admin.post('/api/tokens', { label: 'UK', ceiling: { scope: UK } });
  const authorization = `token ${made.body.key}:${made.body.secret}`;
  const body = rule('Day Watch', 'Salary Slip', ['read']);
  const response = await admin.request('POST', RULES, body, { authorization, cookie: '' });
  refused(response, 403, 'outside_authority');
  await done(admin.post(RULES, body));
});

test('whoever may give the role elsewhere must not be able to give more than before by it', async () => {
  // By an authority within UK over a role that reads payslips, and over one that others give too.
  await done(admin.post(ROLES, { name: 'Clerk' }));
  await rows.authority(
    'hr-manager@demo.test',
    ['Clerk', 'HR Manager'],
    [{ dimension: 'Company', value: 'Larkspur UK', descendants: 0 }],
  );
  await rows.grant('hr-manager@demo.test', 'Permission Manager', everywhere(DIMENSIONS));
  const slips = rule('Clerk', 'Salary Slip', ['read'], { except: ['Employee', 'Department'] });
  const { name } = await done(as('hr-manager').post(RULES, slips));
  await done(as('hr-manager').delete(`${RULES}/${name}`));
  await rows.authority('accounts-manager@demo.test', ['Clerk'], everywhere(DIMENSIONS));
  refused(await as('hr-manager').post(RULES, slips), 403, 'outside_authority');
});
