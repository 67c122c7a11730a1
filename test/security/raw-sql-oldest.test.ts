/**
 * Raw SQL on the oldest PostgreSQL that is supported: one that a superuser prepared for us, and one
 * whose administrator is none, as where PostgreSQL is somebody else's service. There the catalogue
 * cannot be fenced, and what then remains is harmless.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Caller } from '../../src/identity/caller.ts';
import { hashPassword } from '../../src/identity/password.ts';
import { setPassword } from '../../src/store/credentials.ts';
import type { DatabaseAddress } from '../../src/store/database.ts';
import { runMigrator } from '../../src/store/installation/installation.ts';
import { appPassword, reportPassword } from '../../src/store/installation/secrets.ts';
import {
  type ExternalPostgres,
  findPostgres,
  startPostgres,
  urlFor,
} from '../support/external-postgres.ts';
import { MAIN_FILE, run } from '../support/program.ts';
import { ATTACKS } from './raw-sql-attacks.ts';
import { RawSqlStage } from './raw-sql-stage.ts';
import { refusedWith, sql } from './small-company.ts';

const DENIED = /^(42501|25006)$/;
const SEEN = 'select name from reports.deal order by name';
const ANYWHERE = [
  ['Company', '*'],
  ['Company', '(blank)'],
] as const;

type Place = {
  readonly dataDir: string;
  readonly stage: RawSqlStage;
  readonly boss: Caller;
  readonly clerk: Caller;
};

let server: ExternalPostgres;
const folders: string[] = [];
let fenced: Place;
let managed: Place;

before(async () => {
  const programs = await findPostgres();
  server = startPostgres(programs.folder, programs.version);
  fenced = await placeOn('company', server.superuser('company'));
  await RawSqlStage.bareOf(server.superuser('postgres'), async (client) => {
    await client.query(`create role dba2 login password 'no-superuser' createrole createdb`);
  });
  managed = await placeOn('managed', server.address('managed', 'dba2', 'no-superuser'));
});

after(async () => {
  await fenced?.stage.close();
  await managed?.stage.close();
  server?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A company in a database of its own, brought there by this administrator. */
async function placeOn(database: string, admin: DatabaseAddress): Promise<Place> {
  const dataDir = mkdtempSync(join(tmpdir(), 'raw-sql-'));
  folders.push(dataDir);
  await runMigrator({ dataDir, databaseUrl: urlFor(admin), mainFile: MAIN_FILE }, []);
  const stage = await RawSqlStage.open({
    address: server.address(database, `${database}_app`, await appPassword(dataDir)),
    reporting: server.address(database, `${database}_report`, await reportPassword(dataDir)),
    superuser: server.superuser(database),
    drop: async () => {},
  });
  await stage.give('boss', 'Deal', ANYWHERE, { levels: [0, 1, 2] });
  await stage.give('clerk', 'Deal', [['Company', 'Alpha']]);
  const [boss, clerk] = [await stage.signIn('boss'), await stage.signIn('clerk')];
  return { dataDir, stage, boss, clerk };
}

test('reports answer the same on both, to each what is theirs', async () => {
  for (const { stage, boss, clerk } of [fenced, managed]) {
    const text = 'select name from deal order by name';
    assert.deepEqual(await stage.names(boss, text), ['A1', 'A2', 'B1']);
    assert.deepEqual(await stage.names(clerk, text), ['A1', 'A2']);
    const { rows } = await stage.reports.rawSql(boss, 'select sum(fee) from deal');
    assert.deepEqual(rows, [['70.0000']]);
    await refusedWith('bad_value', stage.reports.rawSql(clerk, 'select fee from deal'));
  }
});

test('where a superuser prepared it, the login is refused all that it is on ours', async () => {
  for (const { what, text } of ATTACKS) {
    await refusedWith(DENIED, fenced.stage.pastFirst(fenced.boss, text)).catch((error) => {
      throw new Error(`${what}: ${error}`, { cause: error });
    });
  }
});

test('elsewhere it is refused all that is not PostgreSQL’s own', async () => {
  const always = ATTACKS.filter((attack) => attack.always);
  assert.ok(always.length > 20);
  for (const { what, text } of always) {
    await refusedWith(DENIED, managed.stage.pastFirst(managed.boss, text)).catch((error) => {
      throw new Error(`${what}: ${error}`, { cause: error });
    });
  }
});

test('a setting that can be set there opens no row, no role and no time', async () => {
  const { stage, boss, clerk } = managed;
  const set = (name: string, value: string): string =>
    `with x as materialized (select set_config('${name}', '${value}', true) as was)
     select d.name from x, reports.deal d where x.was is not null order by 1`;
  const seen = async (caller: Caller, text: string) =>
    (await stage.pastFirst(caller, text)).rows.map(([name]) => name);
  // The setting itself works there: this is what the fence is for.
  assert.deepEqual(await seen(clerk, set('bailiwick.other', 'x')), ['A1', 'A2']);
  const forged = ['boss', 'boss\x1freport\x1fx', `boss\x1f${'0'.repeat(64)}\x1f${'0'.repeat(64)}`];
  for (const value of forged) {
    // Either the claim was read before, and is the clerk's, or what stands there is no claim.
    const answer = await seen(clerk, set('bailiwick.report', value)).catch((error) => error);
    if (Array.isArray(answer)) assert.deepEqual(answer, ['A1', 'A2']);
    else await refusedWith('BW001', Promise.reject(answer));
  }
  assert.deepEqual(await seen(clerk, set('bailiwick.claim', forged[1] ?? '')), ['A1', 'A2']);
  assert.deepEqual(await seen(clerk, set('row_security', 'off')).catch(() => ['A1', 'A2']), [
    'A1',
    'A2',
  ]);
  for (const role of ['managed_app', 'managed_owner', 'managed_views', 'dba']) {
    await refusedWith(DENIED, stage.pastFirst(clerk, `select set_config('role', '${role}', true)`));
  }
  assert.equal(await stage.small.value(`select count(*) from doc.deal where name = 'B1'`), '1');
  assert.deepEqual(await seen(boss, SEEN), ['A1', 'A2', 'B1']);
});

test('SQL that runs SQL stays within its ticket there, and statistics have no values', async () => {
  const { stage, clerk } = managed;
  const inner = `select query_to_xml('select name from reports.deal order by 1', true, true, '')::text`;
  const { rows } = await stage.pastFirst(clerk, inner);
  assert.match(String(rows[0]?.[0]), /A2/);
  assert.doesNotMatch(String(rows[0]?.[0]), /B1/);
  await stage.small.superuser.run(sql('analyze doc.deal'));
  const stats = `select count(*) from pg_stats where tablename = 'deal'`;
  assert.notEqual(await stage.small.value(stats), '0');
  assert.deepEqual((await stage.pastFirst(clerk, stats)).rows, [['0']]);
  // Known to remain there, and closed by the first fence: how many rows a table has about.
  const estimate = `select reltuples from pg_class where oid = (
    select min(oid::int8)::oid from pg_class where relname = 'deal' and relkind = 'r')`;
  assert.equal((await stage.pastFirst(clerk, estimate)).rows[0]?.[0], '3');
  await refusedWith('bad_value', stage.reports.rawSql(clerk, estimate));
});

test('by the command line: as a person, by their own password, and as the system', async () => {
  const { stage, dataDir } = fenced;
  const password = 'the password of the clerk';
  await stage.small.superuser.run(setPassword('clerk', await hashPassword(password)));
  const env = { DATABASE_URL: urlFor(stage.small.clone.address), BAILIWICK_DATA: dataDir };
  const file = join(dataDir, 'report.sql');
  const ask = async (text: string) => {
    writeFileSync(file, text);
    const words = ['sql', file, '--as', 'clerk', '--json'];
    return await run(words, { env, input: `${password}\n` });
  };
  const seen = await ask('select name from deal order by name');
  assert.equal(seen.code, 0, seen.errors);
  assert.deepEqual(JSON.parse(seen.output).rows, [['A1'], ['A2']]);
  const sleeping = await ask('select pg_sleep(1)');
  assert.deepEqual([sleeping.code, sleeping.output], [2, '']);
  assert.match(sleeping.errors, /cannot have the function `pg_sleep`/);
  await stage.give('system:operator', 'Deal', [['Company', 'Beta']]);
  const input = `select name, null as blank from deal where title <> ''; -- from a pipe`;
  const told = await run(['sql', '-'], { env, input });
  assert.equal(told.output, 'name  blank\nB1\n1 row\n', told.errors);
  const uses = await stage.small.value(
    `select count(*) from doc.audit_entry where action = 'command sql'`,
  );
  assert.equal(uses, '2');
});
