/** Permission records by HTTP: what gives access, who may give it, and never to oneself. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done, refused } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';
import { PermissionRows } from '../support/permission-rows.ts';

const GRANTS = '/api/resource/Grant';
const RULES = '/api/resource/Role Rule';
const GROUPS = '/api/resource/Group';
const AUTHORITIES = '/api/resource/Granting Authority';
const SHARES = '/api/resource/Share';
const INVOICES = '/api/resource/Sales Invoice';

const ADMIN = 'permission-manager@demo.test';
const NO_AUTHORITY = 'outside_authority';
const UK = [{ dimension: 'Company', value: 'Larkspur UK' }];

let server: DemoServer;
let as: (persona: string) => Client;
let admin: Client;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    'permission-manager',
    'employee',
    'new-hire',
    'hr-manager',
    'system-manager',
    'accounts-manager',
    'branch-accountant',
    'storekeeper',
    'auditor',
  ]);
  admin = as('permission-manager');
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function grant(grantee: string, role: string, scope: object[] = UK, more: object = {}): object {
  return { grantee, role, scope, reason: 'test', ...more };
}

function rule(role: string, document_type: string, actions: string[], more: object = {}): object {
  return { role, document_type, actions, reach: 'within', status: 'in force', ...more };
}

async function countOf(persona: string, doctype: string): Promise<number | string> {
  const { body } = await as(persona).get(`/api/count/${doctype}`);
  return body.code ?? body.data;
}

test('INVARIANT (no-self-gain): nobody gives to themselves, by whatever record it is done', async () => {
  const group = await done(admin.post(GROUPS, { name: 'Reviewers', members: [{ user: ADMIN }] }));
  const held = await done(admin.post(GROUPS, { name: 'Payroll', members: [] }));
  await done(admin.post(GRANTS, grant('Payroll', 'HR Manager', UK, { grantee_type: 'Group' })));
  const past = { from: '2001-01-01 00:00:00', until: '2001-01-02 00:00:00' };
  const later = { from: '2999-01-01 00:00:00', until: null };
  for (const [path, body] of [
    [GRANTS, grant(ADMIN, 'Employee')],
    [GRANTS, grant(ADMIN, 'Employee', [])],
    [GRANTS, grant(ADMIN, 'Employee', UK, later)],
    [GRANTS, grant(ADMIN, 'Permission Manager')],
    [GRANTS, grant('Reviewers', 'Employee', UK, { grantee_type: 'Group' })],
    [GRANTS, grant('Everyone', 'Employee', UK, { grantee_type: 'Group' })],
    [AUTHORITIES, { holder: ADMIN, roles: ['Employee'], scope: UK }],
    [AUTHORITIES, { holder_type: 'Group', holder: 'Reviewers', roles: ['Employee'], scope: UK }],
    [RULES, rule('Permission Manager', 'Salary Slip', ['read'])],
    [RULES, rule('Member', 'Salary Slip', ['read'])],
  ] as const) {
    refused(await admin.post(path, body), 403, 'self_gain');
  }
  for (const more of [{}, later, past]) {
    const members = [{ user: ADMIN, ...more }];
    const answer = await admin.put(`${GROUPS}/Payroll`, { modified: held.modified, members });
    refused(answer, 403, 'self_gain');
  }
  // The member who is there already may stay in, but not for longer.
  const [own] = group.members;
  const same = { modified: group.modified, members: [{ name: own.name, user: ADMIN }] };
  assert.equal((await admin.put(`${GROUPS}/Reviewers`, same)).status, 200);
  const shared = {
    document_type: 'Group',
    document_name: 'Payroll',
    user: ADMIN,
    actions: ['read'],
  };
  refused(await admin.post(SHARES, shared), 403, 'self_gain');
  assert.equal(await countOf('permission-manager', 'Salary Slip'), 'unknown_doctype');
});

test('INVARIANT (no-self-gain): widening a rule of one’s own role, or a token, is no way around', async () => {
  const slipRule = await done(
    admin.post(RULES, rule('Permission Manager', 'Salary Slip', ['read'], { status: 'draft' })),
  );
  const path = `${RULES}/${slipRule.name}`;
  refused(await admin.put(path, { status: 'in force' }), 403, 'self_gain');
  const filters = { role: 'Permission Manager', document_type: 'Share' };
  const [share] = (await admin.get(RULES + query({ filters }))).body.data;
  const widened = { actions: ['read', 'delete', 'write', 'create'] };
  refused(await admin.put(`${RULES}/${encodeURIComponent(share.name)}`, widened), 403, 'self_gain');
  const token = (await admin.post('/api/tokens', { label: 'x' })).body;
  const by = clientOf(server.url, { authorization: `token ${token.key}:${token.secret}` });
  refused(await by.post(GRANTS, grant(ADMIN, 'Employee')), 403, 'self_gain');
  refused(await by.put(path, { status: 'in force' }), 403, 'self_gain');
  assert.equal(await countOf('permission-manager', 'Salary Slip'), 'unknown_doctype');
});

test('what the authority leaves out is not given: a role, nor an authority over it', async () => {
  const them = 'employee@demo.test';
  await done(admin.post('/api/resource/Role', { name: 'Payroll Auditor' }));
  for (const [path, body] of [
    [GRANTS, grant(them, 'Permission Manager')],
    [GRANTS, grant(them, 'Demo Loader')],
    [AUTHORITIES, { holder: them, roles: ['Employee', 'Permission Manager'], scope: UK }],
    [AUTHORITIES, { holder: them, roles: ['*'], scope: UK }],
  ] as const) {
    refused(await admin.post(path, body), 403, 'outside_authority');
  }
  // Roles that the authority gives read payslips, so this one may as well.
  await done(admin.post(RULES, rule('Payroll Auditor', 'Salary Slip', ['read'])));
  // A member of a group gains what the group's authorities can give.
  await done(admin.post(GROUPS, { name: 'Deputies', members: [] }));
  const deputies = { holder_type: 'Group', holder: 'Deputies', roles: ['Employee'], scope: UK };
  await done(admin.post(AUTHORITIES, deputies));
  const current = await done(admin.get(`${GROUPS}/Deputies`));
  const members = [{ user: them }];
  await done(admin.put(`${GROUPS}/Deputies`, { modified: current.modified, members }));
});

test('an authority within one company gives within it, and nothing wider, longer or elsewhere', async () => {
  const giver = as('hr-manager');
  // Stock Manager serves as the role that may make grants; nobody else holds it. The permission
  // manager could not put into it what only their own role does.
  refused(await admin.post(RULES, rule('Stock Manager', 'Grant', ['create'])), 403, NO_AUTHORITY);
  const rows = new PermissionRows(server.database.superuser);
  for (const [doctype, actions] of [
    ['Grant', ['read', 'create', 'write', 'delete']],
    ['Role', ['read']],
    ['Group', ['read', 'create', 'write']],
    ['User', ['select']],
    ['Company', ['select']],
    ['Department', ['select']],
  ] as const) {
    const more = {
      except:
        doctype === 'Department'
          ? ['Company', 'Department']
          : doctype === 'Company'
            ? ['Company']
            : [],
    };
    await rows.rule('Stock Manager', doctype, actions, more);
  }
  await rows.close();
  await done(admin.post(GRANTS, grant('hr-manager@demo.test', 'Stock Manager', [])));
  const authority = { holder: 'hr-manager@demo.test', roles: ['HR User'], scope: UK };
  await done(admin.post(AUTHORITIES, authority));
  const them = 'storekeeper@demo.test';
  const department = (await giver.get('/api/resource/Department?limit=1')).body.data[0].name;
  const narrower = [...UK, { dimension: 'Department', value: department }];
  const given = await done(giver.post(GRANTS, grant(them, 'HR User')));
  assert.equal(given.granted_by, 'hr-manager@demo.test');
  await done(giver.post(GRANTS, grant(them, 'HR User', narrower)));
  const DE = [{ dimension: 'Company', value: 'Larkspur DE' }];
  for (const scope of [
    [],
    DE,
    [...UK, ...DE],
    [{ dimension: 'Company', value: '*' }],
    [{ dimension: 'Company', value: '(blank)' }],
    [...UK, { dimension: 'Company', value: '(blank)' }],
    [{ dimension: 'Department', value: department }],
  ]) {
    refused(await giver.post(GRANTS, grant(them, 'HR User', scope)), 403, 'outside_authority');
  }
  refused(await giver.post(GRANTS, grant(them, 'HR Manager')), 403, 'outside_authority');
  refused(await giver.post(GRANTS, grant('hr-manager@demo.test', 'HR User')), 403, 'self_gain');
  // Changing what is there is giving what it then says.
  const path = `${GRANTS}/${given.name}`;
  const scope = (rows: object[]) => ({ modified: given.modified, scope: rows });
  refused(await giver.put(path, scope([])), 403, 'outside_authority');
  refused(await giver.put(path, scope(DE)), 403, 'outside_authority');
  refused(await giver.put(path, { role: 'HR Manager' }), 403, 'outside_authority');
  refused(await giver.put(path, { grantee: 'hr-manager@demo.test' }), 403, 'self_gain');
  await done(giver.put(path, { reason: 'still needed' }));
  // A grant that somebody else gave, wider than the authority, cannot be drawn out.
  const wide = await done(
    admin.post(GRANTS, grant(them, 'HR User', DE, { until: '2999-01-01 00:00:00' })),
  );
  refused(await giver.put(`${GRANTS}/${wide.name}`, { until: null }), 403, 'outside_authority');
  // Into a group that has more than the authority covers nobody is brought by it.
  const payroll = await done(giver.get(`${GROUPS}/Payroll`));
  const body = { modified: payroll.modified, members: [{ user: them }] };
  refused(await giver.put(`${GROUPS}/Payroll`, body), 403, 'outside_authority');
  assert.equal((await giver.delete(path)).status, 202);
});

test('a grant, its end and its limits count at once, and its history stays', async () => {
  const who = 'system-manager@demo.test';
  assert.equal(await countOf('system-manager', 'Salary Slip'), 'unknown_doctype');
  const own = [{ dimension: 'Employee', value: 'HR-EMP-00042' }];
  const given = await done(admin.post(GRANTS, grant(who, 'Employee', own)));
  const path = `${GRANTS}/${given.name}`;
  assert.equal(
    await countOf('system-manager', 'Salary Slip'),
    await countOf('employee', 'Salary Slip'),
  );
  for (const limits of [{ until: '2001-01-01 00:00:00' }, { from: '2999-01-01 00:00:00' }]) {
    await done(admin.post(GRANTS, grant('storekeeper@demo.test', 'Employee', own, limits)));
    assert.equal(await countOf('storekeeper', 'Salary Slip'), 'unknown_doctype');
  }
  const current = await done(admin.put(path, { until: '2999-01-01 00:00:00' }));
  const ended = await admin.delete(path);
  assert.deepEqual([ended.status, ended.body], [202, { message: 'ok' }]);
  assert.equal(await countOf('system-manager', 'Salary Slip'), 'unknown_doctype');
  const kept = await done(admin.get(path));
  assert.deepEqual([kept.role, kept.grantee, kept.scope], ['Employee', who, current.scope]);
  assert.ok(kept.until >= current.modified, 'it says when it ended');
  assert.equal((await admin.delete(path)).status, 202);
  assert.equal((await done(admin.get(path))).until, kept.until, 'it ended once');
});

test('a grant that says nothing sensible is refused, field by field', async () => {
  const them = 'employee@demo.test';
  for (const [body, status, code] of [
    [grant('nobody@demo.test', 'Employee'), 422, 'link_not_found'],
    [grant('Payroll', 'Employee'), 422, 'link_not_found'],
    [grant(them, 'No Such Role'), 422, 'link_not_found'],
    [grant(them, 'Employee', [{ dimension: 'Compny', value: 'x' }]), 422, 'invalid_document'],
    [
      grant(them, 'Employee', [{ dimension: 'Sales Invoice', value: 'x' }]),
      422,
      'invalid_document',
    ],
    [
      grant(them, 'Employee', [{ dimension: 'Company', value: 'Larkspur XX' }]),
      422,
      'link_not_found',
    ],
    [
      grant(them, 'Employee', [{ dimension: 'Company', value: '*', descendants: 1 }]),
      422,
      'invalid_document',
    ],
    [grant(them, 'Employee', [{ dimension: 'Company' }]), 422, 'invalid_document'],
    [
      grant(them, 'Employee', UK, { from: '2026-05-02 00:00:00', until: '2026-05-01 00:00:00' }),
      422,
      'invalid_document',
    ],
    [
      grant(them, 'Employee', UK, { from: '2026-05-02 00:00:00', until: '2026-05-02 00:00:00' }),
      422,
      'invalid_document',
    ],
    [grant(them, 'Employee', UK, { grantee_type: 'Robot' }), 400, 'bad_value'],
    [grant(them, 'Employee', UK, { until: 'soon' }), 400, 'bad_value'],
    [grant(them, 'Employee', UK, { granted_by: 'system:operator' }), 403, 'forbidden'],
    [grant(them, 'Employee', UK, { request: 'REQ-1' }), 403, 'forbidden'],
    [{ grantee: them }, 422, 'invalid_document'],
  ] as const) {
    const answer = await admin.post(GRANTS, body);
    assert.deepEqual(
      [answer.status, answer.body.code],
      [status, code],
      `${JSON.stringify(body)} ${answer.text}`,
    );
    assert.ok(answer.body.errors.length > 0, answer.text);
  }
});

test('a rule is in force only with a reach; a draft opens nothing; `everything` needs no dimension', async () => {
  const make = async (more: object) =>
    await admin.post(RULES, { ...rule('Employee', 'Item', ['read']), ...more });
  refused(await make({ reach: null }), 422, 'invalid_document');
  refused(
    await make({ document_type: 'Salary Slip', reach: 'everything' }),
    422,
    'invalid_document',
  );
  for (const more of [
    { document_type: 'No Such Doctype' },
    { document_type: 'Sales Invoice Item' },
    { actions: ['reed'] },
    { actions: [] },
    { actions: ['read', 'read'] },
    { actions: 'read' },
    { levels: [] },
    { levels: [10] },
    { levels: ['0'] },
    { except: ['Company'] },
    { when: [] },
    { when: [['nope', '=', 1]] },
    { when: [['item_name', 'like', '%']] },
    { when: [['standard_rate', '>', 'x']] },
    { when: { item_name: 'x' } },
  ]) {
    refused(await make(more), 422, 'invalid_document');
  }
  refused(await make({ reach: 'sideways' }), 400, 'bad_value');
  refused(await make({ role: 'No Such Role' }), 422, 'link_not_found');

  const opened = await done(make({ reach: 'everything', status: 'draft' }));
  const path = `${RULES}/${opened.name}`;
  assert.equal(await countOf('employee', 'Item'), 'unknown_doctype');
  await done(admin.put(path, { reach: null }));
  refused(await admin.put(path, { status: 'in force' }), 422, 'invalid_document');
  assert.equal(await countOf('employee', 'Item'), 'unknown_doctype');
  await done(admin.put(path, { reach: 'everything', status: 'in force' }));
  assert.ok(Number(await countOf('employee', 'Item')) > 0);
  // A person with no scope at all reaches what carries no dimension, and only that.
  assert.ok(Number(await countOf('new-hire', 'Item')) > 0);
  assert.equal(await countOf('new-hire', 'Salary Slip'), 0);
  await done(admin.put(path, { when: [['owner', '=', '$me']] }));
  assert.equal(await countOf('employee', 'Item'), 0);
  assert.equal((await admin.delete(path)).status, 202);
  assert.equal(await countOf('employee', 'Item'), 'unknown_doctype');
});

test('a group gives to its members, for as long as they are in it', async () => {
  await done(admin.post(GROUPS, { name: 'Night Shift', members: [] }));
  await done(admin.post(GRANTS, grant('Night Shift', 'HR Manager', UK, { grantee_type: 'Group' })));
  const set = async (members: object[]) => {
    const { modified } = await done(admin.get(`${GROUPS}/Night Shift`));
    return await done(admin.put(`${GROUPS}/Night Shift`, { modified, members }));
  };
  const user = 'auditor@demo.test';
  assert.equal(await countOf('auditor', 'Salary Slip'), 0);
  await set([{ user }]);
  assert.equal(await countOf('auditor', 'Salary Slip'), await countOf('hr-manager', 'Salary Slip'));
  await set([{ user, until: '2001-01-01 00:00:00' }]);
  assert.equal(await countOf('auditor', 'Salary Slip'), 0);
  await set([{ user, from: '2999-01-01 00:00:00' }]);
  assert.equal(await countOf('auditor', 'Salary Slip'), 0);
  await set([]);
  refused(await admin.post(GROUPS, { name: 'Night Shift' }), 409, 'duplicate');
  refused(await admin.delete(`${GROUPS}/Night Shift`), 409, 'linked');
  const everyone = await done(admin.get(`${GROUPS}/Everyone`));
  const members = [{ user }];
  refused(
    await admin.put(`${GROUPS}/Everyone`, { modified: everyone.modified, members }),
    422,
    'invalid_document',
  );
});

test('a share opens one document, at level 0, until it ends, and only what the sharer holds', async () => {
  const sharer = as('accounts-manager');
  const [invoice] = (await sharer.get(INVOICES + query({ filters: { docstatus: 0 }, limit: 1 })))
    .body.data;
  const [other] = (
    await sharer.get(INVOICES + query({ filters: [['name', '!=', invoice.name]], limit: 1 }))
  ).body.data;
  const share = (more: object = {}) => ({
    document_type: 'Sales Invoice',
    document_name: invoice.name,
    user: 'employee@demo.test',
    actions: ['read'],
    ...more,
  });
  assert.equal(await countOf('employee', 'Sales Invoice'), 'unknown_doctype');
  const made = await done(sharer.post(SHARES, share()));
  assert.equal((await as('employee').get(`${INVOICES}/${invoice.name}`)).status, 200);
  assert.deepEqual((await as('employee').get(INVOICES)).body.data, [{ name: invoice.name }]);
  refused(await as('employee').get(`${INVOICES}/${other.name}`), 404, 'not_found');
  refused(
    await as('employee').put(`${INVOICES}/${invoice.name}`, { po_no: 'x' }),
    403,
    'forbidden',
  );
  // Whoever it was shared with does not pass it on, and does not see the sharer's shares.
  const toHr = await done(sharer.post(SHARES, share({ user: 'hr-manager@demo.test' })));
  refused(
    await as('hr-manager').post(SHARES, share({ user: 'new-hire@demo.test' })),
    403,
    'outside_authority',
  );
  assert.equal((await as('employee').get(`${SHARES}/${made.name}`)).status, 404);
  refused(await as('employee').delete(`${SHARES}/${made.name}`), 404, 'not_found');
  assert.equal((await sharer.delete(`${SHARES}/${made.name}`)).status, 202);
  assert.equal(await countOf('employee', 'Sales Invoice'), 'unknown_doctype');

  await done(sharer.post(SHARES, share({ until: '2001-01-01 00:00:00' })));
  assert.equal(await countOf('employee', 'Sales Invoice'), 'unknown_doctype');
  for (const [body, status, code] of [
    [share({ actions: ['inspect'] }), 403, 'outside_authority'],
    [share({ actions: ['read', 'inspect'] }), 403, 'outside_authority'],
    [share({ actions: [] }), 422, 'invalid_document'],
    [share({ actions: ['reed'] }), 422, 'invalid_document'],
    [share({ user: 'accounts-manager@demo.test' }), 403, 'self_gain'],
    [share({ user: 'nobody@demo.test' }), 422, 'link_not_found'],
    [share({ document_name: 'SINV-1999-00001' }), 404, 'not_found'],
    [
      share({
        document_type: 'Customer',
        document_name: (await sharer.get('/api/resource/Customer?limit=1')).body.data[0].name,
      }),
      403,
      'outside_authority',
    ],
    [share({ document_type: 'Salary Slip', document_name: 'x' }), 404, 'not_found'],
    [share({ document_type: 'No Such', document_name: 'x' }), 404, 'not_found'],
  ] as const) {
    const answer = await sharer.post(SHARES, body);
    assert.deepEqual(
      [answer.status, answer.body.code],
      [status, code],
      `${JSON.stringify(body)} ${answer.text}`,
    );
  }
  assert.equal((await sharer.delete(`${SHARES}/${toHr.name}`)).status, 202);
  // HR may read leave applications, but holds no right to share.
  const document_type = 'Leave Application';
  const [leave] = (await as('hr-manager').get(`/api/resource/${document_type}?limit=1`)).body.data;
  const body = share({ document_type, document_name: leave.name });
  refused(await as('hr-manager').post(SHARES, body), 403, 'outside_authority');
});

test('a move in a tree is a grant: whoever would gain does not make it, nor without authority', async () => {
  const manager = as('accounts-manager');
  const centers = '/api/resource/Cost Center';
  const parent = async (name: string) =>
    (await done(manager.get(`${centers}/${encodeURIComponent(name)}`))).parent_cost_center;
  const before = await countOf('branch-accountant', 'Sales Invoice');
  const londonParent = await parent('London');
  // Under Leeds it would come into the reach of everybody who holds Leeds with descendants.
  refused(
    await manager.put(`${centers}/London`, { parent_cost_center: 'Leeds' }),
    403,
    'outside_authority',
  );
  refused(
    await manager.put(`${centers}/Leeds`, { parent_cost_center: 'Leeds Retail' }),
    422,
    'invalid_document',
  );
  refused(
    await manager.put(`${centers}/Leeds`, { parent_cost_center: 'Leeds' }),
    422,
    'invalid_document',
  );
  assert.deepEqual(
    [await parent('London'), await countOf('branch-accountant', 'Sales Invoice')],
    [londonParent, before],
  );
  // Out of Leeds nobody gains.
  const retail = await parent('Leeds Retail');
  await done(manager.put(`${centers}/Leeds Retail`, { parent_cost_center: londonParent }));
  assert.ok(Number(await countOf('branch-accountant', 'Sales Invoice')) < Number(before));
  refused(
    await manager.put(`${centers}/Leeds Retail`, { parent_cost_center: retail }),
    403,
    'outside_authority',
  );
});

test('whoever may give access stays: the last granting authority is not removed', async () => {
  const { data } = (await admin.get(AUTHORITIES + query({ fields: ['name', 'holder'] }))).body;
  const [last, ...others] = data.sort((a: { holder: string }) => (a.holder === ADMIN ? -1 : 1));
  for (const { name } of others)
    assert.equal((await admin.delete(`${AUTHORITIES}/${name}`)).status, 202);
  refused(await admin.delete(`${AUTHORITIES}/${last.name}`), 403, 'forbidden');
  refused(await admin.put(`${AUTHORITIES}/${last.name}`, { roles: [] }), 422, 'invalid_document');
});
