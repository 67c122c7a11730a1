/** Entries that stand alone, of refusals and reads, carry the time and epoch of the database. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { append } from '../../src/audit/append.ts';
import { Database } from '../../src/store/database.ts';
import { Store } from '../../src/store/store.ts';
import { SmallCompany, sql } from './small-company.ts';

let small: SmallCompany;
let policyDatabase: Database;
let store: Store;

before(async () => {
  small = await SmallCompany.open();
  policyDatabase = new Database(small.clone.address, 1);
  // A machine whose clock stands at 1970.
  store = new Store(small.app, policyDatabase, () => 0);
});

after(async () => {
  await policyDatabase.close();
  await small.close();
});

const EVENT = {
  action: 'read',
  doctype: 'Sales Invoice',
  name: 'INV-Leeds',
  outcome: 'refused',
  code: 'not_found',
  detail: {},
} as const;

async function appendFor(principal: string, requestId: string): Promise<void> {
  const subject = { principal, actor: null, requestId, door: 'http', address: null };
  await append(store, { kind: 'named', principal }, subject, [EVENT, EVENT]);
}

test('neither the clock of this machine nor a policy of before stamps an entry', async () => {
  await store.policy();
  const known = await small.value('select value from sys.epoch');
  await small.give('ann', [['Company', 'Alpha']]);
  const epoch = await small.value('select value from sys.epoch');
  assert.notEqual(epoch, known);
  const from = await small.value(`select clock_timestamp() at time zone 'UTC'`);
  await appendFor('ann', 'stamped');
  const until = await small.value(`select clock_timestamp() at time zone 'UTC'`);
  const [result] = await small.superuser.run(
    sql(
      `select epoch::text, creation between $2::text::timestamp and $3::text::timestamp
        and modified = creation from doc.audit_entry where request_id = $1`,
      'stamped',
      from,
      until,
    ),
  );
  assert.deepEqual(result?.rows, [
    [epoch, 't'],
    [epoch, 't'],
  ]);
});

test('what a record throws leaves nothing of it, and it goes on only as who was let in', async () => {
  const credential = { kind: 'named', principal: 'ann' } as const;
  const session = sql(
    `insert into sys.session (hash, user_name, expires_at) values ('\\x01', 'nobody', 'infinity')`,
  );
  const going = store.record(credential, async (transaction) => {
    await transaction.run('create', session);
    // There is a session, and no enabled user of this name.
    await transaction.continueAs({ kind: 'session', hash: Buffer.from([1]) });
  });
  await assert.rejects(going, { code: 'unauthenticated' });
  assert.equal(await small.value('select count(*) from sys.session'), '0');
});
