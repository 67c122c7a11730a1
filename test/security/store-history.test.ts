/**
 * What is recorded of permissions: by whom it can be read, that nobody rewrites it, that no
 * instant shows half a change, and what an installation of an earlier version knows.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decide, principalNamed } from '../../src/authz/index.ts';
import { connectToMigrate, rolesOf } from '../../src/store/migrate/migration-connection.ts';
import { applySystemMigrations } from '../../src/store/migrate/system-migrations.ts';
import type { Policy } from '../../src/store/policy.ts';
import { insertion, refusedWith, SmallCompany, sql } from './small-company.ts';

let small: SmallCompany;

before(async () => {
  small = await SmallCompany.open();
});

after(async () => {
  await small.close();
});

const LEEDS = [
  ['Company', 'Alpha'],
  ['Cost Center', 'Leeds'],
] as const;

const UTC_NOW = `select (clock_timestamp() at time zone 'UTC')::text`;

/** The present, as an instant to ask about later. */
const present = async (): Promise<string> => canonical(String(await small.value(UTC_NOW)));

const canonical = (text: string): string =>
  text.length === 19 ? `${text}.000000` : text.padEnd(26, '0');

type RawGrant = { readonly name: string; readonly scope: readonly unknown[] };

async function grantsAt(instant: string): Promise<readonly RawGrant[]> {
  const text = `select sys.world_at($1::timestamp at time zone 'UTC')`;
  const { rows } = await small.as('ann', 'read', text, instant);
  return JSON.parse(String(rows[0]?.[0])).grants;
}

function mayRead(policy: Policy, who: string, instant: string): boolean {
  return decide(policy.world, {
    ...{ principal: principalNamed(who), action: 'read', doctype: 'Sales Invoice' },
    document: { name: 'INV-Leeds', company: 'Alpha', cost_center: 'Leeds', owner: 'ann' },
    now: Date.parse(`${instant.replace(' ', 'T')}Z`),
  }).allowed;
}

test('the application cannot touch the history, and reads it by its function under a claim only', async () => {
  for (const table of ['sys.permission_history', 'sys.permission_change']) {
    for (const text of [
      `select * from ${table}`,
      `insert into ${table} default values`,
      `delete from ${table}`,
      `truncate ${table}`,
    ]) {
      await refusedWith('42501', small.app.run(sql(text)));
    }
  }
  await refusedWith(
    '42501',
    small.app.run(sql('update sys.permission_history set until_change = 1')),
  );
  await refusedWith('42501', small.app.run(sql('update sys.permission_change set at = now()')));
  for (const call of ['sys.this_change()', `sys.record_present('doc."grant"')`]) {
    await refusedWith('42501', small.app.run(sql(`select ${call}`)));
  }
  await refusedWith('BW001', small.app.run(sql('select sys.world_at(now())')));
  await refusedWith(
    'BW001',
    small.app.run(
      sql(`select set_config('bailiwick.claim', e'ann\\x1fread\\x1fforged', true)`),
      sql('select sys.world_at(now())'),
    ),
  );
  const { rows } = await small.as('ann', 'read', `select sys.world_at(now()) ->> 'epoch'`);
  assert.equal(rows[0]?.[0], await small.value('select value from sys.epoch'));
});

test('nobody rewrites the history, the owner of the tables neither', async () => {
  const grant = await small.give('amy', LEEDS);
  await small.superuser.run(sql('delete from doc."grant" where name = $1', grant));
  for (const text of [
    'delete from sys.permission_history',
    `update sys.permission_history set content = '{}'`,
    'update sys.permission_history set from_change = from_change - 1',
    'update sys.permission_history set until_change = null where until_change is not null',
    'truncate sys.permission_history',
    'delete from sys.permission_change',
    `update sys.permission_change set at = at - interval '1 day'`,
    'truncate sys.permission_change',
  ]) {
    await refusedWith('BW409', small.asOwner(sql(text)));
  }
});

test('no instant shows half a grant: what one transaction changes, it changes at once', async () => {
  const looked: string[] = [await present()];
  await small.superuser.transaction(async (transaction) => {
    const step = async (text: string, ...values: string[]): Promise<void> => {
      await transaction.run(sql(text, ...values));
      looked.push(await present());
    };
    await transaction.run(
      insertion('role', { name: 'whole', ...standard() }),
      insertion('grant', {
        name: 'whole',
        role: 'whole',
        grantee: 'bea',
        ...grantee(),
        ...standard(),
      }),
    );
    looked.push(await present());
    for (const value of ['Alpha', 'Beta']) {
      await step(
        `insert into doc.grant_scope
           (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
         select gen_random_uuid()::text, id, 'Grant', 'scope', 1, 'Company', $1, 0
         from doc."grant" where name = 'whole'`,
        value,
      );
    }
  });
  const first = await present();
  const scopeAt = async (instant: string): Promise<number | undefined> =>
    (await grantsAt(instant)).find(({ name }) => name === 'whole')?.scope.length;
  for (const instant of looked) assert.equal(await scopeAt(instant), undefined, instant);
  assert.equal(await scopeAt(first), 2);
  // A scope that is replaced is gone and there again in one transaction.
  await small.superuser.transaction(async (transaction) => {
    await transaction.run(
      sql(`delete from doc.grant_scope s using doc."grant" g
        where s.parent_id = g.id and g.name = 'whole' and s.value = 'Beta'`),
      sql(`update doc.grant_scope s set value = '*' from doc."grant" g
        where s.parent_id = g.id and g.name = 'whole'`),
    );
  });
  assert.equal(await scopeAt(first), 2);
  assert.equal(await scopeAt(await present()), 1);
  const instants = await small.value('select count(distinct at) from sys.permission_change');
  assert.equal(await small.value('select count(*) from sys.permission_change'), instants);
});

test('a grant that has ended is found as of then, a later one is not, each by its own epoch', async () => {
  const before = await present();
  const grant = await small.give('cid', LEEDS);
  const during = await present();
  const epoch = Number(await small.value('select value from sys.epoch'));
  await small.superuser.run(
    sql('select sys.lock_epoch()'),
    sql(`update doc."grant" set until = now() at time zone 'UTC' where name = $1`, grant),
  );
  const ended = await present();
  const answers: Record<string, boolean> = {};
  for (const [word, instant] of Object.entries({ before, during, ended })) {
    answers[word] = mayRead(await small.store.policyAt(instant), 'cid', instant);
  }
  assert.deepEqual(answers, { before: false, during: true, ended: false });
  assert.equal((await small.store.policyAt(during)).world.epoch, epoch);
  assert.equal(mayRead(await small.store.policy(), 'cid', ended), false);
});

test('an instant ahead, or before anything was recorded, is refused and says since when', async () => {
  const since = canonical(
    String(await small.value(`select ((sys.history_at(now())).since at time zone 'UTC')::text`)),
  );
  await small.store.policyAt(since);
  await assert.rejects(small.store.policyAt('2001-02-03 04:05:06.000000'), (error: Error) => {
    assert.equal((error as { code?: string }).code, 'bad_value');
    assert.ok(error.message.includes(since), error.message);
    return true;
  });
  await refusedWith('bad_value', small.store.policyAt('2999-01-01 00:00:00.000000'));
});

test('a few policies are kept, and not the ones that were refused', async () => {
  const change = async (name: string): Promise<string> => {
    await small.insert('role', { name });
    return await present();
  };
  const first = await change('kept');
  const policy = await small.store.policyAt(first);
  assert.equal(await small.store.policyAt(first), policy);
  // Until the next change, every instant is judged by the same one.
  assert.equal(await small.store.policyAt(await present()), policy);
  for (let count = 0; count < 4; count++) {
    assert.equal(await small.store.policyAt(first), policy);
    assert.notEqual(await small.store.policyAt(await change(`kept ${count}`)), policy);
  }
  assert.equal(await small.store.policyAt(first), policy);
  for (let count = 4; count < 8; count++) await small.store.policyAt(await change(`kept ${count}`));
  assert.notEqual(await small.store.policyAt(first), policy, 'more than a few are kept');
  await refusedWith('bad_value', small.store.policyAt('2001-02-03 04:05:06.000000'));
  await refusedWith('bad_value', small.store.policyAt('2001-02-03 04:05:06.000000'));
});

test('an instant asked about while a change is under way is what it stays: the world of before', async () => {
  const { promise: decided, resolve: goOn } = Promise.withResolvers<void>();
  const { promise: given, resolve: isGiven } = Promise.withResolvers<void>();
  const giving = small.superuser.transaction(async (transaction) => {
    await transaction.run(insertion('role', { name: 'slow', ...standard() }));
    isGiven();
    await decided;
  });
  await given;
  const instant = await present();
  const asked = small.store.policyAt(instant);
  const waiting = `select count(*) from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  while ((await small.value(waiting)) === '0') await new Promise((done) => setImmediate(done));
  goOn();
  await giving;
  const hasRole = (policy: Policy): boolean =>
    policy.world.source.roles.some(({ name }) => name === 'slow');
  assert.equal(hasRole(await asked), false);
  const later = await present();
  assert.equal(hasRole(await small.store.policyAt(later)), true);
  assert.equal(hasRole(await small.store.policyAt(instant)), false);
});

test('a table that is not watched would be missed, and these tests would see it', async () => {
  await small.superuser.run(sql('alter table doc.grant_scope disable trigger keep_history'));
  const grant = await small.give('dot', LEEDS);
  const instant = await present();
  const found = (await grantsAt(instant)).find(({ name }) => name === grant);
  assert.deepEqual(found?.scope, []);
  await small.superuser.run(
    sql('alter table doc.grant_scope enable trigger keep_history'),
    // What an upgrade does of its own accord with tables that have got a column.
    sql(`select sys.record_present('doc.grant_scope')`),
  );
  const mended = (await grantsAt(await present())).find(({ name }) => name === grant);
  assert.equal(mended?.scope.length, 2);
  assert.deepEqual((await grantsAt(instant)).find(({ name }) => name === grant)?.scope, []);
});

test('every table that the world is made of is watched', async () => {
  const [watched] = await small.superuser.run(
    sql(`select tgrelid::regclass::text from pg_trigger where tgname = 'keep_history' order by 1`),
  );
  assert.deepEqual(watched?.rows.flat(), [
    'doc."grant"',
    'doc."group"',
    'doc."user"',
    'doc.grant_scope',
    'doc.granting_authority',
    'doc.group_member',
    'doc.role',
    'doc.role_rule',
    'doc.separation_rule',
    'doc.share',
    'sys.doctype',
    'sys.tree_node',
  ]);
});

test('an installation of an earlier version knows its past since it was brought up to date', async () => {
  const before = await present();
  const owner = await connectToMigrate(small.clone.superuser);
  try {
    const { database } = small.clone.superuser;
    await owner.script(`grant create on database ${database} to "${small.ownerRole}";
      set role "${small.ownerRole}"`);
    const functions = `this_change finish_change note_change history_key history_content keep_history
      record_present refuse_rewriting history_at world_at`;
    await owner.script(`drop table sys.permission_history, sys.permission_change;
      drop function ${functions
        .split(/\s+/)
        .map((name) => `sys.${name}`)
        .join(', ')} cascade;
      delete from sys.migration where name like '000010-%'`);
    const roles = rolesOf(small.ownerRole.replace(/_owner$/, ''));
    assert.deepEqual(await applySystemMigrations(owner, roles), ['000010-permission-history.sql']);
  } finally {
    await owner.close();
  }
  await refusedWith('bad_value', small.store.policyAt(before));
  const worlds = await small.as(
    'ann',
    'read',
    'select jsonb_object_agg(key, jsonb_array_length(value)) from (select * from ' +
      `jsonb_each(sys.world()) where key <> 'epoch') w union all ` +
      'select jsonb_object_agg(key, jsonb_array_length(value)) from (select * from ' +
      `jsonb_each(sys.world_at(now())) where key <> 'epoch') w`,
  );
  assert.equal(worlds.rows[0]?.[0], worlds.rows[1]?.[0]);
  const upgraded = await present();
  const grant = await small.give('eli', LEEDS);
  const names = async (instant: string): Promise<string[]> =>
    (await grantsAt(instant)).map(({ name }) => name);
  assert.equal((await names(upgraded)).includes(grant), false);
  assert.equal((await names(await present())).includes(grant), true);
});

function standard() {
  const moment = '2026-01-01 00:00:00';
  return { owner: 'ann', modified_by: 'ann', docstatus: 0, creation: moment, modified: moment };
}

function grantee() {
  return { grantee_type: 'User' };
}
