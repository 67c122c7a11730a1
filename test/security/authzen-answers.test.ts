/** AuthZEN at the HTTP door of the demo company: what it answers, and what it gives away. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

const EVALUATION = '/access/v1/evaluation';
const EVALUATIONS = '/access/v1/evaluations';
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
    'branch-accountant',
    'system-manager',
  ]);
  const path = '/api/resource/Salary Slip';
  ownSlip = (await as('employee').get(`${path}?limit=1`)).body.data[0].name;
  const filters = [['employee', 'not in', ['HR-EMP-00042', 'HR-EMP-00007']]];
  otherSlip = (await as('hr-manager').get(path + query({ filters, limit: 1 }))).body.data[0].name;
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

function user(id: string) {
  return { type: 'user', id: id.includes('@') ? id : `${id}@demo.test` };
}

function question(subject: string, action: string, id: string, type = SLIP) {
  return { subject: user(subject), action: { name: action }, resource: { type, id } };
}

async function evaluate(persona: string, body: unknown) {
  return await as(persona).post(EVALUATION, body);
}

/** An answer without what may differ: the name that was asked for, and the request's own id. */
function shape({ status, text, body }: Awaited<ReturnType<typeof evaluate>>, name: string) {
  return [status, text.replaceAll(name, 'NAME').replace(body?.request_id ?? '-', 'ID')];
}

test('a person asks about themselves, and gets what the kernel says', async () => {
  const allowed = await evaluate('employee', question('employee', 'read', ownSlip));
  assert.deepEqual([allowed.status, allowed.text], [200, '{"decision":true}']);
  const denied = await evaluate('employee', question('employee', 'submit', ownSlip));
  assert.deepEqual([denied.status, denied.body.decision], [200, false]);
  assert.match(denied.body.context.reason_user.en, /^no role held now has a rule/);
  assert.equal(denied.body.context.reason_admin, undefined);
});

test('INVARIANT (hidden-equals-missing): evaluating a hidden slip is like one that is not there', async () => {
  for (const persona of ['employee', 'new-hire']) {
    for (const action of ['read', 'write', 'delete', 'inspect', 'select', 'create']) {
      const [hidden, missing] = await Promise.all(
        [otherSlip, MISSING].map((id) => evaluate(persona, question(persona, action, id))),
      );
      assert.equal(hidden?.status, 200, hidden?.text);
      assert.equal(hidden?.body.decision, false);
      assert.equal(hidden?.text, missing?.text, `${persona} ${action}`);
    }
  }
  // Positive control: the slip is there, and HR may read it.
  const hr = await evaluate('hr-manager', question('hr-manager', 'read', otherSlip));
  assert.equal(hr.text, '{"decision":true}');
});

test('an unknown type, doctype or action is a deny and no oracle', async () => {
  const answers = await Promise.all([
    evaluate('system-manager', question('system-manager', 'read', otherSlip)),
    evaluate('system-manager', question('system-manager', 'read', otherSlip, 'Salary Slop')),
    evaluate('system-manager', question('hr-manager', 'read', otherSlip)),
    evaluate('system-manager', question('hr-manager', 'read', otherSlip, 'Salary Slop')),
    evaluate('employee', question('employee', 'READ', ownSlip)),
    evaluate('employee', question('employee', 'constructor', ownSlip)),
    evaluate('employee', {
      ...question('employee', 'read', ownSlip),
      subject: { type: 'spaceship', id: 'employee@demo.test' },
    }),
  ]);
  const [first] = answers;
  assert.deepEqual([first?.status, first?.body.decision], [200, false]);
  for (const answer of answers) assert.equal(answer.text, first?.text);
});

test('about somebody else one asks with `inspect` only, and is refused as explain refuses', async () => {
  const auditor = await evaluate('auditor', question('hr-manager', 'read', otherSlip));
  assert.equal(auditor.body.decision, true, auditor.text);
  assert.match(auditor.body.context.reason_admin.en, /^role HR Manager, held by grant `GRANT-/);
  const about = await evaluate('auditor', question('employee', 'read', otherSlip));
  assert.equal(about.body.decision, false);
  assert.match(about.body.context.reason_admin.en, /no Employee of grant `GRANT-\d+` covers it/);
  assert.doesNotMatch(about.body.context.reason_user.en, /GRANT|HR-EMP|SAL-/);
  for (const [persona, name, status, code] of [
    ['auditor', MISSING, 404, 'not_found'],
    ['hr-manager', otherSlip, 403, 'forbidden'],
    ['employee', ownSlip, 403, 'forbidden'],
    ['employee', otherSlip, 404, 'not_found'],
    ['employee', MISSING, 404, 'not_found'],
    ['new-hire', otherSlip, 404, 'not_found'],
  ] as const) {
    const refused = await evaluate(persona, question('permission-manager', 'read', name));
    assert.deepEqual([refused.status, refused.body.code], [status, code], `${persona} ${name}`);
    const explained = await as(persona).post('/api/access/explain', {
      ...{ action: 'read', doctype: SLIP, name, user: 'permission-manager@demo.test' },
    });
    assert.deepEqual(shape(refused, name), shape(explained, name));
  }
  const [hidden, missing] = await Promise.all(
    [otherSlip, MISSING].map(async (name) =>
      shape(await evaluate('employee', question('hr-manager', 'read', name)), name),
    ),
  );
  assert.deepEqual(hidden, missing);
});

test('a batch answers each item like a single evaluation, and says why one failed', async () => {
  const { status, body } = await as('employee').post(EVALUATIONS, {
    subject: user('employee'),
    action: { name: 'read' },
    evaluations: [
      { resource: { type: SLIP, id: ownSlip } },
      { resource: { type: SLIP, id: otherSlip } },
      { resource: { type: SLIP, id: MISSING } },
      {},
      { resource: { id: ownSlip } },
      'read',
      { action: { name: 7 }, resource: { type: SLIP, id: ownSlip } },
      { subject: user('hr-manager'), resource: { type: SLIP, id: ownSlip } },
      { subject: user('hr-manager'), resource: { type: SLIP, id: otherSlip } },
      { subject: user('hr-manager'), resource: { type: SLIP, id: MISSING } },
    ],
  });
  assert.equal(status, 200);
  const { evaluations } = body;
  assert.equal(evaluations.length, 10);
  assert.deepEqual(evaluations[0], { decision: true });
  assert.deepEqual(evaluations[1], evaluations[2]);
  for (const place of [3, 4, 5, 6]) {
    assert.deepEqual(
      [evaluations[place].decision, evaluations[place].context.error.status],
      [false, 400],
    );
  }
  assert.deepEqual(
    evaluations.slice(7).map((item: { context: { error: { status: number } } }) => item.context),
    [
      {
        error: {
          status: 403,
          message: 'Asking about other people needs `inspect` on the document.',
        },
      },
      { error: { status: 404, message: `${SLIP} \`${otherSlip}\` was not found.` } },
      { error: { status: 404, message: `${SLIP} \`${MISSING}\` was not found.` } },
    ],
  );
  for (const item of evaluations.slice(7)) assert.equal(item.decision, false);
});

test('short-circuits end with the item that settles it', async () => {
  const send = async (evaluations_semantic: string, actions: string[]) => {
    const { body } = await as('employee').post(EVALUATIONS, {
      subject: user('employee'),
      resource: { type: SLIP, id: ownSlip },
      options: { evaluations_semantic, of_a_later_version: true },
      evaluations: actions.map((name) => ({ action: { name } })),
    });
    return body.evaluations.map(({ decision }: { decision: boolean }) => decision);
  };
  const mixed = ['read', 'submit', 'select', 'delete'];
  assert.deepEqual(await send('execute_all', mixed), [true, false, true, false]);
  assert.deepEqual(await send('deny_on_first_deny', mixed), [true, false]);
  assert.deepEqual(await send('permit_on_first_permit', mixed), [true]);
  assert.deepEqual(await send('permit_on_first_permit', ['submit', 'read', 'read']), [false, true]);
  assert.deepEqual(await send('deny_on_first_deny', ['read', 'select']), [true, true]);
  assert.deepEqual(await send('permit_on_first_permit', ['submit', 'delete']), [false, false]);
});

test('without evaluations a batch is a single evaluation', async () => {
  for (const more of [{}, { evaluations: [] }]) {
    const one = { ...question('employee', 'read', ownSlip), ...more };
    assert.equal((await as('employee').post(EVALUATIONS, one)).text, '{"decision":true}');
  }
  assert.equal((await as('employee').post(EVALUATIONS, {})).status, 400);
});

test('what is stated about subject, action, resource and context changes nothing', async () => {
  const stated = { employee: 'HR-EMP-00042', owner: 'employee@demo.test', role: 'HR Manager' };
  const plain = question('employee', 'read', otherSlip);
  const dressed = {
    subject: { ...plain.subject, properties: stated },
    action: { ...plain.action, properties: { allowed: true } },
    resource: { ...plain.resource, properties: stated },
    context: { principal: 'hr-manager@demo.test', now: 0 },
    principal: 'hr-manager@demo.test',
    trusted: true,
  };
  for (const id of [otherSlip, MISSING]) {
    const resource = { ...dressed.resource, id };
    const without = await evaluate('employee', { ...plain, resource: { ...plain.resource, id } });
    assert.equal((await evaluate('employee', { ...dressed, resource })).text, without.text);
    // Nor for somebody who may inspect everything, where the configuration does not name them.
    const [a, b] = await Promise.all([
      evaluate('auditor', { ...plain, resource: { ...plain.resource, id } }),
      evaluate('auditor', { ...dressed, resource }),
    ]);
    assert.deepEqual(shape(a, id), shape(b, id));
  }
});

test('a token that is limited asks within its limits, about itself and about others', async () => {
  const token = async (persona: string, ceiling: object) => {
    const made = await as(persona).post('/api/tokens', { label: 'pep', ceiling });
    const { key, secret } = made.body;
    return { authorization: `token ${key}:${secret}` };
  };
  const ask = async (headers: Record<string, string>, path: string, body: unknown) =>
    await as('guest').request('POST', path, body, headers);
  const selectOnly = await token('employee', { actions: ['select'] });
  const own = question('employee', 'read', ownSlip);
  const narrow = await ask(selectOnly, EVALUATION, own);
  assert.deepEqual([narrow.status, narrow.body.decision], [200, false], narrow.text);
  const wide = await ask(await token('employee', {}), EVALUATION, own);
  assert.equal(wide.text, '{"decision":true}');
  const search = { subject: user('employee'), action: { name: 'read' }, resource: { type: SLIP } };
  assert.deepEqual((await ask(selectOnly, '/access/v1/search/resource', search)).body.results, []);

  const readOnly = await token('auditor', { actions: ['read'] });
  const other = question('hr-manager', 'read', otherSlip);
  assert.equal((await ask(readOnly, EVALUATION, other)).status, 404);
  const whole = await ask(await token('auditor', { actions: ['inspect'] }), EVALUATION, other);
  assert.equal(whole.body.decision, true, whole.text);
});

test('who did not sign in is told to, at every question', async () => {
  for (const path of [
    EVALUATION,
    EVALUATIONS,
    ...['subject', 'resource', 'action'].map((kind) => `/access/v1/search/${kind}`),
  ]) {
    for (const body of [question('employee', 'read', ownSlip), { subject: 'x' }, {}]) {
      const answer = await as('guest').post(path, body);
      assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated'], path);
    }
  }
  const asGuest = { ...question('employee', 'read', ownSlip), subject: user('Guest@x') };
  assert.equal((await as('guest').post(EVALUATION, asGuest)).status, 401);
  const bad = await as('guest').request('POST', EVALUATION, asGuest, {
    authorization: 'token KEY:SECRET',
  });
  assert.equal(bad.status, 401);
});

test('refusals are in the audit log, one for each item that was answered', async () => {
  const count = async () => {
    const filters = [
      ['action', '=', 'evaluate'],
      ['document_name', '=', otherSlip],
    ];
    const path = `/api/resource/Audit Entry${query({ filters, fields: ['principal', 'outcome', 'code'], limit: 500 })}`;
    return (await as('auditor').get(path)).body.data;
  };
  const before = (await count()).length;
  await evaluate('new-hire', question('hr-manager', 'read', otherSlip));
  await as('new-hire').post(EVALUATIONS, {
    ...question('hr-manager', 'read', otherSlip),
    options: { evaluations_semantic: 'deny_on_first_deny' },
    evaluations: [{}, {}, {}],
  });
  const entries = await count();
  assert.equal(entries.length, before + 2);
  assert.ok(
    entries.some(
      (one: object) =>
        JSON.stringify(one) ===
        JSON.stringify({
          principal: 'new-hire@demo.test',
          outcome: 'refused',
          code: 'not_found',
        }),
    ),
    JSON.stringify(entries),
  );
});
