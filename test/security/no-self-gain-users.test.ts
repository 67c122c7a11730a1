/**
 * INVARIANT (no-self-gain): a user who is enabled has again all that was given to them, so it takes
 * an authority over that. Who administers users alone brings back people who hold nothing.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DIMENSIONS } from '../../apps/demo/personas.ts';
import { type Client, signIn } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done, refused } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';
import { everywhere, PermissionRows } from '../support/permission-rows.ts';

const USERS = '/api/resource/User';
const GRANTS = '/api/resource/Grant';
const GROUPS = '/api/resource/Group';
const SHARES = '/api/resource/Share';
const SLIPS = '/api/count/Salary Slip';

const UK = [{ dimension: 'Company', value: 'Larkspur UK', descendants: 0 as const }];

let server: DemoServer;
let rows: PermissionRows;
let as: (persona: string) => Client;
let users: Client;
let giver: Client;

before(async () => {
  server = await demoServer();
  rows = new PermissionRows(server.database.superuser);
  as = await people(server, ['system-manager', 'permission-manager', 'branch-accountant']);
  users = as('system-manager');
  giver = as('permission-manager');
});

after(async () => {
  await rows.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

/** A new person who cannot sign in yet, and what enables them. */
async function disabled(name: string) {
  const email = `${name}@demo.test`;
  await done(users.post(USERS, { email, full_name: name, enabled: 0 }));
  return { email, enable: async (by = users) => await by.put(`${USERS}/${email}`, { enabled: 1 }) };
}

test('whoever holds nothing is enabled by who administers users', async () => {
  const { email, enable } = await disabled('nobody');
  await rows.grant(email, 'HR Manager', UK, { until: '2026-01-01 00:00:00' });
  await done(enable());
  await done(users.put(`${USERS}/${email}`, { enabled: 0 }));
  await done(enable());
});

test('whose grants are still there comes back when they were ended, and has none of them', async () => {
  const email = 'hr-manager@demo.test';
  await done(users.put(`${USERS}/${email}`, { enabled: 0 }));
  const enable = async () => await users.put(`${USERS}/${email}`, { enabled: 1 });
  refused(await enable(), 403, 'outside_authority');
  await assert.rejects(signIn(server.url, 'hr-manager', server.password));
  const filters = { grantee: email };
  const fields = ['name', 'role'];
  const grants = await done(giver.get(GRANTS + query({ filters, fields })));
  assert.equal(grants.length, 2);
  for (const { name } of grants) await done(giver.delete(`${GRANTS}/${name}`));
  await done(enable());
  const hr = await signIn(server.url, 'hr-manager', server.password);
  refused(await hr.get(SLIPS), 404, 'unknown_doctype');
  const grant = { grantee: email, role: 'HR Manager', scope: UK, reason: 'back' };
  await done(giver.post(GRANTS, grant));
  assert.ok((await done(hr.get(SLIPS))) > 0);
});

test('who has an authority over it enables with what is there, and not beyond', async () => {
  const keeper = 'storekeeper@demo.test';
  await rows.grant(keeper, 'System Manager', everywhere(DIMENSIONS));
  await rows.authority(keeper, ['HR Manager'], UK);
  const client = await signIn(server.url, 'storekeeper', server.password);
  const inside = await disabled('inside');
  await done(giver.post(GRANTS, { ...given(inside.email, 'HR Manager'), scope: UK }));
  refused(await inside.enable(), 403, 'outside_authority');
  await done(inside.enable(client));
  const outside = await disabled('outside');
  const singapore = [{ dimension: 'Company', value: 'Larkspur SG' }];
  await done(giver.post(GRANTS, { ...given(outside.email, 'HR Manager'), scope: singapore }));
  refused(await outside.enable(client), 403, 'outside_authority');
});

function given(grantee: string, role: string): object {
  return { grantee, role, reason: 'test' };
}

test('what a group has, and what somebody may give, are theirs again as well', async () => {
  const { email, enable } = await disabled('member');
  const group = 'Night Shift';
  await done(giver.post(GROUPS, { name: group, members: [{ user: email }] }));
  await done(enable());
  await done(users.put(`${USERS}/${email}`, { enabled: 0 }));
  const grant = { ...given(group, 'HR Manager'), grantee_type: 'Group', scope: UK };
  await done(giver.post(GRANTS, grant));
  refused(await enable(), 403, 'outside_authority');
  const { modified } = await done(giver.get(`${GROUPS}/${group}`));
  await done(giver.put(`${GROUPS}/${group}`, { members: [], modified }));
  await done(enable());
  const other = await disabled('deputy');
  await rows.authority(other.email, ['HR Manager'], UK);
  refused(await other.enable(), 403, 'outside_authority');
});

test('a document that is shared with somebody is theirs again, until the share is ended', async () => {
  const { email, enable } = await disabled('guest-reader');
  const [invoice] = await done(
    as('branch-accountant').get(`/api/resource/Sales Invoice${query({ limit_page_length: 1 })}`),
  );
  const share = { document_type: 'Sales Invoice', document_name: invoice.name, actions: ['read'] };
  const name = 'a share that was there';
  await rows.put('share', { name, user: email, ...share });
  refused(await enable(), 403, 'outside_authority');
  await rows.run(`update doc.share set until = '2026-01-01' where name = $1`, name);
  await done(enable());
  assert.equal((await users.get(`${SHARES}/${name}`)).status, 404);
});

test('a name to which something was given before anybody had it comes with an authority', async () => {
  const email = 'ghost@demo.test';
  await rows.grant(email, 'HR Manager', UK);
  refused(await users.post(USERS, { email, full_name: 'Ghost' }), 403, 'outside_authority');
  await done(users.post(USERS, { email: 'nobody-yet@demo.test', full_name: 'New' }));
});

test('the name of a user who was removed is nobody’s again', async () => {
  const email = 'former@demo.test';
  await done(users.post(USERS, { email, full_name: 'Former' }));
  await rows.run('delete from doc."user" where name = $1', email);
  refused(await users.post(USERS, { email, full_name: 'Former' }), 409, 'duplicate');
});
