/** Sessions, tokens and passwords: each is there with its audit entry, or not at all. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PERSONAS } from '../../apps/demo/personas.ts';
import { setDemoPasswords } from '../../src/commands/demo.ts';
import { systemCaller } from '../../src/identity/caller.ts';
import { Database } from '../../src/store/database.ts';
import { type Client, clientOf, signIn } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { sql } from './small-company.ts';

const WHO = '/api/method/frappe.auth.get_logged_user';
const NEW_PASSWORD = 'another password altogether';
const operator = systemCaller('system:demo', { requestId: 'set', door: 'cli', address: null });

let server: DemoServer;
let superuser: Database;
let person: Client;

before(async () => {
  server = await demoServer();
  superuser = new Database(server.database.superuser, 1);
  person = await signIn(server.url, 'employee', server.password);
});

after(async () => {
  await superuser.close();
  await server.stop();
});

async function login(password: string) {
  const attempt = { usr: 'employee@demo.test', pwd: password };
  return await clientOf(server.url).post('/api/method/login', attempt);
}

/** What there is of credentials, down to the last byte. */
async function credentials(): Promise<unknown> {
  const tables = ['session', 'token', 'credential'];
  const results = await superuser.run(
    ...tables.map((name) => sql(`select x::text from sys.${name} x order by 1`)),
  );
  return results.map(({ rows }) => rows.flat());
}

async function entriesOf(action: string): Promise<Record<string, unknown>[]> {
  const [result] = await superuser.run(
    sql('select to_json(e)::text from doc.audit_entry e where action = $1 order by id', action),
  );
  return (result?.rows ?? []).map(([row]) => JSON.parse(String(row)));
}

test('who is disabled does not sign in with the right password, and that is in the log', async () => {
  const usr = 'storekeeper@demo.test';
  const enable = async (enabled: 0 | 1) =>
    await superuser.run(sql('update doc."user" set enabled = $2 where name = $1', usr, enabled));
  const state = async () => {
    const [sessions] = await superuser.run(
      sql('select count(*) from sys.session where user_name = $1', usr),
    );
    const about = (await entriesOf('sign in')).filter((entry) => entry['document_name'] === usr);
    return [sessions?.rows[0]?.[0], about.map(({ outcome, code }) => [outcome, code])];
  };
  await enable(0);
  const attempt = { usr, pwd: server.password };
  const answer = await clientOf(server.url).post('/api/method/login', attempt);
  assert.equal(answer.status, 401);
  assert.deepEqual(await state(), ['0', [['refused', 'unauthenticated']]]);
  await enable(1);
  await signIn(server.url, 'storekeeper', server.password);
  assert.equal((await state())[0], '1');
});

/** Runs `work` while no audit entry can be added, for whatever reason. */
async function withoutAudit(work: () => Promise<void>): Promise<void> {
  await superuser.run(
    sql(`create function public.no_entry() returns trigger language plpgsql
      as $$ begin raise exception 'the audit log is broken'; end $$`),
    sql(`create trigger no_entry before insert on doc.audit_entry
      execute function public.no_entry()`),
  );
  try {
    await work();
  } finally {
    await superuser.run(
      sql('drop trigger no_entry on doc.audit_entry'),
      sql('drop function public.no_entry()'),
    );
  }
}

test('INVARIANT (audit-with-write): without its entry no session or token begins or ends', async () => {
  const token = (await person.post('/api/tokens', { label: 'kept' })).body;
  const bearer = clientOf(server.url, { authorization: `token ${token.key}:${token.secret}` });
  const before = await credentials();
  await withoutAudit(async () => {
    for (const [what, answer] of [
      ['sign in', await login(server.password)],
      ['make token', await person.post('/api/tokens', { label: 'not kept' })],
      ['end token', await person.delete(`/api/tokens/${token.id}`)],
      ['sign out', await person.post('/api/method/logout', {})],
    ] as const) {
      assert.deepEqual([answer.status, answer.body.code], [500, 'internal'], what);
      assert.equal(answer.headers.get('set-cookie'), null, what);
      assert.deepEqual(await credentials(), before, what);
    }
  });
  for (const client of [person, bearer]) {
    assert.equal((await client.get(WHO)).body.message, 'employee@demo.test');
  }
});

test('INVARIANT (audit-with-write): without its entry no password is set', async () => {
  const before = await credentials();
  await withoutAudit(async () => {
    await assert.rejects(setDemoPasswords(server.system, operator, NEW_PASSWORD), /log is broken/);
  });
  assert.deepEqual(await credentials(), before);
  assert.equal((await login(server.password)).status, 200);
  assert.equal((await login(NEW_PASSWORD)).status, 401);
});

test('each password that is set has its entry, and the entry never has the password', async () => {
  const count = (await entriesOf('set password')).length;
  assert.equal(count, PERSONAS.length, 'those of the demo itself');
  await setDemoPasswords(server.system, operator, NEW_PASSWORD);
  const entries = (await entriesOf('set password')).slice(count);
  assert.deepEqual(
    entries.map(({ document_name }) => document_name).sort(),
    PERSONAS.map(({ user }) => user).sort(),
  );
  for (const entry of entries) {
    assert.deepEqual(
      [entry['principal'], entry['document_type'], entry['request_id'], entry['detail']],
      ['system:demo', 'User', 'set', {}],
    );
  }
  const [hash] = await superuser.run(sql('select password_hash from sys.credential limit 1'));
  const text = JSON.stringify(entries);
  for (const secret of [NEW_PASSWORD, server.password, String(hash?.rows[0]?.[0])]) {
    assert.ok(!text.includes(secret));
  }
  assert.equal((await login(NEW_PASSWORD)).status, 200);
});

test('a person who is disabled while signing in gets no session, and no entry says they did', async () => {
  const [count] = [(await entriesOf('sign in')).length];
  const before = await credentials();
  const { run } = Database.prototype;
  // The password is looked up, then the person is disabled, then it proves right.
  Database.prototype.run = async function (...statements) {
    const results = await run.apply(this, statements);
    if (!statements.some(({ text }) => text.includes('password_of'))) return results;
    Database.prototype.run = run;
    await superuser.run(
      sql(`update doc."user" set enabled = 0, version = version + 1
      where name = 'employee@demo.test'`),
    );
    return results;
  };
  const answer = await login(NEW_PASSWORD);
  assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated']);
  assert.deepEqual(await credentials(), before);
  assert.equal((await entriesOf('sign in')).length, count);
});
