/** More than can be done at once, and people who do not wait for their answers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LIMITS } from '../../src/base/limits.ts';
import { detached, underSignal } from '../../src/base/request-signal.ts';
import { Database, type Transaction } from '../../src/store/database.ts';
import type { Answer, Client } from '../support/client.ts';
import { type DemoServer, demoServer } from '../support/demo-server.ts';
import { people } from '../support/people.ts';

const CUSTOMERS = '/api/resource/Customer';

let server: DemoServer;
let superuser: Database;
let as: (persona: string) => Client;

before(async () => {
  server = await demoServer();
  superuser = new Database(server.database.superuser, 4);
  as = await people(server, ['accounts-manager']);
  await as('accounts-manager').get(CUSTOMERS);
});

after(async () => {
  await superuser.close();
  await server.stop();
  // What was stopped is told to the operator, and nothing worse is.
  for (const error of server.errors) assert.match(error, /took too long and was stopped/);
});

async function count(text: string): Promise<number> {
  const [result] = await superuser.run({ text, values: [] });
  return Number(result?.rows[0]?.[0]);
}

/** Waits for a condition, not for a time. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

const WAITING = `select count(*) from pg_stat_activity where datname = current_database()
  and wait_event_type = 'Lock'`;

/** Nobody reads or writes customers while `work` runs. */
async function whileLocked(work: (transaction: Transaction) => Promise<void>): Promise<void> {
  await superuser.transaction(async (transaction) => {
    await transaction.run({ text: 'lock doc.customer in access exclusive mode', values: [] });
    await work(transaction);
  });
}

test('a flood: who is let in is answered, the others hear at once when to come again', async () => {
  const manager = as('accounts-manager');
  const over = 120;
  const answers: Promise<Answer>[] = [];
  const early: Answer[] = [];
  await whileLocked(async () => {
    for (let i = 0; i < LIMITS.requestsAtOnceMax + over; i++) {
      const answer = manager.get(`${CUSTOMERS}?limit=1`);
      answers.push(answer);
      void answer.then((done) => early.push(done));
    }
    await until(() => early.length >= over);
    // Nothing but the refused has come yet, and who watches over the server is answered.
    assert.deepEqual([...new Set(early.map(({ status }) => status))], [429]);
    assert.equal((await manager.get('/healthz')).status, 200);
    assert.equal((await manager.get(CUSTOMERS)).status, 429);
  });
  const all = await Promise.all(answers);
  const refused = all.filter(({ status }) => status === 429);
  assert.equal(refused.length, over);
  for (const { body, headers } of refused) {
    assert.equal(body.code, 'too_many_requests');
    assert.equal(headers.get('retry-after'), '1');
  }
  const served = all.filter(({ status }) => status === 200);
  assert.equal(served.length, LIMITS.requestsAtOnceMax);
  assert.equal(new Set(served.map(({ text }) => text)).size, 1);
  assert.equal((await manager.get(CUSTOMERS)).status, 200);
});

test('a flood of writes: each that was let in is there, each that was not is not', async () => {
  const manager = as('accounts-manager');
  const names = Array.from({ length: 400 }, (_, i) => `Flood ${i}`);
  const answers = await Promise.all(
    names.map((customer_name) => manager.post(CUSTOMERS, { customer_name })),
  );
  const made = names.filter((_, i) => answers[i]?.status === 200);
  for (const { status } of answers) assert.ok(status === 200 || status === 429, String(status));
  assert.ok(made.length >= LIMITS.requestsAtOnceMax);
  const stored = await superuser.run({
    text: `select name from doc.customer where name like 'Flood %'`,
    values: [],
  });
  assert.deepEqual(stored[0]?.rows.map(([name]) => name).sort(), made.sort());
});

test('who goes away takes the statement along, and leaves nothing written', async () => {
  const manager = as('accounts-manager');
  // The cookie as the browser that goes away sends it.
  const login = await fetch(`${server.url}/api/method/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ usr: 'accounts-manager@demo.test', pwd: server.password }),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const headers = { cookie, 'content-type': 'application/json' };
  const going = new AbortController();
  const body = JSON.stringify({ customer_name: 'Gone' });
  const { signal } = going;
  let staying: Promise<Answer> | null = null;
  await whileLocked(async () => {
    const requests = [
      fetch(`${server.url}${CUSTOMERS}`, { headers, signal }),
      fetch(server.url + CUSTOMERS, { method: 'POST', headers, body, signal }),
    ];
    const ends = Promise.allSettled(requests);
    await until(async () => (await count(WAITING)) === 2);
    staying = manager.post(CUSTOMERS, { customer_name: 'Stays' });
    await until(async () => (await count(WAITING)) === 3);
    const began = performance.now();
    going.abort();
    await until(async () => (await count(WAITING)) === 1);
    // Not by the limit of the statement.
    assert.ok(performance.now() - began < (LIMITS.statementSeconds * 1000) / 2);
    for (const { status } of await ends) assert.equal(status, 'rejected');
  });
  // Positive control: who waits is answered, and what they wrote is there.
  assert.equal((await (staying as Promise<Answer> | null))?.status, 200);
  const there = `select count(*) from doc.customer where name in ('Gone', 'Stays')`;
  assert.equal(await count(there), 1);
  assert.equal(await count(`select count(*) from doc.audit_entry where document_name = 'Gone'`), 0);
});

test('what is worked on for too long is stopped; what is for nobody alone goes on', async () => {
  const database = new Database(server.database.address, 1, { servesRequests: true });
  try {
    const sleep = { text: 'select pg_sleep(30)', values: [] };
    const one = { text: 'select 1', values: [] };
    const signal = () => AbortSignal.timeout(50);
    const stopped = { code: 'unavailable' };
    await assert.rejects(
      underSignal(signal(), () => database.run(sleep)),
      stopped,
    );
    await assert.rejects(
      underSignal(signal(), () => database.read(sleep)),
      stopped,
    );
    const between = database.transaction.bind(database, async ({ run }: Transaction) => {
      await run(one);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await run(one);
    });
    await assert.rejects(underSignal(signal(), between), stopped);
    // Somebody who waits behind it for the only connection, and went away before it was theirs.
    const held = database.transaction(async ({ run }) => {
      await run({ text: 'select pg_sleep(0.2)', values: [] });
    });
    await assert.rejects(
      underSignal(signal(), () => database.run(one)),
      stopped,
    );
    await held;
    await underSignal(AbortSignal.abort(), () => detached(() => database.run(one)));
    assert.equal((await database.run(one))[0]?.rows[0]?.[0], '1');
  } finally {
    await database.close();
  }
});

test('who waits too long for a connection is told to come again, and not that there is none', async () => {
  const database = new Database(server.database.address, 1);
  const one = { text: 'select 1', values: [] };
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let began = (): void => {};
  const begun = new Promise<void>((resolve) => {
    began = resolve;
  });
  const held = database.transaction(async ({ run }) => {
    await run(one);
    began();
    await released;
  });
  await begun;
  const waiting = Array.from({ length: LIMITS.connectionsWaitingMax }, () => database.run(one));
  await assert.rejects(database.run(one), { code: 'too_many_requests', retryAfterSeconds: 1 });
  release();
  await held;
  assert.equal((await Promise.all(waiting)).length, LIMITS.connectionsWaitingMax);
  await database.close();
});
