/** Why, and what there is: explanations, the inventory, the API's description, health. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, clientOf } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';
import { PermissionRows } from '../support/permission-rows.ts';
import { twoSlips } from '../support/slips.ts';

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
    'branch-accountant',
    'accounts-manager',
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

test('an allow names every witness: grant, role, rule and scope', async () => {
  const { body } = await explain('employee', { action: 'read', name: ownSlip });
  assert.equal(body.allowed, true);
  assert.deepEqual(body.missing, []);
  assert.equal(body.because.length, 1);
  const [{ kind, name, role, rule, scope }] = body.because;
  assert.deepEqual([kind, role, rule], ['grant', 'Employee', 'Employee: Salary Slip']);
  assert.match(name, /^GRANT-\d+$/);
  assert.deepEqual(scope, [{ dimension: 'Employee', value: 'HR-EMP-00042', descendants: 0 }]);
});

test('a deny names what is missing, and no value of anything', async () => {
  const { body } = await explain('employee', { action: 'submit', name: ownSlip });
  assert.equal(body.allowed, false);
  assert.deepEqual(body.because, []);
  assert.ok(
    body.missing.some(({ kind }: { kind: string }) => kind === 'role'),
    body.missing,
  );
  const giver = body.missing.find(({ kind }: { kind: string }) => kind === 'authority');
  assert.match(giver.detail, /permission-manager@demo\.test/);
});

test('INVARIANT (hidden-equals-missing): a hidden slip is explained like one that is not there', async () => {
  for (const persona of ['employee', 'new-hire']) {
    for (const action of ['read', 'write', 'delete', 'inspect', 'submit']) {
      const [hidden, missing] = await Promise.all(
        [otherSlip, 'SAL-1999-00001'].map((name) => explain(persona, { action, name })),
      );
      assert.equal(hidden?.status, 200, hidden?.text);
      assert.equal(hidden?.text, missing?.text, `${persona} ${action}`);
      assert.equal(hidden?.body.allowed, false);
    }
  }
});

test('create and import are asked without a name: no document that is there is meant', async () => {
  for (const action of ['create', 'import']) {
    for (const name of [ownSlip, 'SAL-1999-00001']) {
      const { status, body } = await explain('employee', { action, name });
      assert.deepEqual([status, body.code], [400, 'bad_value']);
      assert.match(body.detail, /new document.*without `name`/);
    }
    assert.equal((await explain('employee', { action })).status, 200);
  }
  assert.equal((await explain('hr-manager', { action: 'create' })).body.allowed, true);
});

test('of a doctype as such: a ceiling that forbids it on every document is said', async () => {
  const ask = async (ceiling: object, action: string) => {
    const made = await as('employee').post('/api/tokens', { label: 'x', ceiling });
    const authorization = `token ${made.body.key}:${made.body.secret}`;
    const question = { doctype: 'Salary Slip', action };
    const client = clientOf(server.url, { authorization });
    return (await client.post('/api/access/explain', question)).body;
  };
  const open = await ask({}, 'print');
  assert.deepEqual([open.allowed, open.missing], [true, []]);
  const closed = await ask({ actions: ['read'] }, 'print');
  assert.deepEqual([closed.allowed, closed.because], [false, []]);
  assert.deepEqual(closed.missing.map(kindOf), ['ceiling']);
  assert.equal((await ask({ actions: ['read'] }, 'read')).allowed, true);
});

test('of a doctype as such: what is shared counts, and of a field only what opens its level', async () => {
  const rows = new PermissionRows(server.database.superuser);
  const [{ name }] = (await as('accounts-manager').get('/api/resource/Customer?limit=1')).body.data;
  const shared = { document_type: 'Customer', document_name: name, actions: ['print'] };
  await rows.put('share', { name: 'of a customer', user: 'new-hire@demo.test', ...shared });
  await rows.rule('Employee', 'Customer', ['select']);
  await rows.close();
  const ask = async (question: object) =>
    (await explain('new-hire', { doctype: 'Customer', ...question })).body;
  const printing = await ask({ action: 'print' });
  assert.deepEqual([printing.allowed, printing.because], [true, [SHARE]]);
  assert.deepEqual((await ask({ action: 'read', field: 'customer_name' })).because, [SHARE]);
  const other = await ask({ action: 'delete' });
  assert.deepEqual([other.allowed, other.because], [false, []]);
  const byLevel = async (persona: string) =>
    (
      await explain('auditor', {
        ...{ doctype: 'Customer', action: 'read', field: 'credit_limit' },
        user: `${persona}@demo.test`,
      })
    ).body;
  assert.equal((await byLevel('accounts-manager')).allowed, true);
  const closed = await byLevel('branch-accountant');
  assert.equal(closed.allowed, false);
  assert.equal(closed.missing[0].kind, 'level');
});

const SHARE = { kind: 'share', name: 'of a customer' };

const kindOf = ({ kind }: { kind: string }): string => kind;

test('asked about the guest, it answers for whoever did not sign in', async () => {
  const question = { doctype: 'Share', action: 'create' };
  // Everybody who signed in holds this by the group `Everyone`.
  const person = await explain('auditor', { ...question, user: 'new-hire@demo.test' });
  assert.equal(person.body.allowed, true, person.text);
  for (const user of ['Guest', 'system:nothing']) {
    const { body } = await explain('auditor', { ...question, user });
    assert.equal(body.allowed, false, user);
  }
});

test('about somebody else one asks with `inspect` only', async () => {
  const user = 'hr-manager@demo.test';
  const question = { action: 'read', name: otherSlip, user };
  const auditor = await explain('auditor', question);
  assert.equal(auditor.body.allowed, true, auditor.text);
  assert.deepEqual(
    auditor.body.because.map(({ role }: { role: string }) => role),
    ['HR Manager'],
  );
  const about = await explain('auditor', { ...question, user: 'employee@demo.test' });
  assert.equal(about.body.allowed, false);
  assert.equal(
    (await explain('auditor', { ...question, user: 'nobody@demo.test' })).body.allowed,
    false,
  );
  assert.equal((await explain('auditor', { ...question, name: 'SAL-1999-00001' })).status, 404);
  // Readable without `inspect` is 403; hidden is 404, like missing.
  for (const [persona, name, status, code] of [
    ['hr-manager', otherSlip, 403, 'forbidden'],
    ['employee', ownSlip, 403, 'forbidden'],
    ['employee', otherSlip, 404, 'not_found'],
    ['employee', 'SAL-1999-00001', 404, 'not_found'],
    ['system-manager', otherSlip, 404, 'unknown_doctype'],
    ['guest', otherSlip, 404, 'unknown_doctype'],
  ] as const) {
    const answer = await explain(persona, { action: 'read', name, user: 'new-hire@demo.test' });
    assert.deepEqual([answer.status, answer.body.code], [status, code], `${persona} ${name}`);
  }
  const general = await explain('employee', { action: 'read', user });
  assert.deepEqual([general.status, general.body.code], [403, 'forbidden']);
});

test('a field of a level that is open to nobody who asks does not exist; elsewhere it is named', async () => {
  const [{ name }] = (await as('branch-accountant').get('/api/resource/Customer?limit=1')).body
    .data;
  const ask = async (persona: string, field: string) =>
    await explain(persona, { action: 'read', doctype: 'Customer', name, field });
  assert.equal((await ask('accounts-manager', 'credit_limit')).body.allowed, true);
  for (const field of ['credit_limit', 'no_such_field']) {
    const answer = await ask('branch-accountant', field);
    assert.deepEqual([answer.status, answer.body.code], [400, 'unknown_field'], field);
  }
  assert.equal((await ask('branch-accountant', 'tax_id')).body.allowed, true);
});

test('a question that is not understood is refused', async () => {
  for (const [question, code] of [
    [{ action: 'reed' }, 'bad_value'],
    [{ action: 'read', names: 'x' }, 'unknown_parameter'],
    [{ action: 7 }, 'bad_value'],
    [{}, 'bad_value'],
  ] as const) {
    const answer = await explain('employee', question);
    assert.deepEqual([answer.status, answer.body.code], [400, code], JSON.stringify(question));
  }
  const unknown = await explain('employee', { action: 'read', doctype: 'Sales Invoice' });
  assert.deepEqual([unknown.status, unknown.body.code], [404, 'unknown_doctype']);
});

test('a doctype is described as one may see it, without fields of closed levels', async () => {
  const fields = async (persona: string) => {
    const { body } = await as(persona).get('/api/doctype/Customer');
    return body.data.fields.map(({ fieldname }: { fieldname: string }) => fieldname);
  };
  assert.ok((await fields('accounts-manager')).includes('credit_limit'));
  const seen = await fields('branch-accountant');
  assert.ok(seen.includes('customer_name') && !seen.includes('credit_limit'));
  assert.equal((await as('new-hire').get('/api/doctype/Salary Slip')).status, 200);
  assert.equal((await as('branch-accountant').get('/api/doctype/Sales Invoice Item')).status, 200);
  for (const name of ['Salary Slip', 'Salary Detail', 'Salary Slop']) {
    const answer = await as('branch-accountant').get(`/api/doctype/${name}`);
    assert.deepEqual([answer.status, answer.body.code], [404, 'unknown_doctype'], name);
  }
});

test('the inventory and the description tell of the same routes', async () => {
  assert.equal((await as('guest').get('/api/inventory')).status, 401);
  const { body } = await as('new-hire').get('/api/inventory');
  assert.deepEqual(Object.keys(body), ['routes', 'tools', 'jobs', 'webhooks', 'roles']);
  for (const route of body.routes) {
    assert.deepEqual(Object.keys(route), [
      'method',
      'path',
      'action',
      'guest',
      'rate_limit',
      'audit',
    ]);
  }
  const paths = (await as('guest').get('/openapi.json')).body.paths;
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const declared = body.routes.map(
    ({ method, path }: Record<string, string>) =>
      `${method} ${path?.replaceAll(/:(\w+)/g, '{$1}')}`,
  );
  assert.deepEqual(described.sort(), declared.sort());
});

test('health and readiness answer anybody', async () => {
  assert.deepEqual((await as('guest').get('/healthz')).body, { status: 'ok' });
  assert.deepEqual((await as('guest').get('/readyz')).body, { status: 'ready' });
});

test('every declared route answers a guest without a single secret or stack', async () => {
  const { routes } = (await as('new-hire').get('/api/inventory')).body;
  for (const { method, path, guest } of routes) {
    const url = path.replace(':doctype', 'Salary Slip').replaceAll(/:\w+/g, 'x');
    const answer = await as('guest').request(method, url, method === 'GET' ? undefined : {});
    assert.ok(answer.status < 500, `${method} ${path} ${answer.text}`);
    if (!guest) assert.ok([401, 404].includes(answer.status), `${method} ${path}`);
    if (path.includes(':doctype')) {
      assert.deepEqual(
        [answer.status, answer.body.code],
        [404, 'unknown_doctype'],
        `${method} ${path}`,
      );
    }
  }
});

test('who could give it is who may make the grant, too', async () => {
  const hr = 'hr-manager@demo.test';
  const authority = {
    ...{ holder_type: 'User', holder: hr, roles: ['HR Manager'] },
    scope: [{ dimension: 'Company', value: 'Larkspur UK' }],
  };
  const made = await as('permission-manager').post('/api/resource/Granting Authority', authority);
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const asked = { user: 'storekeeper@demo.test', action: 'read', doctype: 'Salary Slip' };
  const { body } = await as('auditor').post('/api/access/explain', asked);
  const givers = body.missing.filter(({ kind }: { kind: string }) => kind === 'authority');
  const named = givers.map(({ detail }: { detail: string }) => detail.split(' ')[0]);
  assert.deepEqual(named, ['permission-manager@demo.test']);
});
