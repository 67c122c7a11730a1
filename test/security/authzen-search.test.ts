/** AuthZEN's searches on the demo company: complete, paged, and only as far as one may ask. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

const SLIP = 'Salary Slip';
const MISSING = 'SAL-1999-00001';

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
    'storekeeper',
    'system-manager',
  ]);
  ownSlip = (await listed('employee', SLIP))[0] as string;
  const filters = [['employee', 'not in', ['HR-EMP-00042', 'HR-EMP-00007']]];
  const path = `/api/resource/${SLIP}${query({ filters, limit: 1 })}`;
  otherSlip = (await as('hr-manager').get(path)).body.data[0].name;
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function user(persona: string) {
  return { type: 'user', id: `${persona}@demo.test` };
}

async function find(persona: string, kind: string, body: unknown): Promise<Answer> {
  return await as(persona).post(`/access/v1/search/${kind}`, body);
}

function documents(subject: string, type: string, action = 'read', page?: object) {
  return {
    subject: user(subject),
    action: { name: action },
    resource: { type },
    ...(page ? { page } : {}),
  };
}

/** The names of all pages; fails where one is longer than its limit. */
async function all(persona: string, kind: string, body: object, limit: number): Promise<string[]> {
  const names: string[] = [];
  for (let token = ''; ; ) {
    const answer = await find(persona, kind, { ...body, page: { token, limit } });
    assert.equal(answer.status, 200, answer.text);
    const { results, page } = answer.body;
    assert.ok(results.length <= limit);
    assert.equal(page.count, results.length);
    names.push(...results.map((one: { id?: string; name?: string }) => one.id ?? one.name));
    token = page.next_token;
    if (token === '') return names;
    assert.equal(results.length, limit);
  }
}

/** Everything that the list of documents gives, by its own paging. */
async function listed(persona: string, doctype: string): Promise<string[]> {
  const names: string[] = [];
  for (let start = 0; ; start += 500) {
    const page = query({ limit_start: start, limit_page_length: 500, order_by: 'name asc' });
    const { body } = await as(persona).get(`/api/resource/${doctype}${page}`);
    names.push(...body.data.map(({ name }: { name: string }) => name));
    if (body.data.length < 500) return names.sort();
  }
}

test('INVARIANT (one-truth): what one may read is found exactly as it is listed', async () => {
  const own = await listed('employee', SLIP);
  assert.ok(own.length > 10);
  assert.deepEqual(await all('employee', 'resource', documents('employee', SLIP), 7), own);
  const many = await listed('hr-manager', SLIP);
  assert.ok(many.length > 1000);
  assert.deepEqual(await all('hr-manager', 'resource', documents('hr-manager', SLIP), 300), many);
  assert.deepEqual(await all('new-hire', 'resource', documents('new-hire', SLIP), 300), []);
});

test('INVARIANT (complete-or-error): without a page the first one says whether there is more', async () => {
  const few = (await find('employee', 'resource', documents('employee', SLIP))).body;
  assert.deepEqual(few.page, { next_token: '', count: few.results.length });
  const { body } = await find('hr-manager', 'resource', documents('hr-manager', SLIP));
  assert.equal(body.results.length, 500);
  assert.notEqual(body.page.next_token, '');
  // A limit beyond ours gives more pages, and leaves nothing out.
  const large = documents('hr-manager', SLIP, 'read', { limit: 100_000 });
  assert.equal((await find('hr-manager', 'resource', large)).body.results.length, 500);
});

test('of somebody else exactly what they may read is named to who may inspect it', async () => {
  const own = await listed('employee', SLIP);
  assert.deepEqual(await all('auditor', 'resource', documents('employee', SLIP), 7), own);
  const company = await listed('hr-manager', SLIP);
  assert.deepEqual(await all('auditor', 'resource', documents('hr-manager', SLIP), 400), company);
  assert.deepEqual(await all('auditor', 'resource', documents('new-hire', SLIP), 7), []);
  assert.deepEqual(await all('auditor', 'resource', documents('nobody', SLIP), 7), []);
  for (const persona of ['employee', 'hr-manager', 'new-hire']) {
    const refused = await find(persona, 'resource', documents('auditor', SLIP));
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden'], persona);
  }
});

test('every result evaluates to true', async () => {
  const { body } = await find('auditor', 'resource', documents('employee', SLIP));
  const batch = await as('auditor').post('/access/v1/evaluations', {
    subject: user('employee'),
    action: { name: 'read' },
    evaluations: body.results.map((resource: object) => ({ resource })),
  });
  assert.ok(batch.body.evaluations.length > 10);
  for (const { decision } of batch.body.evaluations) assert.equal(decision, true);
});

test('who may read a document, for who may inspect it; nobody else learns of anybody', async () => {
  const question = (id: string, type = SLIP) => ({
    subject: { type: 'user', id: 'ignored' },
    action: { name: 'read' },
    resource: { type, id },
  });
  const { body } = await find('auditor', 'subject', question(ownSlip));
  assert.deepEqual(body, {
    results: [user('employee'), user('hr-manager')],
    page: { next_token: '', count: 2 },
  });
  for (const [persona, id, status, code] of [
    ['employee', ownSlip, 403, 'forbidden'],
    ['employee', otherSlip, 404, 'not_found'],
    ['employee', MISSING, 404, 'not_found'],
    ['hr-manager', ownSlip, 403, 'forbidden'],
    ['auditor', MISSING, 404, 'not_found'],
  ] as const) {
    const refused = await find(persona, 'subject', question(id));
    assert.deepEqual([refused.status, refused.body.code], [status, code], `${persona} ${id}`);
  }
  const nothing = { results: [], page: { next_token: '', count: 0 } };
  for (const [persona, one] of [
    ['system-manager', question(ownSlip)],
    ['system-manager', question(ownSlip, 'Salary Slop')],
    ['auditor', question(ownSlip, 'Salary Slop')],
    ['auditor', { ...question(ownSlip), subject: { type: 'spaceship' } }],
    ['auditor', { ...question(ownSlip), action: { name: 'fly' } }],
  ] as const) {
    const answer = await find(persona, 'subject', one);
    assert.deepEqual([answer.status, answer.body], [200, nothing]);
  }
});

test('which actions, of oneself and by inspection, agree with evaluations', async () => {
  const question = (persona: string, id: string) => ({
    subject: user(persona),
    resource: { type: SLIP, id },
  });
  const own = await all('employee', 'action', question('employee', ownSlip), 100);
  assert.ok(own.includes('read') && own.includes('select') && !own.includes('submit'));
  assert.deepEqual(await all('employee', 'action', question('employee', ownSlip), 1), own);
  assert.deepEqual(await all('auditor', 'action', question('employee', ownSlip), 2), own);
  assert.deepEqual(await all('auditor', 'action', question('auditor', ownSlip), 9), ['inspect']);
  for (const name of ['read', 'submit', 'inspect', 'print', 'select', 'create']) {
    const body = { ...question('employee', ownSlip), action: { name } };
    const { decision } = (await as('employee').post('/access/v1/evaluation', body)).body;
    assert.equal(decision, own.includes(name), name);
  }
  for (const id of [otherSlip, MISSING]) {
    assert.deepEqual(await all('employee', 'action', question('employee', id), 9), []);
    const refused = await find('employee', 'action', question('hr-manager', id));
    assert.deepEqual([refused.status, refused.body.code], [404, 'not_found']);
  }
  const nobody = await find('auditor', 'action', question('nobody', ownSlip));
  assert.deepEqual(nobody.body.results, []);
});

test('a token leads on only with its own search, for its own caller', async () => {
  const search = documents('employee', SLIP, 'read', { limit: 2 });
  const { next_token: token } = (await find('employee', 'resource', search)).body.page;
  assert.notEqual(token, '');
  const follow = async (persona: string, more: object, page: object = {}, kind = 'resource') =>
    await find(persona, kind, { ...search, ...more, page: { token, limit: 2, ...page } });
  assert.equal((await follow('employee', {})).status, 200);
  // Clients may leave the limit out; the order of members means nothing.
  const turned = JSON.stringify({
    page: { token },
    resource: { type: SLIP },
    action: { name: 'read' },
    subject: { id: 'employee@demo.test', type: 'user' },
  });
  const next = await find('employee', 'resource', turned);
  assert.deepEqual([next.status, next.body.results.length], [200, 2]);
  const attempts = [
    await follow('employee', { action: { name: 'select' } }),
    await follow('employee', { resource: { type: 'Employee' } }),
    await follow('employee', { subject: user('hr-manager') }),
    await follow('employee', { context: { a: 1 } }),
    await follow('employee', { subject: { ...user('employee'), properties: { a: 1 } } }),
    await follow('employee', {}, { limit: 3 }),
    await follow('auditor', {}),
    await follow('hr-manager', {}),
    await follow('employee', {}, {}, 'action'),
    await follow('employee', {}, { token: `${token}x` }),
    await follow('employee', {}, { token: token.toUpperCase() }),
    await follow('employee', {}, { token: `${token.split('.')[0]}.` }),
    await follow('employee', {}, { token: forged(token) }),
    await follow('employee', {}, { token: 7 }),
    await follow('employee', {}, { token: '\u0000' }),
  ];
  for (const [index, { status }] of attempts.entries()) assert.equal(status, 400, String(index));
  // The same person by a token of theirs is another caller, too.
  const { key, secret } = (await as('employee').post('/api/tokens', { label: 'pep' })).body;
  const headers = { authorization: `token ${key}:${secret}` };
  const body = { ...search, page: { token } };
  const path = '/access/v1/search/resource';
  assert.equal((await as('guest').request('POST', path, body, headers)).status, 400);
});

test('a page is a whole number from 1, and a search names what it is for', async () => {
  for (const page of [{ limit: 0 }, { limit: -1 }, { limit: 1.5 }, { limit: '5' }, [], 'next']) {
    const body = documents('employee', SLIP, 'read', page as object);
    assert.equal((await find('employee', 'resource', body)).status, 400, JSON.stringify(page));
  }
  const { subject, action } = documents('employee', SLIP);
  for (const [kind, body] of [
    ['subject', { subject: { type: 'user' }, resource: { type: SLIP, id: ownSlip } }],
    ['subject', { subject: { type: 'user' }, action, resource: { type: SLIP } }],
    ['subject', { subject: {}, action, resource: { type: SLIP, id: ownSlip } }],
    ['resource', { action, resource: { type: SLIP } }],
    ['resource', { subject: { type: 'user' }, action, resource: { type: SLIP } }],
    ['resource', { subject, action, resource: {} }],
    ['action', { subject }],
    ['action', { subject, resource: { type: SLIP } }],
    ['action', { subject, resource: { type: SLIP, id: ownSlip }, context: [] }],
  ] as const) {
    assert.equal((await find('employee', kind, body)).status, 400, JSON.stringify(body));
  }
});

test('searches of doctypes whose reads are recorded are recorded, and refusals too', async () => {
  const entries = async () => {
    const filters = [['action', '=', 'search']];
    const fields = ['principal', 'document_type', 'outcome', 'code', 'detail'];
    const path = `/api/resource/Audit Entry${query({ filters, fields, limit: 500 })}`;
    return (await as('auditor').get(path)).body.data as Record<string, string>[];
  };
  const before = await entries();
  await find('employee', 'resource', documents('employee', SLIP, 'read', { limit: 3 }));
  await find('employee', 'resource', documents('auditor', SLIP));
  const added = (await entries()).length - before.length;
  const found = (await entries()).filter(({ principal }) => principal === 'employee@demo.test');
  assert.equal(added, 2, JSON.stringify(found));
  const outcomes = found.map(({ outcome, code, document_type }) => [document_type, outcome, code]);
  assert.ok(outcomes.some((one) => String(one) === String([SLIP, 'refused', 'forbidden'])));
});

/** The same position with a code of nobody's. */
function forged(token: string): string {
  const [position = '', mac = ''] = token.split('.');
  const last = Buffer.from(JSON.stringify([2, ''])).toString('base64url');
  return `${last === position ? `${last}A` : last}.${mac}`;
}
