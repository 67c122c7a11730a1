/** What is not in the inventory is not served, and what the inventory says of a route is true. */
import assert from 'node:assert/strict';
import { METHODS, request, STATUS_CODES } from 'node:http';
import { after, before, test } from 'node:test';
import { ERROR_STATUS } from '../../src/base/errors.ts';
import { ROUTES } from '../../src/http/routes/index.ts';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { done, refused } from '../support/outcome.ts';
import { people, query } from '../support/people.ts';
import { PermissionRows } from '../support/permission-rows.ts';

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
  as = await people(server, ['employee', 'auditor', 'system-manager', 'branch-accountant']);
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
    '/metrics/x',
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

test('what is granted to Guests is served to whoever did not sign in, and nothing else', async () => {
  // No door makes such a grant alone, since everybody is a guest who signs out.
  const rows = new PermissionRows(server.database.superuser);
  const guest = as('guest');
  const [{ name }] = (await as('branch-accountant').get('/api/resource/Item?limit=1')).body.data;
  const item = `/api/resource/Item/${name}`;
  refused(await guest.get(item), 404, 'unknown_doctype');
  await rows.put('role', { name: 'Window' });
  await rows.rule('Window', 'Item', ['read'], { reach: 'everything' });
  const grant = await rows.grant('#Guests', 'Window');
  assert.equal((await done(guest.get(item))).name, name);
  assert.equal((await done(guest.get('/api/resource/Item?limit=1'))).length, 1);
  assert.ok((await done(guest.get('/api/count/Item'))) > 1);
  assert.equal((await guest.get('/api/doctype/Item')).status, 200);
  const question = { action: 'read', doctype: 'Item', name };
  assert.equal((await guest.post('/api/access/explain', question)).body.allowed, true);
  refused(await guest.put(item, { item_name: 'x' }), 403, 'forbidden');
  refused(await guest.delete(item), 403, 'forbidden');
  refused(await guest.post('/api/access/who', question), 403, 'forbidden');
  refused(await guest.get('/api/resource/Salary Slip'), 404, 'unknown_doctype');
  // It is for guests: who signed in has what is given to them.
  refused(await as('system-manager').get(item), 404, 'unknown_doctype');
  await rows.run(`update doc."grant" set until = '2001-01-01' where name = $1`, grant);
  refused(await guest.get(item), 404, 'unknown_doctype');
  await rows.close();
});

test('a route that asks about no doctype says by itself whether it is for guests', async () => {
  for (const { method, path } of ROUTES.filter(({ guest }) => !guest)) {
    const body = method === 'GET' ? undefined : {};
    const answer = await as('guest').request(method, path.replaceAll(/:\w+/g, 'x'), body);
    assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated'], path);
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

test('what is for guests is a short list, beside documents that are granted to them', () => {
  const isOfDoctype = (path: string): boolean =>
    ROUTES.some((route) => route.path === path && route.ofDoctype === true);
  assert.deepEqual(
    routes.filter(({ guest, path }) => !guest && isOfDoctype(path)),
    [],
  );
  const open = routes
    .filter(({ guest, path }) => guest && !isOfDoctype(path))
    .map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(open.sort(), [
    'GET /.well-known/authzen-configuration',
    'GET /api/personas',
    'GET /healthz',
    'GET /metrics',
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
  assert.equal(explain?.action, 'none');
  const question = { action: 'read', doctype: 'Salary Slip' };
  assert.equal((await as('employee').post('/api/access/explain', question)).status, 200);
});

/** How many entries there are of the employee. */
async function entries(): Promise<number> {
  const filters = { principal: 'employee@demo.test' };
  return (await as('auditor').get(`/api/count/Audit Entry${query({ filters })}`)).body.data;
}
