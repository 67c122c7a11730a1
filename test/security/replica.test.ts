/**
 * INVARIANT (revoked-means-now) with a standby of PostgreSQL: it answers reads only where it is as
 * fresh as the primary; by its own older world, never. The standby is a real one, and its replay
 * is stopped and let go on.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listFilter } from '../../src/authz/index.ts';
import { Database } from '../../src/store/database.ts';
import { runMigrator } from '../../src/store/installation/installation.ts';
import { appPassword } from '../../src/store/installation/secrets.ts';
import { bindStatement } from '../../src/store/opening.ts';
import { selectPage } from '../../src/store/read-documents.ts';
import { Replica } from '../../src/store/replica.ts';
import { Store } from '../../src/store/store.ts';
import {
  type ExternalPostgres,
  findPostgres,
  startPostgres,
  urlFor,
} from '../support/external-postgres.ts';
import { refusedWith, SmallCompany, sql } from './small-company.ts';

const MAIN_FILE = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const IN_LEEDS = [
  ['Company', 'Alpha'],
  ['Cost Center', 'Leeds'],
] as const;

let server: ExternalPostgres;
let folder: string;
let small: SmallCompany;
let policies: Database;
/** The standby, by the superuser's login and by the application's. */
let standby: Database;
let replica: Replica;
let store: Store;

before(async () => {
  const programs = await findPostgres();
  server = startPostgres(programs.folder, programs.version);
  folder = mkdtempSync(join(tmpdir(), 'replica-'));
  const superuser = server.superuser('company');
  const databaseUrl = urlFor(superuser);
  await runMigrator({ dataDir: folder, databaseUrl, mainFile: MAIN_FILE }, []);
  const address = server.address('company', 'company_app', await appPassword(folder));
  small = await SmallCompany.open({ address, superuser, drop: async () => {} });
  const there = await server.standby();
  standby = new Database(there.superuser('company'), 2);
  replica = new Replica(new Database({ ...address, host: there.superuser('').host }, 4));
  policies = new Database(address, 1);
  store = new Store(small.app, policies, Date.now, { replica });
});

after(async () => {
  await store?.keeper.settled();
  for (const database of [standby, replica?.database, policies]) await database?.close();
  await small?.close();
  server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const credential = (principal: string) => ({ kind: 'named', principal }) as const;

/** What the product's list gives. */
async function listed(principal: string): Promise<string[]> {
  const { results } = await store.read(credential(principal), principal, 'read', (moment) => {
    const table = moment.policy.tables.get('Sales Invoice');
    assert.ok(table);
    const where = listFilter(moment.policy.world, {
      principal: { id: principal, kind: 'user', actor: null, ceilings: [] },
      ...{ action: 'read', doctype: 'Sales Invoice', now: moment.now },
    });
    const page = { columns: ['name'], where, me: principal, limit: 100, offset: 0 };
    return [selectPage({ table, orderBy: [], ...page })];
  });
  return (results[0]?.rows ?? []).map(([name]) => String(name)).sort();
}

/** What the standby alone would show, whatever has happened since. */
async function shownByStandby(principal: string): Promise<string[]> {
  const names = sql('select name from doc.sales_invoice order by name');
  const [, result] = await replica.database.read(bindStatement(principal, 'read'), names);
  return (result?.rows ?? []).map(([name]) => String(name));
}

/** Resolves once the standby has replayed what the primary has flushed by now. */
async function caughtUp(): Promise<void> {
  const log = await small.value('select pg_current_wal_flush_lsn()::text');
  const reached = sql('select pg_last_wal_replay_lsn() >= $1::text::pg_lsn', log);
  while ((await standby.run(reached))[0]?.rows[0]?.[0] !== 't') {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A list that the standby answered; until it is rested and as fresh, the primary answers. */
async function listedByStandby(principal: string): Promise<string[]> {
  for (;;) {
    await caughtUp();
    const { answered } = replica.counts;
    const found = await listed(principal);
    if (replica.counts.answered > answered) return found;
  }
}

/** Runs work while the standby replays nothing. */
async function whilePaused(work: () => Promise<void>): Promise<void> {
  await standby.run(sql('select pg_wal_replay_pause()'));
  const state = sql('select pg_get_wal_replay_pause_state()');
  while ((await standby.run(state))[0]?.rows[0]?.[0] !== 'paused') {
    await new Promise((resolve) => setImmediate(resolve));
  }
  try {
    await work();
  } finally {
    await standby.run(sql('select pg_wal_replay_resume()'));
  }
}

const end = async (grant: string) =>
  await small.superuser.transaction(async ({ run }) => {
    await run(
      sql('select sys.lock_epoch()'),
      sql(`update doc."grant" set until = now() at time zone 'UTC' where name = $1`, grant),
    );
  });

test('a standby that is as fresh as the primary answers, row-level security and all', async () => {
  await small.give('ann', IN_LEEDS);
  await small.give('ann', [], { document_type: 'Company', when: [['name', '=', 'Beta']] });
  assert.deepEqual(await listedByStandby('ann'), ['INV-Leeds']);
  assert.deepEqual(await listedByStandby('nobody'), []);
  // Every part of the policy: bits of cells, names that are shared, conditions.
  await small.give('bob', [['Company', 'Alpha']], {
    ...{ except: ['Cost Center'], when: [['cost_center', '=', 'North']] },
  });
  await small.insert('share', {
    ...{ name: 'shared', document_type: 'Sales Invoice', document_name: 'INV-Beta' },
    ...{ user: 'bob', actions: ['read'], until: null },
  });
  assert.deepEqual(await listedByStandby('bob'), ['INV-Beta', 'INV-North']);
  assert.deepEqual(await shownByStandby('bob'), ['INV-Beta', 'INV-North']);
});

test('what a standby computed for a policy is kept by the primary, and reaches the standby', async () => {
  await small.give('cid', IN_LEEDS);
  assert.deepEqual(await listedByStandby('cid'), ['INV-Leeds']);
  await store.keeper.settled();
  await caughtUp();
  const kept = sql(`select count(*) from sys.access a, sys.epoch e
    where a.principal = 'cid' and a.epoch = e.value`);
  assert.equal((await standby.run(kept))[0]?.rows[0]?.[0], '1');
});

test('a standby refuses what it cannot do, and nothing in it can be written', async () => {
  const write = sql(`update doc.sales_invoice set remarks = 'x'`);
  await refusedWith('25006', replica.database.run(bindStatement('ann', 'write'), write));
});

test('INVARIANT (revoked-means-now): what is revoked is refused while the standby still shows it', async () => {
  const grant = await small.give('dan', IN_LEEDS);
  assert.deepEqual(await listedByStandby('dan'), ['INV-Leeds']);
  await whilePaused(async () => {
    const { answered, late } = replica.counts;
    await end(grant);
    assert.deepEqual(await listed('dan'), []);
    // Positive control: asked itself, the standby knows nothing of the revocation.
    assert.deepEqual(await shownByStandby('dan'), ['INV-Leeds']);
    for (let again = 0; again < 5; again++) assert.deepEqual(await listed('dan'), []);
    assert.equal(replica.counts.answered, answered);
    assert.ok(replica.counts.late > late);
  });
  assert.deepEqual(await listedByStandby('dan'), []);
});

test('a document that moved out of a scope is not shown by a standby that has it in the old place', async () => {
  await small.give('eve', IN_LEEDS);
  await small.invoice('INV-Moves', { cost_center: 'Leeds' });
  assert.deepEqual(await listedByStandby('eve'), ['INV-Leeds', 'INV-Moves']);
  await whilePaused(async () => {
    const moved = `update doc.sales_invoice set cost_center = 'South', version = version + 1 where name = 'INV-Moves'`;
    await small.superuser.run(sql(moved));
    assert.deepEqual(await listed('eve'), ['INV-Leeds']);
    assert.deepEqual(await shownByStandby('eve'), ['INV-Leeds', 'INV-Moves']);
  });
  assert.deepEqual(await listedByStandby('eve'), ['INV-Leeds']);
});

test('what is given is seen at once, though the standby does not have it yet', async () => {
  await whilePaused(async () => {
    await small.give('fay', IN_LEEDS);
    assert.deepEqual(await listed('fay'), ['INV-Leeds']);
    assert.deepEqual(await shownByStandby('fay'), []);
  });
  assert.deepEqual(await listedByStandby('fay'), ['INV-Leeds']);
});

test('a session that ended is refused, though the standby still has it', async () => {
  const user = { name: 'gil', email: 'gil', full_name: 'gil', enabled: 1 };
  await small.insert('user', user);
  const hash = Buffer.alloc(32, 7);
  const begin = sql(
    `insert into sys.session (hash, user_name, expires_at) values ($1, 'gil', now() + interval '1 hour')`,
    hash,
  );
  await small.superuser.run(begin);
  const ask = async () =>
    await store.read({ kind: 'session', hash }, 'gil', 'read', () => [sql('select 1')]);
  await caughtUp();
  assert.equal((await ask()).opening.principal, 'gil');
  await whilePaused(async () => {
    await small.superuser.run(sql('delete from sys.session where hash = $1', hash));
    await refusedWith('unauthenticated', ask());
  });
});

test('many revocations while the standby comes and goes: none is ever missed', async () => {
  const before = { ...replica.counts };
  const counts = { seen: 0, refused: 0 };
  for (let round = 0; round < 20; round++) {
    const grant = await small.give('hal', IN_LEEDS);
    const isPaused = round % 4 === 3;
    const check = async (): Promise<void> => {
      assert.deepEqual(await listed('hal'), ['INV-Leeds'], `${round}`);
      counts.seen += 1;
      await end(grant);
      assert.deepEqual(await listed('hal'), [], `${round}`);
      counts.refused += 1;
    };
    if (isPaused) await whilePaused(check);
    else {
      await listedByStandby('hal');
      await check();
    }
  }
  assert.deepEqual(counts, { seen: 20, refused: 20 });
  assert.ok(replica.counts.answered - before.answered >= 15, JSON.stringify(replica.counts));
});

test('a database that is no standby of this primary is not asked', async () => {
  const impostor = new Replica(small.app);
  const other = new Store(small.app, policies, Date.now, { replica: impostor });
  const { opening } = await other.read(credential('ann'), 'ann', 'read', () => [sql('select 1')]);
  assert.equal(opening.principal, 'ann');
  assert.deepEqual(impostor.counts, { answered: 0, late: 0, failed: 1 });
});

test('a standby that became a primary of its own is not asked any more', async () => {
  const grant = await small.give('ivy', IN_LEEDS);
  assert.deepEqual(await listedByStandby('ivy'), ['INV-Leeds']);
  await standby.run(sql('select pg_promote(true)'));
  const { answered, failed } = replica.counts;
  await end(grant);
  assert.deepEqual(await listed('ivy'), []);
  assert.deepEqual(await shownByStandby('ivy'), ['INV-Leeds']);
  assert.equal(replica.counts.answered, answered);
  assert.ok(replica.counts.failed > failed);
});
