/** Separation of duties by HTTP: who may create a supplier may not pay one in the same company. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ScopeEntry } from '../../apps/demo/personas.ts';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';
import { everywhere, PermissionRows } from '../support/permission-rows.ts';
import { callerOf } from './small-engine.ts';

const SEPARATIONS = '/api/resource/Separation Rule';
const GRANTS = '/api/resource/Grant';
const RULES = '/api/resource/Role Rule';
const GROUPS = '/api/resource/Group';
const CENTERS = '/api/resource/Cost Center';

const ADMIN = 'permission-manager@demo.test';
const EMPLOYEE = 'employee@demo.test';
const NEW_HIRE = 'new-hire@demo.test';
const STOREKEEPER = 'storekeeper@demo.test';

let server: DemoServer;
let rows: PermissionRows;
let as: (persona: string) => Client;
let admin: Client;

before(async () => {
  server = await demoServer();
  rows = new PermissionRows(server.database.superuser);
  as = await people(server, [
    ...['permission-manager', 'system-manager', 'auditor', 'employee', 'accounts-manager'],
  ]);
  admin = as('permission-manager');
  for (const [role, doctype, actions] of [
    ['Supplier Keeper', 'Supplier', ['create']],
    ['Biller', 'Purchase Invoice', ['create']],
    ['Payer', 'Payment Entry', ['create', 'submit']],
  ] as const) {
    await done(admin.post('/api/resource/Role', { name: role }));
    await done(admin.post(RULES, rule(role, doctype, actions)));
  }
});

after(async () => {
  await rows.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function rule(role: string, document_type: string, actions: readonly string[]): object {
  return { role, document_type, actions, reach: 'within', status: 'in force' };
}

function within(company: string): ScopeEntry[] {
  return [{ dimension: 'Company', value: company, descendants: 0 }, ...everywhere(['Cost Center'])];
}

function grant(grantee: string, role: string, scope = within('Larkspur UK'), more: object = {}) {
  return admin.post(GRANTS, { grantee, role, scope, reason: 'test', ...more });
}

async function separate(first: readonly string[], second: readonly string[], more: object = {}) {
  const [first_doctype, first_action] = first;
  const [second_doctype, second_action] = second;
  const body = { first_doctype, first_action, second_doctype, second_action, ...more };
  const { name } = await done(as('system-manager').post(SEPARATIONS, body));
  return { name, end: () => done(as('system-manager').delete(`${SEPARATIONS}/${name}`)) };
}

function isKeptApart(answer: Answer, name: string, user: string): void {
  assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden'], answer.text);
  const details = answer.body.errors.map(({ detail }: { detail: string }) => detail);
  assert.equal(answer.body.detail, details[0]);
  const isOwn = (detail: string): boolean =>
    detail.includes(`\`${name}\``) && detail.includes(`\`${user}\``);
  assert.ok(details.some(isOwn), details.join(' '));
}

const SUPPLIERS = ['Supplier', 'create'];
const BILLS = ['Purchase Invoice', 'create'];
const PAYMENTS = ['Payment Entry', 'submit'];
const IN_COMPANY = { dimension: 'Company' };

test('who may create a supplier may not pay one: suppliers belong to every company', async () => {
  const apart = await separate(SUPPLIERS, PAYMENTS, {
    ...IN_COMPANY,
    reason: 'Invented suppliers',
  });
  await done(grant(EMPLOYEE, 'Supplier Keeper'));
  for (const company of ['Larkspur UK', 'Larkspur SG']) {
    isKeptApart(await grant(EMPLOYEE, 'Payer', within(company)), apart.name, EMPLOYEE);
  }
  assert.equal((await as('employee').get('/api/count/Payment Entry')).body.code, 'unknown_doctype');
  // Positive control: somebody else may pay, and then create no supplier.
  await done(grant(NEW_HIRE, 'Payer'));
  isKeptApart(await grant(NEW_HIRE, 'Supplier Keeper'), apart.name, NEW_HIRE);
  await apart.end();
  await done(grant(NEW_HIRE, 'Supplier Keeper'));
});

test('who may create a bill may not pay one in the same company, and may in another', async () => {
  const apart = await separate(BILLS, PAYMENTS, IN_COMPANY);
  await done(grant(EMPLOYEE, 'Biller'));
  isKeptApart(await grant(EMPLOYEE, 'Payer'), apart.name, EMPLOYEE);
  const both = [...within('Larkspur SG'), ...within('Larkspur UK').slice(0, 1)];
  isKeptApart(await grant(EMPLOYEE, 'Payer', both), apart.name, EMPLOYEE);
  const any = await grant(EMPLOYEE, 'Payer', within('*'));
  isKeptApart(any, apart.name, EMPLOYEE);
  const elsewhere = await done(grant(EMPLOYEE, 'Payer', within('Larkspur SG')));
  const blank = await done(grant(EMPLOYEE, 'Payer', within('(blank)')));
  // Nor at another time in which both would hold.
  const later = { from: '2998-01-01 00:00:00' };
  isKeptApart(await grant(EMPLOYEE, 'Payer', within('Larkspur UK'), later), apart.name, EMPLOYEE);
  for (const { name } of [elsewhere, blank]) await done(admin.delete(`${GRANTS}/${name}`));
  await apart.end();
});

test('nor by a group, a member of one, a rule, or a move in a tree', async () => {
  const apart = await separate(BILLS, PAYMENTS, { dimension: 'Cost Center' });
  const uk = { dimension: 'Company', value: 'Larkspur UK', descendants: 0 as const };
  const below = (value: string) => [
    uk,
    { dimension: 'Cost Center', value, descendants: 1 as const },
  ];
  await done(grant(STOREKEEPER, 'Biller', below('Leeds')));
  await done(admin.post(GROUPS, { name: 'Paying', members: [{ user: STOREKEEPER }] }));
  const toGroup = { grantee_type: 'Group' };
  isKeptApart(await grant('Paying', 'Payer', below('Leeds'), toGroup), apart.name, STOREKEEPER);
  await done(grant('Paying', 'Payer', below('London'), toGroup));
  await done(admin.post(GROUPS, { name: 'Leeds Paying', members: [] }));
  await done(grant('Leeds Paying', 'Payer', below('Leeds'), toGroup));
  const { modified } = await done(admin.get(`${GROUPS}/Leeds Paying`));
  const entering = { modified, members: [{ user: STOREKEEPER }] };
  isKeptApart(await admin.put(`${GROUPS}/Leeds Paying`, entering), apart.name, STOREKEEPER);
  const paying = rule('Biller', 'Payment Entry', ['submit']);
  const byRule = await admin.post(RULES, paying);
  assert.deepEqual([byRule.status, byRule.body.code], [403, 'forbidden'], byRule.text);
  // A move needs an authority over what is gained, and then meets the same rule.
  await rows.authority('accounts-manager@demo.test', ['Biller', 'Payer', 'Accounts User']);
  const london = { parent_cost_center: 'Leeds' };
  const moved = await as('accounts-manager').put(`${CENTERS}/London`, london);
  isKeptApart(moved, apart.name, STOREKEEPER);
  await apart.end();
  await done(as('accounts-manager').put(`${CENTERS}/London`, london));
});

test('a conflict that is only flagged passes, and the audit log says so', async () => {
  const apart = await separate(BILLS, PAYMENTS, { ...IN_COMPANY, effect: 'flag' });
  const who = 'hr-manager@demo.test';
  await done(grant(who, 'Biller'));
  const { name } = await done(grant(who, 'Payer'));
  const filters = { document_type: 'Grant', document_name: name };
  const path = `/api/resource/Audit Entry${query({ filters, fields: ['action', 'detail'] })}`;
  const [{ detail }] = (await as('auditor').get(path)).body.data;
  assert.deepEqual(detail.flagged, [{ rule: apart.name, user: who }]);
  await apart.end();
});

test('what takes away is never refused, and what was there before is listed, not refused', async () => {
  const apart = await separate(BILLS, PAYMENTS, IN_COMPANY);
  const listed = await as('auditor').get('/api/access/separation');
  assert.equal(listed.status, 200, listed.text);
  const { conflicts, total } = listed.body;
  assert.equal(total, conflicts.length);
  const branch = conflicts.find(({ user }: { user: string }) => /branch-accountant/.test(user));
  const [own] = (
    await done(admin.get(GRANTS + query({ filters: { grantee: branch.user }, fields: ['name'] })))
  ).map(({ name }: { name: string }) => name);
  assert.deepEqual(branch, {
    ...{ rule: apart.name, effect: 'refuse', user: branch.user, values: ['Larkspur UK'] },
    ...{ first: [own], second: [own], from: null },
  });
  // Somebody with a conflict may be given something else, and loses what they have.
  await done(grant(branch.user, 'Supplier Keeper'));
  await done(admin.delete(`${GRANTS}/${own}`));
  const after = (await as('auditor').get('/api/access/separation')).body.conflicts;
  assert.ok(!after.some(({ user }: { user: string }) => user === branch.user));
  await apart.end();
  assert.deepEqual((await as('auditor').get('/api/access/separation')).body, {
    ...{ conflicts: [], total: 0 },
  });
});

test('two grants that come together are looked at together', async () => {
  const apart = await separate(BILLS, PAYMENTS, IN_COMPANY);
  await rows.rule('Permission Manager', 'Grant', ['import']);
  const who = 'assistant-admin@demo.test';
  const other = 'system-manager@demo.test';
  const values = (grantee: string, role: string) => ({
    values: { grantee, role, scope: within('Larkspur SG'), reason: 'test' },
    name: `${role} of ${grantee}`,
  });
  const bring = async (...inputs: ReturnType<typeof values>[]) =>
    await server.system.documents.import(callerOf(ADMIN), 'Grant', inputs);
  await assert.rejects(bring(values(who, 'Biller'), values(who, 'Payer')), (error: Error) =>
    error.message.includes(apart.name),
  );
  await bring(values(who, 'Biller'), values(other, 'Payer'));
  await apart.end();
});

test('whoever gives access does not decide what is kept apart, and only who inspects may ask', async () => {
  const body = {
    ...{ first_doctype: 'Supplier', first_action: 'create' },
    ...{ second_doctype: 'Payment Entry', second_action: 'submit' },
  };
  const answer = await admin.post(SEPARATIONS, body);
  assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden']);
  const apart = await separate(SUPPLIERS, PAYMENTS);
  const put = await admin.put(`${SEPARATIONS}/${apart.name}`, { effect: 'flag' });
  assert.deepEqual([put.status, put.body.code], [403, 'forbidden']);
  for (const [persona, status, code] of [
    ['employee', 404, 'unknown_doctype'],
    ['system-manager', 403, 'forbidden'],
  ] as const) {
    const { status: found, body: said } = await as(persona).get('/api/access/separation');
    assert.deepEqual([found, said.code], [status, code]);
  }
  for (const wrong of [
    { first_doctype: 'Nothing' },
    { first_doctype: 'Sales Invoice Item' },
    { second_action: 'pay' },
    { dimension: 'Supplier' },
    { first_doctype: 'Payment Entry', first_action: 'submit' },
  ]) {
    const refused = await as('system-manager').post(SEPARATIONS, { ...body, ...wrong });
    assert.deepEqual([refused.status, refused.body.code], [422, 'invalid_document'], refused.text);
  }
  await apart.end();
});
