/** INVARIANT (secrets-stay): what is secret goes in and never comes out, whoever asks, however. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Doctype } from '../../src/doctype/definition.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people, query } from '../support/people.ts';

const PATH = '/api/resource/Mail Account';
const SECRET = 'hunter2-the-very-secret';
const TOKEN = 'tok-4711-equally-secret';

const KEY: Doctype = {
  name: 'Mail Key',
  app: 'imported',
  istable: true,
  fields: [
    { fieldname: 'label', fieldtype: 'Data', label: 'Label', reqd: true },
    { fieldname: 'token', fieldtype: 'Data', label: 'Token', sensitivity: 'secret' },
  ],
};

const ACCOUNT: Doctype = {
  name: 'Mail Account',
  app: 'imported',
  is_submittable: true,
  autoname: 'field:host',
  fields: [
    { fieldname: 'host', fieldtype: 'Data', label: 'Host', reqd: true, unique: true },
    { fieldname: 'password', fieldtype: 'Password', label: 'Password', reqd: true },
    { fieldname: 'keys', fieldtype: 'Table', options: 'Mail Key', label: 'Keys' },
    { fieldname: 'port', fieldtype: 'Int', label: 'Port' },
    {
      fieldname: 'amended_from',
      fieldtype: 'Link',
      options: 'Mail Account',
      label: 'Amended From',
      read_only: true,
      no_copy: true,
    },
  ],
};

let server: DemoServer;
let owner: Client;
let admin: Client;
let auditor: Client;

/** Every answer that anybody got here; none may hold a secret. */
const texts: string[] = [];

before(async () => {
  server = await demoServer();
  await addDoctypes([KEY, ACCOUNT]);
  const as = await people(server, ['permission-manager', 'storekeeper', 'auditor']);
  admin = as('permission-manager');
  owner = as('storekeeper');
  auditor = as('auditor');
  const actions = ['create', 'write', 'delete', 'submit', 'cancel', 'amend', 'export', 'inspect'];
  const rule = {
    role: 'Stock User',
    document_type: 'Mail Account',
    actions,
    levels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    reach: 'everything',
    status: 'in force',
  };
  assert.equal((await admin.post('/api/resource/Role Rule', rule)).status, 200);
});

after(async () => {
  await server.stop();
  for (const text of texts) {
    for (const secret of [SECRET, TOKEN, 'sealed:']) assert.ok(!text.includes(secret), text);
  }
  assert.ok(texts.length > 20);
  assert.deepEqual(server.errors, []);
});

/** As the process that migrates would: with the owner's rights. */
async function addDoctypes(definitions: readonly Doctype[]): Promise<void> {
  const { user } = server.database.address;
  const roles = rolesOf(user.replace(/_app$/, ''));
  const connection = await connectToMigrate(server.database.superuser);
  try {
    await connection.script(`set role "${roles.owner}"`);
    const outcomes = await applyDoctypes(connection, roles, definitions);
    assert.deepEqual(new Set(outcomes.map(({ outcome }) => outcome)), new Set(['created']));
  } finally {
    await connection.close();
  }
}

async function ask(answer: Promise<Answer>): Promise<Answer> {
  const got = await answer;
  texts.push(got.text, JSON.stringify([...got.headers]));
  return got;
}

function account(host: string, more: object = {}): object {
  return { host, password: SECRET, keys: [{ label: 'one', token: TOKEN }], ...more };
}

async function stored(sql: string): Promise<Record<string, string | null>[]> {
  const connection = await connectToMigrate(server.database.superuser);
  try {
    return await connection.query(sql, []);
  } finally {
    await connection.close();
  }
}

test('INVARIANT (secrets-stay): no route gives a secret back, nor anything made from it', async () => {
  const made = await ask(owner.post(PATH, account('mail.example')));
  assert.equal(made.status, 200, made.text);
  assert.ok(!('password' in made.body.data) && !('token' in made.body.data.keys[0]), made.text);
  const one = `${PATH}/mail.example`;
  const read = await ask(owner.get(one));
  assert.deepEqual(read.body, made.body);
  assert.ok(!('password' in (await ask(owner.get(`${PATH}?fields=["*"]`))).body.data[0]));
  const named = query({ doctype: 'Mail Account', fieldname: 'password', filters: 'mail.example' });
  for (const path of [
    PATH + query({ fields: ['password'] }),
    PATH + query({ filters: { password: SECRET } }),
    PATH + query({ filters: [['password', 'is', 'set']] }),
    PATH + query({ filters: [['password', 'like', 's%']] }),
    PATH + query({ or_filters: { password: ['!=', 'x'] } }),
    PATH + query({ order_by: 'password' }),
    `/api/count/Mail Account${query({ filters: { password: SECRET } })}`,
    `/api/method/frappe.client.get_value${named}`,
  ]) {
    const answer = await owner.get(path);
    assert.deepEqual([answer.status, answer.body.code], [400, 'unknown_field'], path);
  }
  const question = {
    action: 'read',
    doctype: 'Mail Account',
    name: 'mail.example',
    field: 'password',
  };
  const why = await ask(owner.post('/api/access/explain', question));
  assert.deepEqual([why.status, why.body.code], [400, 'unknown_field'], why.text);
  const described = await ask(owner.get('/api/doctype/Mail Account'));
  assert.equal(described.status, 200);
});

test('INVARIANT (secrets-stay): errors about a secret do not repeat it', async () => {
  for (const body of [
    account('a.example', { port: 'not a number' }),
    account('b.example', { keys: [{ label: '', token: TOKEN }] }),
    account('c.example', { keys: [{ token: TOKEN, nope: 1 }] }),
    account('mail.example'),
    { host: 'd.example', password: `${SECRET}\0` },
    { host: 'd.example', password: { of: SECRET } },
    { host: 'd.example', password: [SECRET] },
  ]) {
    const answer = await ask(owner.post(PATH, body));
    assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
  }
});

test('INVARIANT (secrets-stay): it lies sealed, stays through other changes, and can be replaced', async () => {
  const one = `${PATH}/mail.example`;
  const lying = async () =>
    await stored(
      'select password, (select token from doc.mail_key limit 1) as token from doc.mail_account',
    );
  const [first] = await lying();
  assert.match(String(first?.['password']), /^sealed:1:/);
  assert.match(String(first?.['token']), /^sealed:1:/);
  const { body } = await ask(owner.put(one, { port: 25 }));
  const rows = [{ name: body.data.keys[0].name, label: 'renamed' }];
  assert.equal(
    (await ask(owner.put(one, { modified: body.data.modified, keys: rows }))).status,
    200,
  );
  assert.deepEqual(await lying(), [first]);
  assert.equal((await ask(owner.put(one, { password: `${SECRET}2` }))).status, 200);
  const [second] = await lying();
  assert.match(String(second?.['password']), /^sealed:1:/);
  assert.notEqual(second?.['password'], first?.['password']);
  const everything = await stored(
    `select string_agg(row_to_json(e)::text, '') as text from doc.audit_entry e`,
  );
  for (const secret of [SECRET, TOKEN, 'sealed:']) {
    assert.ok(!String(everything[0]?.['text']).includes(secret));
  }
});

test('INVARIANT (secrets-stay): an amendment does not take it along, and no rule may speak of it', async () => {
  const one = `${PATH}/mail.example`;
  assert.equal((await ask(owner.post(`${one}/submit`, {}))).status, 200);
  assert.equal((await ask(owner.post(`${one}/cancel`, {}))).status, 200);
  const amended = await ask(owner.post(`${one}/amend`, {}));
  // It is required and cannot be copied, so the amendment says that it is missing.
  assert.deepEqual([amended.status, amended.body.code], [422, 'invalid_document'], amended.text);
  const rule = {
    role: 'Auditor',
    document_type: 'Mail Account',
    actions: ['inspect'],
    reach: 'everything',
    status: 'in force',
    when: [['password', '=', SECRET]],
  };
  const refused = await ask(admin.post('/api/resource/Role Rule', rule));
  assert.deepEqual([refused.status, refused.body.code], [422, 'invalid_document'], refused.text);
  const entries = await ask(auditor.get('/api/resource/Audit Entry?fields=["*"]&limit=500'));
  assert.equal(entries.status, 200);
});
