/**
 * The application's login, attacked from inside: whoever can run any SQL as it, under the claim of
 * one principal, gets no row of another's, no right of the owner's, and no way to forge a claim.
 *
 * One thing it can do is to call `sys.bind` for anybody: that login is the application. SQL that
 * people write comes in by a login of its own, which may not.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Database } from '../../src/store/database.ts';
import { bindStatement } from '../../src/store/opening.ts';
import { DEMO_TEMPLATE } from '../support/test-server.ts';
import { insertion, refusedWith, SmallCompany, sql } from './small-company.ts';

const NO_CLAIM = 'BW001';
const DENIED = '42501';
const COUNT = sql('select count(*) from doc.sales_invoice');
const CLAIM = sql(`select current_setting('bailiwick.claim', true)`);

let small: SmallCompany;

before(async () => {
  small = await SmallCompany.open();
  await small.give('ann', [
    ['Company', 'Alpha'],
    ['Cost Center', 'Leeds'],
  ]);
  await small.give('bob', [
    ['Company', '*'],
    ['Cost Center', '*'],
    ['Cost Center', '(blank)'],
  ]);
});

after(async () => {
  await small.close();
});

test('positive control: under their claims, one invoice for Ann and all five for Bob', async () => {
  assert.deepEqual(await small.sees('ann'), ['INV-Leeds']);
  assert.equal((await small.sees('bob')).length, 5);
});

test('INVARIANT (no-anonymous-work): without a claim every table with rows raises', async () => {
  const [tables] = await small.superuser.run(
    sql(`select table_name, (xpath('/row/n/text()', query_to_xml(
        format('select count(*) as n from doc.%I', table_name), false, true, '')))[1]::text
      from sys.doctype where not (definition ->> 'istable')::boolean is true`),
  );
  const filled = (tables?.rows ?? []).filter(([, count]) => Number(count) > 0);
  assert.ok(filled.length >= 5, JSON.stringify(filled));
  for (const [name] of filled) {
    await refusedWith(NO_CLAIM, small.app.run(sql(`select * from doc."${name}"`)));
    await refusedWith(NO_CLAIM, small.app.run(sql(`select count(*) from doc."${name}"`)));
    await refusedWith(NO_CLAIM, small.app.run(sql(`delete from doc."${name}" where true`))).catch(
      // The audit log gives no right to delete at all.
      () => refusedWith(DENIED, small.app.run(sql(`delete from doc."${name}" where true`))),
    );
  }
  const rows = small.app.run(sql('select * from doc.sales_invoice_item'));
  await refusedWith(NO_CLAIM, rows);
});

test('a forged, borrowed or emptied claim raises, and never gives an empty list', async () => {
  const [, taken] = await small.app.run(bindStatement('bob', 'read'), CLAIM);
  const bobs = String(taken?.rows[0]?.[0]);
  const [principal, action, mac] = bobs.split('\x1f');
  assert.deepEqual([principal, action, mac?.length], ['bob', 'read', 64]);
  const [, own] = await small.app.run(bindStatement('ann', 'read'), CLAIM);
  const anns = String(own?.rows[0]?.[0]).split('\x1f').at(-1);
  const forged = [
    '',
    'bob',
    'bob\x1fread',
    'bob\x1fread\x1f',
    `bob\x1fread\x1f${'0'.repeat(64)}`,
    `bob\x1fread\x1f${anns}`,
    bobs,
    `${bobs}\x1f`,
    bobs.replace('read', 'write'),
    `bob\x1fread\x1f${bobs.split('\x1f').at(-1)?.toUpperCase()}`,
  ];
  for (const claim of forged) {
    const set = sql(`select set_config('bailiwick.claim', $1, true)`, claim);
    await refusedWith(NO_CLAIM, small.app.run(set, COUNT));
    await refusedWith(NO_CLAIM, small.app.run(bindStatement('ann', 'read'), set, COUNT));
  }
  for (const reset of ['reset bailiwick.claim', 'reset all', 'discard plans']) {
    const work = small.app.run(bindStatement('ann', 'read'), sql(reset), COUNT);
    if (reset === 'discard plans') assert.equal((await work)[2]?.rows[0]?.[0], '1');
    else await refusedWith(NO_CLAIM, work);
  }
});

test('a claim lasts for its own transaction and backend, and only for the bound action', async () => {
  const one = new Database(small.clone.address, 1);
  try {
    const [, taken] = await one.run(bindStatement('bob', 'read'), CLAIM);
    const replay = sql(
      `select set_config('bailiwick.claim', $1, false)`,
      taken?.rows[0]?.[0] ?? '',
    );
    // The same backend, a later transaction: alone, as a session setting, and within BEGIN.
    await refusedWith(NO_CLAIM, one.run(COUNT));
    await refusedWith(NO_CLAIM, one.run(replay, COUNT));
    await one.run(replay);
    await refusedWith(NO_CLAIM, one.run(COUNT));
    await refusedWith(
      NO_CLAIM,
      one.transaction(async (transaction) => await transaction.run(replay, COUNT)),
    );
    // Another backend, while the transaction that made the claim is still open.
    await one.transaction(async (transaction) => {
      const [, open] = await transaction.run(bindStatement('bob', 'read'), CLAIM);
      const borrowed = sql(
        `select set_config('bailiwick.claim', $1, true)`,
        open?.rows[0]?.[0] ?? '',
      );
      await refusedWith(NO_CLAIM, small.app.run(borrowed, COUNT));
      const [still] = await transaction.run(COUNT);
      assert.equal(still?.rows[0]?.[0], '5');
    });
    // Reading is not writing: nothing is changed, and nobody's other action is borrowed.
    const [, changed] = await one.run(
      bindStatement('bob', 'read'),
      sql('update doc.sales_invoice set remarks = $1', 'x'),
    );
    assert.equal(changed?.rowCount, 0);
    const [, none] = await one.run(bindStatement('bob', 'write'), COUNT);
    assert.equal(none?.rows[0]?.[0], '0');
  } finally {
    await one.close();
  }
});

test('the proof in a claim is over the principal, the action, the backend and the moment', async () => {
  // Whoever had the key could make one; so here is one made right, and four made wrong in a part.
  const proof = (content: string, pid: string, moment: string): string =>
    `(select encode(sha256(outer_key || sha256(inner_key || convert_to(${content}, 'UTF8')
      || int4send(${pid}) || timestamptz_send(${moment}))), 'hex') from sys.mac_key)`;
  const claim = (made: string) =>
    sql(`select set_config('bailiwick.claim', e'bob\\x1fread\\x1f' || ${made}, true)`);
  const [content, pid, moment] = [`e'bob\\x1fread'`, 'pg_backend_pid()', 'transaction_timestamp()'];
  const who = sql('select (sys.me()).principal');
  const [, right] = await small.superuser.run(claim(proof(content, pid, moment)), who);
  assert.equal(right?.rows[0]?.[0], 'bob');
  for (const wrong of [
    proof(`e'ann\\x1fread'`, pid, moment),
    proof(`e'bob\\x1fwrite'`, pid, moment),
    proof(content, `${pid} + 1`, moment),
    proof(content, pid, `${moment} + interval '1 us'`),
  ]) {
    await refusedWith(NO_CLAIM, small.superuser.run(claim(wrong), who));
  }
});

test('names that look like parts of a claim stay names', async () => {
  for (const name of ['', 'a\x1eb', 'a\nb']) {
    await refusedWith(/BW001/, small.app.run(bindStatement(name, 'read')));
  }
  // A separator in the principal would move the parts; the claim then has four and is none.
  await refusedWith(NO_CLAIM, small.app.run(bindStatement('x\x1fbob', 'read'), COUNT));
  await refusedWith(NO_CLAIM, small.app.run(bindStatement('x', 'read\x1fy' as 'read'), COUNT));
});

test('what proves and keeps access cannot be read, written or called', async () => {
  const statements = [
    'select * from sys.mac_key',
    'select * from sys.access',
    'select * from sys.cell',
    'select * from sys.tree_node',
    'select * from pg_catalog.pg_authid',
    'select * from pg_catalog.pg_shadow',
    `select sys.mac('bob')`,
    `select sys.held_grants('bob')`,
    `select sys.ways('bob', 'read', 1)`,
    `select sys.reached_cells('bob', 'read', 1)`,
    `select sys.cells_of(1, 'everything', '[]', 1)`,
    `select sys.bits_of('{0}', 1)`,
    'update sys.epoch set value = 1',
    'update sys.doctype set cells = 0',
    'delete from sys.retired_name',
    'delete from sys.token',
    `insert into sys.dimension_path values (1, 1, 'Company', 'company')`,
    'insert into sys.access select * from sys.access',
  ];
  for (const text of statements) await refusedWith(DENIED, small.app.run(sql(text)));
});

test('the login is no owner and no superuser, and cannot become one or make anything', async () => {
  const [role] = await small.app.run(
    sql(`select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication,
        (select count(*) from pg_auth_members m where m.member = r.oid),
        (select count(*) from pg_class c where c.relowner = r.oid),
        (select count(*) from pg_proc p where p.proowner = r.oid)
      from pg_roles r where rolname = current_user`),
  );
  assert.deepEqual(role?.rows[0], ['f', '0', '0', '0']);
  const denied = [
    `set role "${small.ownerRole}"`,
    `set local role "${small.ownerRole}"`,
    `select set_config('role', '${small.ownerRole}', true)`,
    `set session authorization "${small.ownerRole}"`,
    'create table public.mine (a int)',
    'create table doc.mine (a int)',
    'create table sys.mine (a int)',
    'create schema mine',
    `create function public.f() returns int language sql as 'select 1'`,
    `create function doc.f() returns int language sql as 'select 1'`,
    'create view public.v as select 1',
    'create policy p on doc.sales_invoice using (true)',
    'alter table doc.sales_invoice disable row level security',
    'alter table doc.sales_invoice no force row level security',
    'alter table doc.sales_invoice disable trigger all',
    'drop policy see on doc.sales_invoice',
    'drop trigger append_only on doc.audit_entry',
    'truncate doc.audit_entry',
    'truncate doc.sales_invoice',
    `set session_replication_role = 'replica'`,
    `alter role current_user bypassrls`,
    `copy doc.sales_invoice to '/tmp/out'`,
    `copy (select 1) to program 'id'`,
    `select pg_read_file('PG_VERSION')`,
    `select pg_stat_file('PG_VERSION')`,
    'alter system set fsync = off',
    'checkpoint',
    'create extension plpgsql',
    `select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user`,
  ];
  for (const text of denied)
    await refusedWith(/^(42501|42P01|42710|42704|0A000)$/, small.app.run(sql(text)));
  await refusedWith(
    DENIED,
    small.app.run(sql('set local row_security = off'), bindStatement('ann', 'read'), COUNT),
  );
  await refusedWith(
    DENIED,
    small.app.run(sql(`do $$ begin set role "${small.ownerRole}"; end $$`)),
  );
});

test('functions of the catalogue that run SQL stay within the claim', async () => {
  const inner = `select (xpath('/row/count/text()', query_to_xml(
    'select count(*) from doc.sales_invoice', false, true, '')))[1]::text`;
  assert.equal((await small.as('ann', 'read', inner)).rows[0]?.[0], '1');
  // Estimates are no way to other people's rows either.
  const stats = `select count(*) from pg_stats where schemaname = 'doc'`;
  await small.superuser.run(sql('analyze doc.sales_invoice'));
  assert.notEqual(await small.value(stats), '0');
  assert.equal((await small.as('ann', 'read', stats)).rows[0]?.[0], '0');
});

test('nobody makes temporary tables in a database that the migration made', async () => {
  // A clone has the tables of its template but not the rights on the database itself.
  const [rights] = await small.superuser.run(
    sql(
      `select has_database_privilege('public', $1, 'temp'), has_database_privilege($2, $1, 'temp'),
        has_database_privilege('public', $1, 'connect'), has_database_privilege($2, $1, 'connect'),
        has_database_privilege($2, $1, 'create')`,
      DEMO_TEMPLATE,
      small.clone.address.user,
    ),
  );
  assert.deepEqual(rights?.rows[0], ['f', 'f', 'f', 't', 'f']);
});

test('the name for the greeting is one’s own: of somebody else there is none', async () => {
  for (const name of ['ann', 'bob']) {
    await small.insert('user', { name, email: name, full_name: `The real ${name}`, enabled: 1 });
  }
  const nameOf = async (who: string) =>
    (await small.as('ann', 'read', 'select sys.full_name_of($1)', who)).rows[0]?.[0];
  assert.deepEqual([await nameOf('ann'), await nameOf('bob')], ['The real ann', null]);
  await refusedWith(NO_CLAIM, small.app.run(sql(`select sys.full_name_of('bob')`)));
});

test('an audit entry is written in one’s own name, and is changed by nobody, the owner included', async () => {
  const entry = (name: string, principal: string) =>
    insertion('audit_entry', {
      ...{ name, principal, owner: principal, modified_by: principal, docstatus: 0 },
      ...{ creation: '2026-01-01', modified: '2026-01-01', action: 'read', outcome: 'allowed' },
    });
  await small.app.run(bindStatement('ann', 'read'), entry('A-1', 'ann'));
  await refusedWith(DENIED, small.app.run(bindStatement('ann', 'read'), entry('A-2', 'bob')));
  await refusedWith(NO_CLAIM, small.app.run(entry('A-3', 'ann')));
  const changes = [
    `update doc.audit_entry set outcome = 'refused'`,
    'delete from doc.audit_entry',
    'truncate doc.audit_entry',
  ];
  for (const text of changes) {
    await refusedWith(DENIED, small.app.run(bindStatement('ann', 'write'), sql(text)));
    await refusedWith('BW409', small.asOwner(sql(text)));
    await refusedWith('BW409', small.superuser.run(sql(text)));
  }
  assert.equal(
    await small.value('select count(*) from doc.audit_entry where outcome = $1', 'allowed'),
    '1',
  );
});

test('every function of the system has a body that PostgreSQL can read', async () => {
  const [functions] = await small.superuser.run(
    sql(`select pg_get_functiondef(p.oid) from pg_proc p
      where p.pronamespace = 'sys'::regnamespace and p.prokind = 'f'`),
  );
  assert.ok((functions?.rows.length ?? 0) > 30);
  // They are made before the tables that they name, with their bodies unread.
  for (const [definition] of functions?.rows ?? []) await small.asOwner(sql(String(definition)));
});

test('what the login may call runs with a search path that nobody can bend', async () => {
  const [bent, open, called] = await small.superuser.run(
    sql(
      `select proname from pg_proc where pronamespace = 'sys'::regnamespace
       and has_function_privilege($1, oid, 'execute')
       and not coalesce(proconfig::text[], '{}') @> array['search_path=""']`,
      small.clone.address.user,
    ),
    sql(`select proname from pg_proc where pronamespace = 'sys'::regnamespace
      and has_function_privilege('public', oid, 'execute')`),
    // A function with its caller's path that anything but another function could set off.
    sql(`select p.proname from pg_proc p join pg_trigger t on t.tgfoid = p.oid
      where p.pronamespace = 'sys'::regnamespace
      and not coalesce(p.proconfig::text[], '{}') @> array['search_path=""']`),
  );
  assert.deepEqual([bent?.rows, open?.rows, called?.rows], [[], [], []]);
});
