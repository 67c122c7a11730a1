/** Signing in and out, sessions, tokens and where a request came from. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LIMITS } from '../../src/base/limits.ts';
import { Identity } from '../../src/identity/sign-in.ts';
import { connectToMigrate } from '../../src/store/migrate/migration-connection.ts';
import { type Client, clientOf, signIn } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';
import { PermissionRows } from '../support/permission-rows.ts';
import { statementsOf } from '../support/statements.ts';

const WHO = '/api/method/frappe.auth.get_logged_user';
const SLIPS = '/api/resource/Salary Slip';
const INVOICES = '/api/resource/Sales Invoice';

let server: DemoServer;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  as = await people(server, ['employee', 'branch-accountant', 'accounts-manager']);
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

type Token = { id: string; key: string; secret: string };

async function tokenOf(persona: string, request: object): Promise<Token> {
  const made = await as(persona).post('/api/tokens', { label: 'test', ...request });
  assert.equal(made.status, 200, made.text);
  return made.body;
}

function using({ key, secret }: Token, scheme = 'token'): Client {
  return clientOf(server.url, { authorization: `${scheme} ${key}:${secret}` });
}

test('signing in gives a session cookie that no script and no other site can use', async () => {
  const usr = 'employee@demo.test';
  const answer = await as('guest').post('/api/method/login', { usr, pwd: server.password });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body, { message: 'Logged In', full_name: 'Ewan Hartley' });
  const cookie = answer.headers.get('set-cookie') ?? '';
  assert.match(cookie, /^sid=[A-Za-z0-9_-]{43};/);
  for (const flag of ['HttpOnly', 'SameSite=Lax', 'Path=/', 'Max-Age=']) {
    assert.ok(cookie.includes(flag), flag);
  }
  assert.equal((await as('employee').get(WHO)).body.message, usr);
  assert.equal((await as('guest').get(WHO)).status, 401);
});

test('the name may be written in any case: it is one person, and there is no second', async () => {
  const usr = 'Employee@DEMO.test';
  const answer = await as('guest').post('/api/method/login', { usr, pwd: server.password });
  assert.equal(answer.status, 200, answer.text);
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  const who = await clientOf(server.url, { cookie }).get(WHO);
  assert.equal(who.body.message, 'employee@demo.test');
  const admin = await signIn(server.url, 'System-Manager@demo.test', server.password);
  const make = async (email: string) =>
    await admin.post('/api/resource/User', { email, full_name: 'Somebody' });
  for (const email of [usr, 'Somebody@demo.test', 'somebody@demo.Test', 'ÉMILE@demo.test']) {
    const refused = await make(email);
    assert.deepEqual([refused.status, refused.body.code], [400, 'bad_value'], email);
    assert.equal(refused.body.errors[0].field, 'email');
  }
  assert.equal((await make('somebody@demo.test')).status, 200);
  assert.equal((await make('émile@demo.test')).status, 200);
});

test('what is known of tokens is bounded, and whoever was forgotten is looked up again', async () => {
  const identity = new Identity(server.system.store, 2);
  const origin = { requestId: 'r', door: 'http', address: '127.0.0.1' };
  const tokens = [
    await tokenOf('employee', {}),
    await tokenOf('employee', {}),
    await tokenOf('branch-accountant', {}),
  ] as const;
  const lookUps = async ({ id, key, secret }: Token): Promise<number> => {
    const statements = await statementsOf(async () => {
      const caller = await identity.byToken(origin, key, secret);
      assert.equal(caller?.principal.actor, `token:${id}`);
    });
    return statements.filter((text) => text.includes('from sys.token')).length;
  };
  const [one, two, three] = tokens;
  const counts = [];
  for (const token of [one, one, two, two, three, one]) counts.push(await lookUps(token));
  assert.deepEqual(counts, [1, 0, 1, 0, 1, 1]);
});

test('a wrong password, an unknown person and odd names get one and the same answer', async () => {
  const attempts = [
    { usr: 'employee@demo.test', pwd: 'wrong' },
    { usr: 'nobody@demo.test', pwd: server.password },
    { usr: 'employee@demo.test\0', pwd: server.password },
    { usr: "' or 1=1 --", pwd: server.password },
    { usr: '\ud800', pwd: '\ud800' },
    { usr: 'employee@demo.test', pwd: 'x'.repeat(5000) },
    { usr: '', pwd: '' },
  ];
  const texts = new Set<string>();
  for (const attempt of attempts) {
    const { status, body } = await as('guest').post('/api/method/login', attempt);
    assert.equal(status, 401, JSON.stringify(attempt));
    texts.add(JSON.stringify({ ...body, request_id: '' }));
  }
  assert.equal(texts.size, 1);
});

test('signing out ends the session at once, and the old cookie never works again', async () => {
  const client = await signIn(server.url, 'employee', server.password);
  assert.equal((await client.get(SLIPS)).status, 200);
  const out = await client.post('/api/method/logout', {});
  assert.equal(out.status, 200);
  assert.match(out.headers.get('set-cookie') ?? '', /^sid=;/);
  for (const path of [WHO, SLIPS, `${SLIPS}/x`, '/api/inventory', '/api/doctypes']) {
    const answer = await client.get(path);
    assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated'], path);
  }
  assert.equal((await client.post('/api/method/logout', {})).status, 200);
  // Whoever has an old cookie can sign in again.
  const usr = 'employee@demo.test';
  const again = await client.post('/api/method/login', { usr, pwd: server.password });
  assert.equal(again.status, 200, again.text);
});

test('a cookie write from another site is refused; from our own page, or no page, it passes', async () => {
  const write = async (headers: Record<string, string>) =>
    (await as('employee').request('PUT', `${SLIPS}/none`, {}, headers)).status;
  const login = async (headers: Record<string, string>) => {
    const body = { usr: 'employee@demo.test', pwd: server.password };
    return (await as('guest').request('POST', '/api/method/login', body, headers)).status;
  };
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: server.url.replace('http:', 'https:') },
    { origin: `${server.url}.evil.example` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: server.url },
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
  ] as Record<string, string>[]) {
    assert.equal(await write(headers), 403, JSON.stringify(headers));
    assert.equal(await login(headers), 403, JSON.stringify(headers));
  }
  for (const headers of [
    {},
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: server.url },
    { origin: server.url, 'sec-fetch-site': 'same-origin' },
  ] as Record<string, string>[]) {
    assert.equal(await write(headers), 404, JSON.stringify(headers));
    assert.equal(await login(headers), 200, JSON.stringify(headers));
  }
  // Reading is no write, and a token is never sent along by a browser on its own.
  const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  assert.equal((await as('employee').request('GET', SLIPS, undefined, evil)).status, 200);
  const token = using(await tokenOf('employee', {}));
  assert.equal((await token.request('PUT', `${SLIPS}/none`, {}, evil)).status, 404);
});

test('a token works as `token` and as bearer, for its maker, until it is ended', async () => {
  const token = await tokenOf('employee', { expires: '2999-01-01 00:00:00', cidr: '127.0.0.0/8' });
  assert.deepEqual(Object.keys(token).sort(), ['id', 'key', 'secret']);
  for (const scheme of ['token', 'Bearer']) {
    assert.equal((await using(token, scheme).get(WHO)).body.message, 'employee@demo.test');
  }
  const own = (await as('employee').get(SLIPS)).body.data;
  assert.ok(own.length > 0);
  assert.deepEqual((await using(token).get(SLIPS)).body.data, own);
  // Only a person who signed in makes tokens, and nobody ends another's.
  assert.equal((await using(token).post('/api/tokens', { label: 'x' })).status, 403);
  assert.equal((await as('guest').post('/api/tokens', { label: 'x' })).status, 401);
  const path = `/api/tokens/${token.id}`;
  assert.equal((await as('accounts-manager').delete(path)).status, 404);
  const ended = await as('employee').delete(path);
  assert.deepEqual([ended.status, ended.body], [202, { message: 'ok' }]);
  for (const path of [SLIPS, WHO, '/api/inventory', '/api/doctypes']) {
    const refused = await using(token).get(path);
    assert.deepEqual([refused.status, refused.body.code], [401, 'unauthenticated'], path);
  }
  assert.equal((await as('employee').delete(path)).status, 404);
});

test('who is disabled is out at the next request, with session and token, and cannot sign in', async () => {
  const admin = await signIn(server.url, 'system-manager', server.password);
  const person = await signIn(server.url, 'storekeeper', server.password);
  const token = using((await person.post('/api/tokens', { label: 'x' })).body);
  const usr = 'storekeeper@demo.test';
  const login = async () =>
    (await as('guest').post('/api/method/login', { usr, pwd: server.password })).status;
  const path = '/api/resource/Warehouse';
  assert.deepEqual([(await person.get(path)).status, (await token.get(path)).status], [200, 200]);
  assert.equal((await admin.put(`/api/resource/User/${usr}`, { enabled: 0 })).status, 200);
  for (const client of [person, token]) {
    const answer = await client.get(path);
    assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated']);
  }
  assert.equal(await login(), 401);
  const rows = new PermissionRows(server.database.superuser);
  await rows.enable(usr);
  await rows.close();
  assert.equal(await login(), 200);
});

test('a session ends by itself: the next request is a stranger’s, whatever it asks', async () => {
  const person = await signIn(server.url, 'hr-manager', server.password);
  assert.equal((await person.get(SLIPS)).status, 200);
  const connection = await connectToMigrate(server.database.superuser);
  const text = 'update sys.session set expires_at = now() + $2::interval where user_name = $1';
  const expire = async (after: string) =>
    await connection.query(text, ['hr-manager@demo.test', after]);
  try {
    await expire('1 hour');
    assert.equal((await person.get(SLIPS)).status, 200);
    await expire('0');
    for (const path of [WHO, SLIPS, `${SLIPS}/x`, '/api/inventory', '/api/doctypes']) {
      const answer = await person.get(path);
      assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated'], path);
    }
    assert.equal((await person.post('/api/tokens', { label: 'x' })).status, 401);
  } finally {
    await connection.close();
  }
});

/** Lets a token's time be over, as only time does. */
async function endToken({ id }: Token): Promise<void> {
  const connection = await connectToMigrate(server.database.superuser);
  await connection.query('update sys.token set expires_at = now() where id = $1', [id]);
  await connection.close();
}

test('a token that expired, comes from elsewhere, or is not whole, is no token', async () => {
  const past = await tokenOf('employee', { expires: '2999-01-01 00:00:00' });
  await endToken(past);
  const elsewhere = await tokenOf('employee', { cidr: '192.0.2.0/24' });
  const good = await tokenOf('employee', { cidr: '127.0.0.1' });
  const headers = [
    `token ${past.key}:${past.secret}`,
    `token ${elsewhere.key}:${elsewhere.secret}`,
    `token ${good.key}:${elsewhere.secret}`,
    `token ${good.key}:`,
    `token ${good.key}`,
    `token :${good.secret}`,
    `Basic ${Buffer.from(`${good.key}:${good.secret}`).toString('base64')}`,
    `token ${good.key}:${good.secret}x`,
    "token ' or 1=1:x",
    'token',
    '',
  ];
  for (const authorization of headers) {
    const cookie = 'sid=none';
    const answer = await clientOf(server.url, { authorization, cookie }).get(SLIPS);
    assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated'], authorization);
  }
  assert.equal((await using(good).get(SLIPS)).status, 200);
});

test('INVARIANT (ceiling-narrows): a ceiling takes away actions, doctypes and values', async () => {
  const all = async (client: Client) => {
    const answer = await client.get(INVOICES + query({ limit: 500, fields: ['cost_center'] }));
    return (answer.body.data as { cost_center: string }[]).map((row) => row.cost_center);
  };
  assert.ok(new Set(await all(as('branch-accountant'))).size > 1);
  const scope = [{ dimension: 'Cost Center', value: 'Leeds Retail' }];
  const retail = using(await tokenOf('branch-accountant', { ceiling: { scope } }));
  assert.deepEqual([...new Set(await all(retail))], ['Leeds Retail']);
  const berlin = [{ dimension: 'Cost Center', value: 'Berlin' }];
  const elsewhere = using(await tokenOf('branch-accountant', { ceiling: { scope: berlin } }));
  assert.deepEqual(await all(elsewhere), []);
  const doctypes = ['Customer'];
  const customers = using(await tokenOf('branch-accountant', { ceiling: { doctypes } }));
  assert.equal((await customers.get('/api/resource/Customer')).status, 200);
  const hidden = await customers.get(INVOICES);
  assert.deepEqual([hidden.status, hidden.body.code], [404, 'unknown_doctype']);
  const readOnly = using(await tokenOf('branch-accountant', { ceiling: { actions: ['read'] } }));
  const [customer] = (await readOnly.get('/api/resource/Customer')).body.data;
  const path = `/api/resource/Customer/${encodeURIComponent(customer.name)}`;
  assert.equal((await readOnly.get(path)).status, 200);
  for (const answer of [
    await readOnly.put(path, { tax_id: 'X' }),
    await readOnly.post('/api/resource/Customer', { customer_name: 'By token' }),
  ]) {
    assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden']);
  }
});

test('a token that could not limit as it says is not made', async () => {
  for (const request of [
    { ceiling: { actions: ['reed'] } },
    { ceiling: { scope: [{ dimension: 'Compny', value: 'Larkspur UK' }] } },
    { ceiling: { scope: [{ dimension: 'Warehouse', value: 'Leeds Store' }] } },
    { ceiling: { scope: [{ dimension: 'Company', value: 'x\0' }] } },
    { ceiling: { doctypes: ['\ud800'] } },
    { ceiling: { everything: true } },
    { ceiling: [] },
    { cidr: 'everywhere' },
    { cidr: '10.0.0.0/33' },
    { cidr: 'fe80::1%eth0' },
    { expires: 'tomorrow' },
    { expires: 7 },
    { label: '' },
    { label: 'a\0b' },
    { user: 'accounts-manager@demo.test' },
  ]) {
    const answer = await as('branch-accountant').post('/api/tokens', { label: 'x', ...request });
    assert.equal(answer.status, 400, `${JSON.stringify(request)} ${answer.text}`);
    assert.match(answer.body.code, /^(bad_value|unknown_parameter)$/);
  }
  for (const cidr of ['10.1.2.3/8', '::1', '2001:db8::/32']) {
    await tokenOf('branch-accountant', { cidr });
  }
});

test('no answer of the API may be kept by a cache', async () => {
  for (const answer of [
    await as('employee').get(SLIPS),
    await as('employee').get(`${SLIPS}/none`),
    await as('guest').get(WHO),
    await as('guest').get('/api/nothing'),
    await as('guest').get('/healthz'),
    await as('guest').get('/openapi.json'),
    await as('guest').get('/api/resource/%zz'),
    await as('guest').request('PATCH', SLIPS, {}),
  ]) {
    assert.equal(answer.headers.get('cache-control'), 'private, no-store');
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  }
});

test('too many wrong passwords wait: 429 says for how long, and others still get in', async () => {
  const attempt = { usr: 'new-hire@demo.test', pwd: 'wrong' };
  for (let i = 0; i < LIMITS.failedSignInsPerMinute; i++) {
    assert.equal((await as('guest').post('/api/method/login', attempt)).status, 401);
  }
  for (const pwd of ['wrong', server.password]) {
    const answer = await as('guest').post('/api/method/login', { ...attempt, pwd });
    assert.deepEqual([answer.status, answer.body.code], [429, 'too_many_requests']);
    const seconds = Number(answer.headers.get('retry-after'));
    assert.ok(seconds >= 1 && seconds <= 60, String(seconds));
  }
  await signIn(server.url, 'auditor', server.password);
});

test('a route that is asked too often says when to come back, and the others answer', async () => {
  let answer = await as('guest').post('/api/tokens', {});
  for (let i = 0; i < LIMITS.tokensPerMinute && answer.status !== 429; i++) {
    assert.equal(answer.status, 401);
    answer = await as('guest').post('/api/tokens', {});
  }
  assert.deepEqual([answer.status, answer.body.code], [429, 'too_many_requests']);
  assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d?$/);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal((await as('employee').get(SLIPS)).status, 200);
});
