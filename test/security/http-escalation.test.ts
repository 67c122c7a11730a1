/** Ways around that were found by attacking: each ended in more than had been granted. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done, refused } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';
import { PermissionRows } from '../support/permission-rows.ts';

const GRANTS = '/api/resource/Grant';
const RULES = '/api/resource/Role Rule';
const SHARES = '/api/resource/Share';
const GROUPS = '/api/resource/Group';
const AUTHORITIES = '/api/resource/Granting Authority';
const INVOICES = '/api/resource/Sales Invoice';
const CUSTOMERS = '/api/resource/Customer';
const USERS = '/api/resource/User';

const UK = [{ dimension: 'Company', value: 'Larkspur UK' }];
const ADMIN = 'permission-manager@demo.test';

const PERSONAS = [
  ...['permission-manager', 'system-manager', 'accounts-manager', 'branch-accountant'],
  ...['hr-manager', 'auditor'],
];

let server: DemoServer;
let rows: PermissionRows;
let as: (persona: string) => Client;
let admin: Client;

before(async () => {
  server = await demoServer();
  rows = new PermissionRows(server.database.superuser);
  as = await people(server, PERSONAS);
  admin = as('permission-manager');
});

after(async () => {
  await rows.close();
  await server.stop();
  assert.deepEqual(server.errors, []);
});

test('INVARIANT (no-self-gain): what guests are given, whoever signs out would have', async () => {
  const toGuests = { grantee_type: 'Group', grantee: 'Guests', role: 'HR Manager', reason: 'test' };
  refused(await admin.post(GRANTS, { ...toGuests, scope: UK }), 403, 'self_gain');
  refused(
    await admin.post(AUTHORITIES, {
      ...{ holder_type: 'Group', holder: 'Guests' },
      ...{ roles: ['HR Manager'], scope: UK },
    }),
    403,
    'self_gain',
  );
  refused(await as('guest').get('/api/count/Salary Slip'), 404, 'unknown_doctype');
});

test('a token of a permission manager gives no further than the token reaches', async () => {
  const made = await admin.post('/api/tokens', { label: 'UK only', ceiling: { scope: UK } });
  assert.equal(made.status, 200, made.text);
  const token = clientOf(server.url, {
    authorization: `token ${made.body.key}:${made.body.secret}`,
  });
  const grant = (company: string) => ({
    ...{ grantee: 'new-hire@demo.test', role: 'HR Manager', reason: 'test' },
    scope: [{ dimension: 'Company', value: company }],
  });
  refused(await token.post(GRANTS, grant('Larkspur SG')), 403, 'outside_authority');
  const given = await done(token.post(GRANTS, grant('Larkspur UK')));
  await done(admin.delete(`${GRANTS}/${given.name}`));
});

test('INVARIANT (no-self-gain): a move in a tree does not make one’s own authority grow', async () => {
  const manager = as('accounts-manager');
  await done(
    admin.post(AUTHORITIES, {
      ...{ holder_type: 'User', holder: 'accounts-manager@demo.test', roles: ['Accounts User'] },
      scope: [
        { dimension: 'Company', value: '*' },
        { dimension: 'Company', value: '(blank)' },
        { dimension: 'Cost Center', value: 'Berlin', descendants: 1 },
      ],
    }),
  );
  const parent = { parent_cost_center: 'Berlin' };
  refused(await manager.put('/api/resource/Cost Center/Singapore', parent), 403, 'self_gain');
});

test('whoever may write a document by a share only does not move it into their own reach', async () => {
  const owner = as('accounts-manager');
  const [{ name }] = await done(
    owner.get(
      INVOICES + query({ filters: { company: 'Larkspur SG', docstatus: 0 }, limit_page_length: 1 }),
    ),
  );
  const share = { document_type: 'Sales Invoice', document_name: name, actions: ['write'] };
  await done(owner.post(SHARES, { ...share, user: 'branch-accountant@demo.test' }));
  const branch = as('branch-accountant');
  await done(branch.put(`${INVOICES}/${name}`, { remarks: 'seen' }));
  const moved = { company: 'Larkspur UK', cost_center: 'Leeds' };
  refused(await branch.put(`${INVOICES}/${name}`, moved), 403, 'forbidden');
  const now = await done(owner.get(`${INVOICES}/${name}`));
  assert.deepEqual([now.company, now.remarks], ['Larkspur SG', 'seen']);
});

test('nothing links to a document that was removed meanwhile', async () => {
  const manager = as('accounts-manager');
  const [like] = await done(
    manager.get(INVOICES + query({ filters: { docstatus: 0 }, limit_page_length: 1 })),
  );
  const full = await done(manager.get(`${INVOICES}/${like.name}`));
  const { company, cost_center, posting_date, items } = full;
  const lines = items.map(({ item_code, qty, rate, amount }: Record<string, unknown>) => ({
    ...{ item_code, qty, rate, amount },
  }));
  const template = await done(manager.get(`${CUSTOMERS}/${full.customer}`));
  const { customer_group, territory, customer_type } = template;
  const outcomes = { linked: 0, gone: 0 };
  for (let round = 0; round < 12; round++) {
    const values = { customer_group, territory, customer_type };
    const known = Object.fromEntries(Object.entries(values).filter(([, value]) => value));
    const { name: customer } = await done(
      manager.post(CUSTOMERS, { ...known, customer_name: `Passing ${round}` }),
    );
    const invoice = { customer, company, cost_center, posting_date, items: lines };
    const [made, removed] = await Promise.all([
      manager.post(INVOICES, invoice),
      manager.delete(`${CUSTOMERS}/${customer}`),
    ]);
    assert.ok(!(made.status === 200 && removed.status === 202), `${customer} is linked and gone`);
    if (made.status === 200) outcomes.linked += 1;
    if (removed.status === 202) outcomes.gone += 1;
  }
  assert.equal(outcomes.linked + outcomes.gone, 12, JSON.stringify(outcomes));
});

test('who was disabled is out for good, and not back with the old cookie or token', async () => {
  const usr = 'hr-manager@demo.test';
  const hr = as('hr-manager');
  const made = await hr.post('/api/tokens', { label: 'laptop' });
  const token = clientOf(server.url, {
    authorization: `token ${made.body.key}:${made.body.secret}`,
  });
  assert.equal((await token.get('/api/count/Salary Slip')).status, 200);
  await done(as('system-manager').put(`${USERS}/${usr}`, { enabled: 0 }));
  await rows.enable(usr);
  for (const client of [hr, token]) {
    refused(await client.get('/api/count/Salary Slip'), 401, 'unauthenticated');
  }
});

test('the last who looks after users does not disable themself', async () => {
  const users = as('system-manager');
  const own = `${USERS}/system-manager@demo.test`;
  refused(await users.put(own, { enabled: 0 }), 403, 'forbidden');
  // Somebody who could not sign in looks after nobody.
  const email = 'second@demo.test';
  await done(users.post(USERS, { email, full_name: 'Second', enabled: 0 }));
  await done(admin.post(GRANTS, { grantee: email, role: 'System Manager', reason: 'test' }));
  refused(await users.put(own, { enabled: 0 }), 403, 'forbidden');
  await rows.enable(email);
  await done(users.put(`${USERS}/${email}`, { enabled: 0 }));
  await rows.enable(email);
  await done(users.put(own, { full_name: 'Marek' }));
  const { status } = await users.put(own, { enabled: 0 });
  assert.equal(status, 200);
  await rows.enable('system-manager@demo.test');
  as = await people(server, PERSONAS);
  admin = as('permission-manager');
});

test('a rule that leaves every dimension out is no less refused than `everything`', async () => {
  const rule = { role: 'Employee', document_type: 'Salary Slip', actions: ['read'] };
  const except = ['Employee', 'Company', 'Department'];
  const unbound = { ...rule, reach: 'within', except };
  refused(await admin.post(RULES, { ...unbound, status: 'in force' }), 422, 'invalid_document');
  refused(await admin.put(`${RULES}/Employee: Salary Slip`, { except }), 422, 'invalid_document');
  await done(admin.post(RULES, { ...unbound, status: 'draft' }));
});

test('what a grant gave is never rewritten, and an ended one is over', async () => {
  const given = { grantee: 'new-hire@demo.test', role: 'Accounts User', scope: UK, reason: 'test' };
  const { name } = await done(admin.post(GRANTS, { ...given, until: '2999-01-01 00:00:00' }));
  const put = async (values: object) => {
    const { modified } = await done(admin.get(`${GRANTS}/${name}`));
    return await admin.put(`${GRANTS}/${name}`, { modified, ...values });
  };
  const SG = [{ dimension: 'Company', value: 'Larkspur SG' }];
  for (const rewritten of [
    { role: 'HR Manager' },
    { scope: SG },
    { grantee: 'storekeeper@demo.test' },
    { from: '2020-01-01 00:00:00' },
    { until: null },
    { until: '2999-06-01 00:00:00' },
  ]) {
    refused(await put(rewritten), 422, 'invalid_document');
  }
  await done(put({ until: '2998-01-01 00:00:00', reason: 'for a year less' }));
  await done(admin.delete(`${GRANTS}/${name}`));
  for (const revived of [{ until: null }, { until: '2999-01-01 00:00:00' }, { reason: 'again' }]) {
    refused(await put(revived), 422, 'invalid_document');
  }
  const [kept] = await done(
    admin.get(GRANTS + query({ filters: { name }, fields: ['role', 'granted_by'] })),
  );
  assert.deepEqual(kept, { role: 'Accounts User', granted_by: ADMIN });
});

test('who may give every role may give those that come later, and not what is left out', async () => {
  await done(admin.post('/api/resource/Role', { name: 'Night Watch' }));
  const given = { grantee: 'new-hire@demo.test', scope: UK, reason: 'test' };
  await done(admin.post(GRANTS, { ...given, role: 'Night Watch' }));
  for (const role of ['Permission Manager', 'Demo Loader']) {
    refused(await admin.post(GRANTS, { ...given, role }), 403, 'outside_authority');
  }
  const wider = { holder_type: 'User', holder: 'auditor@demo.test', roles: ['*'], scope: UK };
  refused(await admin.post(AUTHORITIES, wider), 403, 'outside_authority');
  const except_roles = ['Permission Manager', 'Demo Loader'];
  const { name } = await done(admin.post(AUTHORITIES, { ...wider, except_roles }));
  await done(admin.delete(`${AUTHORITIES}/${name}`));
});

test('nobody who is not signed in fills the audit log: neither as a guest nor by a bad token', async () => {
  const ask = async (headers: Record<string, string>, path: string) => {
    const client = clientOf(server.url, headers);
    const statuses = new Set<number>();
    // More than any of the limits in one window.
    for (let batch = 0; batch < 8; batch++) {
      const answers = await Promise.all(Array.from({ length: 40 }, () => client.get(path)));
      for (const { status } of answers) statuses.add(status);
    }
    return [...statuses].sort();
  };
  assert.deepEqual(await ask({}, '/api/count/Nothing'), [404, 429]);
  assert.deepEqual(await ask({ authorization: 'token a:b' }, '/api/count/Nothing'), [401, 429]);
  // Whoever is signed in at the same address goes on.
  assert.equal((await admin.get('/api/count/Grant')).status, 200);
});

test('somebody stays who can give access, whatever record is changed', async () => {
  const authorities = await done(admin.get(AUTHORITIES + query({ fields: ['name', 'holder'] })));
  const own = authorities.find(({ holder }: { holder: string }) => holder === ADMIN);
  for (const { name, holder } of authorities) {
    if (holder !== ADMIN) await done(admin.delete(`${AUTHORITIES}/${name}`));
  }
  await done(admin.post(GROUPS, { name: 'Nobody in it', members: [] }));
  const users = as('system-manager');
  refused(await users.put(`${USERS}/${ADMIN}`, { enabled: 0 }), 403, 'forbidden');
  const empty = { holder_type: 'Group', holder: 'Nobody in it' };
  refused(await admin.put(`${AUTHORITIES}/${own.name}`, empty), 403, 'forbidden');
  refused(await admin.delete(`${AUTHORITIES}/${own.name}`), 403, 'forbidden');
  // An authority of somebody who cannot sign in is nobody's.
  const spare = 'spare@demo.test';
  await done(users.post(USERS, { email: spare, full_name: 'Spare', enabled: 0 }));
  const scope = [...UK, { dimension: 'Employee', value: '*' }];
  await done(
    admin.post(AUTHORITIES, { holder_type: 'User', holder: spare, roles: ['Employee'], scope }),
  );
  refused(await admin.delete(`${AUTHORITIES}/${own.name}`), 403, 'forbidden');
  await rows.enable(spare);
  // Nor is one of somebody who may make no grant.
  refused(await admin.delete(`${AUTHORITIES}/${own.name}`), 403, 'forbidden');
  await rows.grant(spare, 'Permission Manager');
  await done(admin.delete(`${AUTHORITIES}/${own.name}`));
});
