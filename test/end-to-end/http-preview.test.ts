/** What a change would do: exactly what is then seen, and told to nobody else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';

const NEW_HIRE = { type: 'grant', grantee_type: 'User', grantee: 'new-hire@demo.test' };
const UK = [{ dimension: 'Company', value: 'Larkspur UK', descendants: 0 }];

let server: DemoServer;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  as = await people(server, [
    ...['employee', 'new-hire', 'hr-manager', 'auditor', 'permission-manager'],
    ...['branch-accountant', 'accounts-manager', 'system-manager'],
  ]);
});

after(async () => {
  await server.stop();
  assert.deepEqual(server.errors, []);
});

async function preview(persona: string, question: object) {
  return await as(persona).post('/api/access/preview', question);
}

type Effect = { doctype: string; action: string; people: number; documents: number; pairs: number };

function effect(effects: readonly Effect[], doctype: string, action: string) {
  const found = effects.find((one) => one.doctype === doctype && one.action === action);
  return found && { people: found.people, documents: found.documents, pairs: found.pairs };
}

async function count(persona: string, doctype: string): Promise<number> {
  const { body } = await as(persona).get(`/api/count/${doctype}`);
  return body.data;
}

test('what a preview counts is what is seen once the grant is there, and when it has ended', async () => {
  const scope = UK;
  const { body, status, text } = await preview('permission-manager', {
    add: [{ ...NEW_HIRE, role: 'HR Manager', scope }],
  });
  assert.equal(status, 200, text);
  const before = await count('new-hire', 'Salary Slip');
  const given = await as('permission-manager').post('/api/resource/Grant', {
    grantee_type: 'User',
    grantee: 'new-hire@demo.test',
    role: 'HR Manager',
    scope,
  });
  assert.equal(given.status, 200, given.text);
  const seen = (await count('new-hire', 'Salary Slip')) - before;
  assert.ok(seen > 1000);
  const gained = { people: 1, documents: seen, pairs: seen };
  assert.deepEqual(effect(body.gained, 'Salary Slip', 'read'), gained);
  assert.deepEqual(body.lost, []);
  const personal = body.fields.gained.filter(
    ({ sensitivity }: { sensitivity: string }) => sensitivity === 'personal',
  );
  assert.ok(
    personal.some(({ fields }: { fields: string[] }) => fields.includes('net_pay')),
    text,
  );

  const { name } = given.body.data;
  const ending = await preview('permission-manager', { remove: [{ type: 'grant', name }] });
  assert.deepEqual(effect(ending.body.lost, 'Salary Slip', 'read'), gained);
  assert.deepEqual(ending.body.gained, []);
  const sooner = await preview('permission-manager', {
    add: [{ type: 'expiry', name, until: '2001-01-01 00:00:00' }],
  });
  assert.deepEqual(sooner.body.lost, ending.body.lost);
  assert.equal((await as('permission-manager').delete(`/api/resource/Grant/${name}`)).status, 202);
  assert.equal(await count('new-hire', 'Salary Slip'), before);
});

test('a tree move is a change of access: who holds the branch above gains what comes under it', async () => {
  const move = { type: 'move', doctype: 'Cost Center', name: 'London', parent: 'Leeds' };
  const { body, text } = await preview('permission-manager', { add: [move] });
  const mine = effect(body.gained, 'Sales Invoice', 'read');
  assert.ok(mine && mine.documents > 0 && mine.people >= 1, text);
  assert.deepEqual(body.lost, [], 'everybody who held London by name still does');
  const cycle = { type: 'move', doctype: 'Cost Center', name: 'Leeds', parent: 'Leeds Retail' };
  const refused = await preview('permission-manager', { add: [cycle] });
  assert.deepEqual([refused.status, refused.body.code], [400, 'bad_value']);
});

test('a rule opens documents, and a level fields of those that are open', async () => {
  const rule = {
    ...{ type: 'rule', role: 'Stock User', document_type: 'Salary Slip', actions: ['read'] },
    ...{ reach: 'within', except: ['Employee', 'Department', 'Company'] },
  };
  const opened = await preview('permission-manager', { add: [rule] });
  assert.equal(opened.status, 200, opened.text);
  const slips = effect(opened.body.gained, 'Salary Slip', 'read');
  assert.ok(slips && slips.people >= 1 && slips.documents > 2000, opened.text);
  const level = { type: 'level', doctype: 'Customer', field: 'credit_limit', level: 0 };
  const levelled = await preview('permission-manager', { add: [level] });
  assert.equal(levelled.status, 200, levelled.text);
  assert.deepEqual(levelled.body.gained, [], 'no document opens');
  const [{ fields, people: readers, documents }] = levelled.body.fields.gained;
  assert.deepEqual(fields, ['credit_limit']);
  assert.ok(readers >= 1 && documents >= 1, levelled.text);
  const closing = { ...level, level: 9 };
  const closed = await preview('permission-manager', { add: [closing] });
  assert.deepEqual(closed.body.fields.lost[0].fields, ['credit_limit']);
  assert.deepEqual(closed.body.fields.gained, []);
});

test('whoever may neither give nor inspect is told nothing, and names must be there for them', async () => {
  const question = { add: [{ ...NEW_HIRE, role: 'HR Manager', scope: UK }] };
  for (const persona of ['employee', 'new-hire', 'hr-manager', 'accounts-manager']) {
    const answer = await preview(persona, question);
    assert.deepEqual([answer.status, answer.body.code], [403, 'forbidden'], persona);
  }
  assert.equal((await preview('guest', question)).status, 401);
  assert.equal((await preview('auditor', question)).status, 200);
  const stray = [{ dimension: 'Company', value: 'Larkspur XX', descendants: 0 }];
  const slip = (await as('hr-manager').get('/api/resource/Salary Slip?limit=1')).body.data[0].name;
  for (const item of [
    { ...NEW_HIRE, role: 'HR Manager', scope: stray },
    { ...NEW_HIRE, grantee: 'nobody@demo.test', role: 'HR Manager', scope: UK },
    // Hidden from whoever gives grants, and so not there.
    {
      type: 'share',
      document_type: 'Salary Slip',
      document_name: slip,
      user: 'employee@demo.test',
      actions: ['read'],
    },
    {
      type: 'share',
      document_type: 'Salary Slip',
      document_name: 'no slip',
      user: 'employee@demo.test',
      actions: ['read'],
    },
  ]) {
    const answer = await preview('permission-manager', { add: [item] });
    assert.deepEqual([answer.status, answer.body.code], [422, 'link_not_found'], answer.text);
  }
});

test('a change that is not understood is refused as a whole', async () => {
  const grant = { ...NEW_HIRE, role: 'HR Manager', scope: UK };
  for (const [question, code] of [
    [{ add: [{ ...grant, nonsense: 1 }] }, 'unknown_parameter'],
    [{ add: [{ ...grant, role: 'No Such Role' }] }, 'bad_value'],
    [{ add: [{ ...grant, from: '2027-02-01', until: '2027-01-01' }] }, 'bad_value'],
    [{ add: [{ ...grant, scope: [{ dimension: 'Item', value: 'x' }] }] }, 'bad_value'],
    [
      { add: [{ ...grant, scope: [{ dimension: 'Company', value: '*', descendants: 1 }] }] },
      'bad_value',
    ],
    [{ add: [{ type: 'miracle' }] }, 'bad_value'],
    [{ add: ['grant'] }, 'bad_value'],
    [{ add: grant }, 'bad_value'],
    [{ plus: [] }, 'unknown_parameter'],
    [{ remove: [{ type: 'grant', name: 'GRANT-99999999' }] }, 'not_found'],
  ] as const) {
    const answer = await preview('permission-manager', question);
    assert.equal(answer.body.code, code, JSON.stringify(question));
  }
  const nothing = await preview('permission-manager', {});
  const approval = { required: false, personal_pairs: 0, threshold: 10_000 };
  const empty = { gained: [], lost: [], fields: { gained: [], lost: [] }, findings: [], approval };
  assert.deepEqual(nothing.body, empty);
});
