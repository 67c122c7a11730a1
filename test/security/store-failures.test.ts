/** When the database refuses, is full, or goes away: a clear answer, nothing half done. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { type ErrorCode, Refusal } from '../../src/base/errors.ts';
import { Database } from '../../src/store/database.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import { bindStatement } from '../../src/store/opening.ts';
import type { Statement } from '../../src/store/statement.ts';
import { insertion, itemInsertion, SmallCompany, sql } from './small-company.ts';

const ALL = { actions: ['read', 'write', 'create', 'import'] } as const;

let small: SmallCompany;

before(async () => {
  small = await SmallCompany.open();
  const roles = rolesOf(small.ownerRole.replace(/_owner$/, ''));
  const owner = await connectToMigrate(small.clone.superuser);
  await owner.script(`set role "${roles.owner}"`);
  const field = { fieldname: 'foo__bar', fieldtype: 'Data', unique: true } as const;
  const long = { fieldname: `f${'x'.repeat(60)}`, fieldtype: 'Data', unique: true } as const;
  const definitions = ['Plain', 'A - B', `L${'ong '.repeat(14)}name`];
  const outcomes = await applyDoctypes(
    owner,
    roles,
    definitions.map((name) => ({ name, app: 'test', fields: [field, long] })),
  );
  assert.ok(outcomes.every(({ outcome }) => outcome === 'created'));
  await owner.close();
  for (const name of definitions) await small.give('ann', [], { ...ALL, document_type: name });
  await small.give(
    'ann',
    [
      ['Company', '*'],
      ['Cost Center', '*'],
    ],
    ALL,
  );
});

after(async () => {
  await small.close();
});

const row = (table: string, name: string, more: object = {}): Statement =>
  insertion(table, {
    ...{ name, owner: 'ann', modified_by: 'ann', creation: '2026-01-01', modified: '2026-01-01' },
    ...{ docstatus: 0, version: 1, ...more },
  });

const create = async (...statements: Statement[]) =>
  await small.app.run(bindStatement('ann', 'create'), ...statements);

async function refusal(work: Promise<unknown>, code: ErrorCode): Promise<Refusal> {
  const error = await work.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Refusal && error.code === code, `${String(error)}, not ${code}`);
  return error;
}

test('a duplicate names its field, whatever the table and the field are called', async () => {
  const long = `f${'x'.repeat(60)}`;
  const [tables] = await small.superuser.run(
    sql(
      `select table_name from sys.doctype where name in ('Plain', 'A - B') or name like 'Long %'`,
    ),
  );
  assert.equal(tables?.rows.length, 3);
  for (const [table] of tables?.rows ?? []) {
    const name = String(table);
    await create(row(name, 'first', { foo__bar: 'a', [long]: 'a' }));
    const doubles: [field: string, statement: Statement][] = [
      ['name', row(name, 'first')],
      ['foo__bar', row(name, 'second', { foo__bar: 'a' })],
      // So long a name does not fit beside the table's; it is cut, and told apart by a hash.
      [`f${'x'.repeat(30)}_`, row(name, 'third', { [long]: 'a' })],
    ];
    for (const [field, statement] of doubles) {
      const { errors, message } = await refusal(create(statement), 'duplicate');
      assert.deepEqual(
        errors.map((one) => one.field.replace(/(_)[0-9a-f]{8}$/, '$1')),
        [field],
        `${name}: ${message}`,
      );
      assert.ok(!message.includes('first') && !message.includes(name), 'no value and no table');
    }
  }
  const rows = create(
    row('sales_invoice', 'D-1', { company: 'Alpha', cost_center: 'Leeds' }),
    itemInsertion('INV-Leeds', 'INV-Leeds-1'),
  );
  assert.equal((await refusal(rows, 'duplicate')).errors[0]?.field, 'name');
  await small.asOwner(sql(`delete from doc.plain where name = 'first'`));
  const retired = await refusal(create(row('plain', 'first')), 'duplicate');
  assert.equal(retired.errors[0]?.field, 'name');
});

test('a backend killed in mid-transaction: unavailable, nothing written, and the pool recovers', async () => {
  const write = small.within('ann', 'create', async (transaction) => {
    const [, pid] = await transaction.run(row('plain', 'half'), sql('select pg_backend_pid()'));
    await small.superuser.run(sql('select pg_terminate_backend($1)', pid?.rows[0]?.[0] ?? ''));
    await transaction.run(row('plain', 'other half'));
  });
  assert.equal((await refusal(write, 'unavailable')).status, 503);
  assert.equal(await small.value(`select count(*) from doc.plain where name like '%half'`), '0');
  for (let i = 0; i < 20; i++) await small.sees('ann');
});

test('a backend killed while a statement runs, and all idle ones at once', async () => {
  const running = refusal(small.app.run(sql('select pg_sleep(20)')), 'unavailable');
  const killed = `select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = current_database() and query like '%pg_sleep(20)%' and state = 'active'
    and pid <> pg_backend_pid()`;
  while ((await small.value(killed)) === '0') await new Promise((resolve) => setImmediate(resolve));
  await running;
  await Promise.all(Array.from({ length: 8 }, () => small.sees('ann')));
  await small.superuser.run(
    sql(
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = $1
       and datname = current_database()`,
      small.clone.address.user,
    ),
  );
  // They may be found dead one by one, but each of them only once.
  const ends = await Promise.allSettled(Array.from({ length: 30 }, () => small.sees('ann')));
  for (const end of ends) {
    if (end.status === 'rejected') await refusal(Promise.reject(end.reason), 'unavailable');
  }
  for (let i = 0; i < 20; i++) assert.equal((await small.sees('ann')).length, 4);
});

test('a statement that takes too long is stopped and leaves nothing', async () => {
  const limit = sql(`set local statement_timeout = '60ms'`);
  const slow = small.within('ann', 'create', async (transaction) => {
    await transaction.run(limit, row('plain', 'slow'));
    await transaction.run(sql('select pg_sleep(20)'));
  });
  const { message } = await refusal(slow, 'unavailable');
  assert.match(message, /too long/);
  assert.equal(await small.value(`select count(*) from doc.plain where name = 'slow'`), '0');
});

test('a transaction that somebody forgot does not hold the epoch for ever', async () => {
  const forgotten = small.app.transaction(async (transaction) => {
    const limit = sql(`set local idle_in_transaction_session_timeout = '60ms'`);
    const [, , pid] = await transaction.run(
      limit,
      sql('select sys.lock_epoch_shared()'),
      sql('select pg_backend_pid()'),
    );
    const gone = 'select count(*) from pg_stat_activity where pid = $1';
    while ((await small.value(gone, pid?.rows[0]?.[0] ?? '')) !== '0') {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await transaction.run(sql('select 1'));
  });
  await refusal(forgotten, 'unavailable');
  const limits = `select setting from pg_settings where name = $1`;
  for (const name of ['idle_in_transaction_session_timeout', 'statement_timeout']) {
    const [setting] = await small.app.run(sql(limits, name));
    assert.ok(Number(setting?.rows[0]?.[0]) >= 10_000, name);
  }
});

test('a server that is not there is unavailable, at once', async () => {
  const nowhere = new Database({ ...small.clone.address, host: '/nowhere' }, 1);
  const { retryAfterSeconds } = await refusal(nowhere.run(sql('select 1')), 'unavailable');
  assert.equal(retryAfterSeconds, null);
  await nowhere.close();
  const wrong = new Database({ ...small.clone.address, password: 'wrong' }, 1);
  const { message } = await refusal(wrong.run(sql('select 1')), 'unavailable');
  assert.ok(!message.includes('wrong'));
  await wrong.close();
});

test('statements that fail again and again leave nothing behind in the server', async () => {
  const one = new Database(small.clone.address, 1);
  try {
    const kept = async (): Promise<number> => {
      const [found] = await one.run(sql('select count(*) from pg_prepared_statements'));
      return Number(found?.rows[0]?.[0]);
    };
    await kept();
    const before = await kept();
    const failing = [
      sql('select 1 / $1::int', '0'),
      sql('select * from doc.nowhere'),
      sql('select 2 / $1::int', '0'),
    ];
    for (let i = 0; i < 40; i++) {
      for (const statement of failing) await assert.rejects(one.run(sql('select 1'), statement));
      await assert.rejects(one.run(sql('select 1'), ...failing, sql('select 7')));
    }
    // At most those of the last failure, which are closed with the next request, and `select 1`.
    assert.ok((await kept()) <= before + 2, String(await kept()));
    // And those that are good go on being good.
    const [, seven] = await one.run(sql('select 1'), sql('select 7'));
    assert.equal(seven?.rows[0]?.[0], '7');
  } finally {
    await one.close();
  }
});

test('INVARIANT (audit-with-write): on a full disk nothing is saved, and all is well when it is not', async (t) => {
  const disk = await smallDisk(t);
  if (!disk) return;
  try {
    await small.superuser.run(sql('alter table doc.plain set tablespace small_disk'));
    const filler = (name: string) =>
      // Long, and of the kind that does not become shorter.
      row('plain', name, { foo__bar: null, owner: randomBytes(4000).toString('hex') });
    const entry = (name: string) =>
      insertion('audit_entry', {
        ...{ name, principal: 'ann', owner: 'ann', modified_by: 'ann', docstatus: 0 },
        ...{ creation: '2026-01-01', modified: '2026-01-01', action: 'create', outcome: 'allowed' },
      });
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 3000; i++) {
        await small.within('ann', 'create', async (transaction) => {
          await transaction.run(entry(`AUDIT-${i}`), filler(`filler-${i}`));
        });
      }
    };
    const { status, message } = await refusal(fill(), 'storage_full');
    assert.equal(status, 507);
    assert.match(message, /Nothing was saved/);
    const [counts] = await small.superuser.run(
      sql(`select (select count(*) from doc.plain where name like 'filler-%'),
        (select count(*) from doc.audit_entry where name like 'AUDIT-%')`),
    );
    const [documents, entries] = counts?.rows[0] ?? [];
    assert.ok(Number(documents) > 50);
    assert.equal(documents, entries);
    // Reading goes on meanwhile, and writing when there is room again.
    assert.equal((await small.sees('ann')).length, 4);
    await small.superuser.run(sql('alter table doc.plain set tablespace pg_default'));
    await create(filler('there is room'));
  } finally {
    await disk.remove();
  }
});

/** A tablespace of 8 MiB; null, with the reason told, where one cannot be made. */
async function smallDisk(t: TestContext) {
  const root = process.getuid?.() === 0 && process.platform === 'linux';
  const place = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    if (!root) throw new Error('only root may');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', place], { stdio: 'pipe' });
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    t.skip(`a small disk cannot be mounted here: ${(error as Error).message.trim()}`);
    return null;
  }
  const pid = await small.value(`select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)`);
  const { uid, gid } = statSync(`/proc/${pid}`);
  chownSync(place, uid, gid);
  chmodSync(place, 0o700);
  // A tablespace is made outside of any transaction.
  const admin = await connectToMigrate(small.clone.superuser);
  await admin.script(`create tablespace small_disk location '${place}'`);
  return {
    remove: async (): Promise<void> => {
      await admin.script('alter table doc.plain set tablespace pg_default');
      await admin.script('drop tablespace small_disk');
      await admin.close();
      execFileSync('umount', [place]);
      rmSync(place, { recursive: true, force: true });
    },
  };
}
