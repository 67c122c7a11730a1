/**
 * INVARIANT (revoked-means-now) with two processes on one database: what is revoked at one of
 * them is refused at the other with its next request. Nothing passes between them but PostgreSQL.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Client, signIn } from '../support/client.ts';
import { cloneDatabase, TEST_PASSWORD, type TestDatabase } from '../support/test-server.ts';

const SLIPS = '/api/resource/Salary Slip';
const ROUNDS = 6;

let clone: TestDatabase;
const processes: ChildProcess[] = [];
const urls: string[] = [];

before(async () => {
  clone = await cloneDatabase('demo');
  const program = fileURLToPath(new URL('../support/demo-node.ts', import.meta.url));
  const words = [program, JSON.stringify(clone)];
  for (let node = 0; node < 2; node++) {
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    processes.push(child);
    const [line] = await once(child.stdout, 'data');
    urls.push(String(line).trim());
  }
});

after(async () => {
  for (const child of processes) {
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  }
  await clone.drop();
});

/** Somebody signed in at one node; the session is known at both. */
async function atBoth(persona: string): Promise<[Client, Client]> {
  const [one = '', other = ''] = urls;
  return [await signIn(one, persona, TEST_PASSWORD), await signIn(other, persona, TEST_PASSWORD)];
}

async function endGrantOf(manager: Client, user: string): Promise<void> {
  const filters = JSON.stringify([
    ['grantee', '=', user],
    ['until', 'is', 'not set'],
  ]);
  const [grant] = (await manager.get(`/api/resource/Grant?filters=${filters}`)).body.data;
  assert.equal((await manager.delete(`/api/resource/Grant/${grant.name}`)).status, 202);
}

async function giveAgain(manager: Client, user: string): Promise<void> {
  const given = await manager.post('/api/resource/Grant', {
    ...{ grantee_type: 'User', grantee: user, role: 'Employee', reason: 'given again' },
    scope: [{ dimension: 'Employee', value: 'HR-EMP-00042', descendants: 0 }],
  });
  assert.equal(given.status, 200, given.text);
}

test('INVARIANT (revoked-means-now): what one node revokes, the other refuses at its next request', async () => {
  const managers = await atBoth('permission-manager');
  const employees = await atBoth('employee');
  const user = 'employee@demo.test';
  for (let round = 0; round < ROUNDS; round++) {
    const [here, there] = round % 2 === 0 ? [0, 1] : [1, 0];
    const manager = managers[here] as Client;
    for (const employee of employees) {
      const { status, body } = await employee.get(SLIPS);
      assert.equal(status, 200);
      assert.ok(body.data.length > 0, 'nobody saw anything before');
    }
    await endGrantOf(manager, user);
    const refused = await (employees[there] as Client).get(SLIPS);
    assert.deepEqual([refused.status, refused.body.code], [404, 'unknown_doctype'], `${round}`);
    await giveAgain(manager, user);
    assert.equal((await (employees[there] as Client).get(SLIPS)).status, 200);
  }
});

test('INVARIANT (revoked-means-now): who signs out at one node is signed out at the other', async () => {
  const [one = '', other = ''] = urls;
  const here = await signIn(one, 'auditor', TEST_PASSWORD);
  const login = await fetch(`${one}/api/method/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ usr: 'auditor@demo.test', pwd: TEST_PASSWORD }),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const who = async () =>
    (await fetch(`${other}/api/method/frappe.auth.get_logged_user`, { headers: { cookie } }))
      .status;
  assert.equal(await who(), 200);
  await fetch(`${one}/api/method/logout`, { method: 'POST', headers: { cookie } });
  assert.equal(await who(), 401);
  assert.equal((await here.get('/api/method/frappe.auth.get_logged_user')).status, 200);
});
