/** What is not in the inventory is not served, and what the inventory says of a route is true. */
import assert from 'node:assert/strict';
import { METHODS, request, STATUS_CODES } from 'node:http';
import { after, before, test } from 'node:test';
import { ERROR_STATUS } from '../../src/base/errors.ts';
import { ROUTES } from '../../src/http/routes/index.ts';
import { guestCaller } from '../../src/identity/caller.ts';
import { connectToMigrate } from '../../src/store/migrate/migration-connection.ts';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

type Declared = {
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly guest: boolean;
  readonly audit: string;
};

let server: DemoServer;
let as: (persona: string) => Client;
let routes: readonly Declared[];

before(async () => {
  server = await demoServer();
  as = await people(server, ['employee', 'auditor', 'system-manager']);
  ({ routes } = (await as('employee').get('/api/inventory')).body);
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

const pathOf = (path: string): string =>
  path.replace(':doctype', 'Item').replaceAll(/:\w+/g, 'ACC-010');

type Bare = { status: number; type: string; allow: string; text: string };

/** Any method that Node knows: `fetch` refuses some. */
async function bare(method: string, path: string): Promise<Bare> {
  return await new Promise((resolve, reject) => {
    const sent = request(server.url + path, { method }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      const { statusCode: status = 0, headers } = answer;
      const type = headers['content-type'] ?? '';
      answer.on('end', () => resolve({ status, type, allow: headers.allow ?? '', text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('every method that a path does not declare is refused, HEAD among them', async () => {
  assert.equal(routes.length, ROUTES.length);
  const methods = METHODS.filter((method) => method !== 'CONNECT');
  assert.ok(methods.includes('HEAD') && methods.includes('TRACE') && methods.includes('PROPFIND'));
  let count = 0;
  for (const path of new Set(routes.map((route) => route.path))) {
    const declared = routes.filter((route) => route.path === path).map(({ method }) => method);
    for (const method of methods.filter((one) => !declared.includes(one))) {
      for (const target of [pathOf(path), `${pathOf(path)}/`]) {
        const { status, type, allow } = await bare(method, target);
        assert.equal(status, 405, `${method} ${target}`);
        assert.match(type, /^application\/problem\+json/);
        assert.deepEqual(allow.split(', ').sort(), declared.toSorted(), `${method} ${target}`);
        count++;
      }
    }
  }
  assert.ok(count > 500);
});

test('a path that is neither a route nor a file of the page is not found', async () => {
  for (const path of [
    '/metrics',
    '/index',
    '/app',
    '/desk/Customer',
    '/login',
    '/admin',
    '/.env',
    '/.git/config',
    '/assets',
    '/assets/',
    '/assets/none.js',
    '//',
    '/index.html/',
    '/api',
    '/api/resource',
    '/api/method',
    '/api/resource/Item/a/b/c',
    '/access/v1/assertions',
    '/access/v1',
    '/mcp',
    '/files/x',
    '/webhooks/x',
    '/%2e%2e/package.json',
    '/healthz/x',
  ]) {
    for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) {
      const { status, type, text } = await bare(method, path);
      assert.equal(status, 404, `${method} ${path}`);
      assert.match(type, /^application\/problem\+json/, `${method} ${path}`);
      if (method !== 'HEAD') assert.equal(JSON.parse(text).code, 'not_found', path);
    }
  }
  const page = await bare('GET', '/?from=mail');
  assert.deepEqual([page.status, page.type], [200, 'text/html; charset=utf-8']);
  assert.deepEqual((await bare('HEAD', '/')).status, 200);
  assert.equal((await bare('POST', '/')).status, 404);
});

test('a problem’s title is the phrase of its status, and its code says what it is', async () => {
  const employee = as('employee');
  for (const [answer, code] of [
    [await employee.get('/api/resource/Item?nope=1'), 'unknown_parameter'],
    [await as('guest').get('/api/inventory'), 'unauthenticated'],
    [await employee.get('/api/resource/Nothing'), 'unknown_doctype'],
    [await employee.request('PATCH', '/healthz'), 'method_not_allowed'],
    [await employee.request('POST', '/api/method/login', 'x', { 'content-type': 'a/b' }), null],
  ] as const) {
    const { type, title, status, detail, message, exc_type } = answer.body;
    assert.deepEqual([type, title], ['about:blank', STATUS_CODES[answer.status]]);
    assert.equal(status, answer.status);
    assert.equal(message, detail);
    assert.equal(typeof exc_type, 'string');
    if (code !== null) assert.equal(answer.body.code, code);
  }
  for (const status of Object.values(ERROR_STATUS)) assert.ok(STATUS_CODES[status]);
});

test('guests get nothing where a route is not for them, whatever is granted to Guests', async () => {
  // No door makes such a grant, since everybody is a guest who signs out: an installation might.
  const connection = await connectToMigrate(server.database.superuser);
  await connection.script(`
    insert into doc.role_rule (name, owner, creation, modified, modified_by, docstatus,
      role, document_type, actions, levels, reach, "except", status)
    values ('for guests', 'test', now(), now(), 'test', 0, 'HR User', 'Item',
      '["read", "create", "write", "delete"]', '[0]', 'everything', '[]', 'in force');
    insert into doc."grant" (name, owner, creation, modified, modified_by, docstatus,
      role, grantee_type, grantee)
    values ('for guests', 'test', now(), now(), 'test', 0, 'HR User', 'Group', 'Guests');`);
  await connection.close();
  const caller = guestCaller({ requestId: 'r', door: 'test', address: null });
  const items = await server.system.documents.list(caller, 'Item', { limit: 1 });
  assert.equal(items.length, 1, 'the grant counts');
  const name = String(items[0]?.['name']);
  const guest = as('guest');
  const BODIES: Readonly<Record<string, object>> = {
    '/api/method/frappe.client.set_value': { doctype: 'Item', name, fieldname: 'a', value: 1 },
    '/api/method/frappe.client.submit': { doc: { doctype: 'Item', name } },
    '/api/method/frappe.client.cancel': { doctype: 'Item', name },
    '/api/access/explain': { action: 'read', doctype: 'Item', name },
    '/api/access/who': { action: 'read', doctype: 'Item', name },
    '/api/resource/:doctype': { item_code: 'by nobody', item_name: 'x' },
  };
  for (const { method, path, ofDoctype } of ROUTES.filter(({ guest }) => !guest)) {
    const target = path.replace(':doctype', 'Item').replaceAll(/:\w+/g, name);
    const parameters = { doctype: 'Item', fieldname: 'name', field: 'name' };
    const isClient = method === 'GET' && path.includes('frappe.client');
    const asked = Object.entries(parameters).filter(([one]) =>
      ROUTES.find((route) => route.path === path)?.query?.includes(one),
    );
    const question = isClient ? query(Object.fromEntries(asked)) : '';
    const body = method === 'GET' ? undefined : (BODIES[path] ?? {});
    const answer = await guest.request(method, target + question, body);
    const expected = ofDoctype ? [404, 'unknown_doctype'] : [401, 'unauthenticated'];
    assert.deepEqual([answer.status, answer.body.code], expected, `${method} ${path}`);
  }
});

test('how to ask is not explained to guests where a route is not for them', async () => {
  for (const { method, path, guest } of ROUTES) {
    if (guest) continue;
    const target = `${path.replaceAll(/:\w+/g, 'x')}?nonsense=1`;
    const body = method === 'GET' ? undefined : { nonsense: 1 };
    const answer = await as('guest').request(method, target, body);
    const { status } = answer;
    assert.deepEqual([status, answer.body.code], [401, 'unauthenticated'], `${method} ${path}`);
  }
});

test('what is for guests is a short list', () => {
  const open = routes.filter(({ guest }) => guest).map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(open.sort(), [
    'GET /.well-known/authzen-configuration',
    'GET /api/personas',
    'GET /healthz',
    'GET /openapi.json',
    'GET /readyz',
    'POST /api/method/login',
    'POST /api/method/logout',
  ]);
});

test('the audit log holds what each route says it does', async () => {
  const slip = (await as('employee').get('/api/resource/Salary Slip?limit=1')).body.data[0].name;
  const doctype = 'Salary Slip';
  const allowed: Readonly<Record<string, [string, unknown?]>> = {
    'GET /api/resource/:doctype': ['/api/resource/Salary Slip'],
    'GET /api/resource/:doctype/:name': [`/api/resource/Salary Slip/${slip}`],
    'GET /api/count/:doctype': ['/api/count/Salary Slip'],
    'GET /api/doctype/:doctype': ['/api/doctype/Salary Slip'],
    'GET /api/doctypes': ['/api/doctypes'],
    'GET /api/method/frappe.client.get_count': [
      `/api/method/frappe.client.get_count${query({ doctype })}`,
    ],
    'GET /api/method/frappe.client.get_value': [
      `/api/method/frappe.client.get_value${query({ doctype, fieldname: 'net_pay' })}`,
    ],
    'POST /api/access/explain': ['/api/access/explain', { action: 'read', doctype }],
    'POST /api/tokens': ['/api/tokens', { label: 'x' }],
    'GET /api/inventory': ['/api/inventory'],
  };
  const WRITTEN = new Set(['refusals and marked reads', 'writes', 'writes and refusals']);
  for (const [route, [path, body]] of Object.entries(allowed)) {
    const declared = routes.find((one) => `${one.method} ${one.path}` === route);
    const before = await entries();
    const answer = await as('employee').request(route.split(' ')[0] ?? '', path, body);
    assert.equal(answer.status, 200, answer.text);
    const isWritten = (await entries()) > before;
    assert.equal(isWritten, WRITTEN.has(String(declared?.audit)), `${route} ${declared?.audit}`);
  }
  for (const [route, [path, body]] of Object.entries(allowed)) {
    const declared = routes.find((one) => `${one.method} ${one.path}` === route);
    const answer = await as('system-manager').request(route.split(' ')[0] ?? '', path, body);
    if (answer.status !== 404) continue;
    const filters = { request_id: answer.body.request_id };
    const path_ = `/api/resource/Audit Entry${query({ filters, fields: ['outcome'] })}`;
    const { data } = (await as('auditor').get(path_)).body;
    assert.deepEqual(data, [{ outcome: 'refused' }], route);
    assert.match(String(declared?.audit), /refusals/, route);
  }
});

test('explaining one’s own access needs no `inspect`, and the inventory does not say so', async () => {
  const explain = routes.find(({ path }) => path === '/api/access/explain');
  assert.deepEqual([explain?.action, explain?.guest], ['none', false]);
  const question = { action: 'read', doctype: 'Salary Slip' };
  assert.equal((await as('employee').post('/api/access/explain', question)).status, 200);
});

/** How many entries there are of the employee. */
async function entries(): Promise<number> {
  const filters = { principal: 'employee@demo.test' };
  return (await as('auditor').get(`/api/count/Audit Entry${query({ filters })}`)).body.data;
}
