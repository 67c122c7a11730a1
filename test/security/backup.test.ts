/** Backups: of one moment, whole or nothing, and a restored copy that is equal to the last byte. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { backUp } from '../../src/store/backup/back-up.ts';
import { type Manifest, readManifest } from '../../src/store/backup/manifest.ts';
import { checkBackup, type RestoreRequest, restore } from '../../src/store/backup/restore.ts';
import { withoutServers } from '../../src/store/backup/without-servers.ts';
import { administrator } from '../../src/store/installation/installation.ts';
import { applyDoctypes } from '../../src/store/migrate/apply-doctypes.ts';
import {
  connectToMigrate,
  type MigrationConnection,
  rolesOf,
} from '../../src/store/migrate/migration-connection.ts';
import { dataDirOfTests } from '../support/test-server.ts';
import { refusedWith, SmallCompany, sql } from './small-company.ts';

let small: SmallCompany;
let owner: MigrationConnection;
const folders: string[] = [];
const copies: SmallCompany[] = [];

before(async () => {
  small = await SmallCompany.open();
  owner = await connectOwner(small);
});

after(async () => {
  await owner.close();
  await small.close();
  for (const copy of copies) await copy.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const roles = () => rolesOf(small.ownerRole.replace(/_owner$/, ''));

async function connectOwner(company: SmallCompany): Promise<MigrationConnection> {
  const connection = await connectToMigrate(company.clone.superuser);
  const { database } = company.clone.address;
  // A clone has the tables of its template, but not its owner.
  await connection.script(`alter database ${database} owner to "${company.ownerRole}"`);
  await connection.script(`set role "${company.ownerRole}"`);
  return connection;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bw-backup-'));
  folders.push(folder);
  return join(folder, 'backup');
}

const quiet = (): void => {};

async function taken(folder = newFolder(), by = owner): Promise<Manifest> {
  await backUp(by, { folder, keyMark: 'key', progress: quiet });
  return await readManifest(folder);
}

const asked = (folder: string, more: Partial<RestoreRequest> = {}): RestoreRequest => ({
  ...{ folder, replace: true, loseSecrets: false, keyMark: 'key', progress: quiet },
  record: async () => {},
  ...more,
});

/** A company of its own with other data, into which the folder's backup is put. */
async function restored(folder: string) {
  const copy = await SmallCompany.open();
  copies.push(copy);
  const connection = await connectOwner(copy);
  const request = asked(folder);
  const report = await restore(connection, roles(), await checkBackup(request), request);
  return { copy, connection, report };
}

/** What restoring itself adds to. */
const BY_RESTORING = new Set([
  'epoch',
  'permission_change',
  'permission_history',
  'token',
  'access',
]);

/** What was in force when; the last line of a copy says that it was restored. */
const HISTORY = `select md5(string_agg(h::text, ',' order by relation, key, from_change))
  from sys.permission_history h where relation <> 'sys.restore'`;

/** Of each table that has to be the same in a copy, what its file said. */
const sums = ({ tables }: Manifest) =>
  tables
    .filter(({ name }) => !BY_RESTORING.has(name))
    .map(({ schema, name, rows, sha256 }) => `${schema}.${name} ${rows} ${sha256}`);

test('a restored copy is equal, answers the same people the same, and gives no number again', async () => {
  await small.give('ann', [
    ['Company', 'Alpha'],
    ['Cost Center', 'North', 1],
  ]);
  await small.insert('company', { name: 'Gone' });
  await small.superuser.run(
    sql(`delete from doc.company where name = 'Gone'`),
    sql(
      `insert into sys.session (hash, user_name, expires_at) values ('\\x01', 'ann', 'infinity')`,
    ),
    sql(`insert into sys.token (id, key, secret_hash, user_name, label)
      values ('t', 'key-t', sha256('word'), 'ann', 'x')`),
  );
  const folder = newFolder();
  const manifest = await taken(folder);
  const { copy, connection, report } = await restored(folder);
  assert.equal(report.tokens_ended, 1);
  const again = await taken(newFolder(), connection);
  assert.deepEqual(sums(again), sums(manifest));
  assert.ok(sums(manifest).length > 20);
  assert.equal(await copy.value(HISTORY), await small.value(HISTORY));
  assert.deepEqual(await copy.sees('ann'), ['INV-Leeds', 'INV-North'], 'by row-level security');
  assert.deepEqual(await copy.sees('ben'), []);
  assert.ok(Number(again.epoch) > Number(manifest.epoch));
  assert.deepEqual((await copy.store.policy()).world.epoch, Number(again.epoch));
  await refusedWith('23505', copy.insert('company', { name: 'Gone' }));
  const next = await copy.value(
    `insert into doc.company (name, owner, creation, modified, modified_by)
     values ('Next', 'ann', now(), now(), 'ann') returning id`,
  );
  const given = manifest.sequences.find(({ table }) => table === 'doc.company')?.last;
  assert.ok(Number(next) > Number(given), `${next} was given before`);
  await connection.close();
});

test('sessions, keys of the claim and what tokens are known by are in no file', async () => {
  const folder = newFolder();
  const manifest = await taken(folder);
  const names = manifest.tables.map(({ schema, name }) => `${schema}.${name}`);
  for (const absent of ['sys.session', 'sys.mac_key', 'sys.access']) {
    assert.ok(!names.includes(absent), absent);
  }
  const token = readFileSync(join(folder, 'sys.token.copy'), 'utf8');
  assert.match(token, /key-t/, 'the token is there');
  const hash = await small.value(`select encode(secret_hash, 'hex') from sys.token limit 1`);
  assert.ok(hash && hash.length === 64 && !token.includes(hash));
  const { copy, connection } = await restored(folder);
  assert.equal(await copy.value('select count(*) from sys.token where revoked_at is null'), '0');
  assert.equal(await copy.value('select count(*) from sys.session'), '0');
  const key = 'select md5(string_agg(k::text, $1)) from sys.mac_key k';
  assert.notEqual(await copy.value(key, ''), await small.value(key, ''));
  await connection.close();
});

test('only the owner of the files can read them, and a folder with anything in it is refused', async () => {
  const folder = newFolder();
  await taken(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
  assert.ok(modes.length > 20 && modes.every((mode) => mode === 0o600));
  await refusedWith('not_empty', taken(folder));
});

test('everything is of one moment, whatever is written meanwhile', async () => {
  let stop = false;
  let written = 0;
  const writer = (async () => {
    while (!stop) {
      written += 1;
      await small.invoice(`LOAD-${written}`, {});
    }
  })();
  const folder = newFolder();
  while (written < 5) await new Promise((resolve) => setImmediate(resolve));
  const manifest = await taken(folder);
  stop = true;
  await writer;
  const { copy, connection } = await restored(folder);
  const rows = (name: string) => manifest.tables.find((table) => table.name === name)?.rows ?? 0;
  assert.ok(rows('sales_invoice') >= 5 + 4, 'it was written while the backup ran');
  // Each invoice commits before its row: a copy has at most the last one without.
  assert.ok(rows('sales_invoice') - rows('sales_invoice_item') <= 1);
  const strays = `select count(*) from doc.sales_invoice_item i
    where not exists (select from doc.sales_invoice p where p.id = i.parent_id)`;
  assert.equal(await copy.value(strays), '0');
  await connection.close();
});

test('one flipped byte in any file, a missing file or manifest: refused, nothing changed', async () => {
  const folder = newFolder();
  const manifest = await taken(folder);
  await checkBackup(asked(folder));
  const files = ['manifest.json', 'doc.company.copy', 'sys.credential.copy', 'doc.role_rule.copy'];
  for (const name of files) {
    const path = join(folder, name);
    const whole = readFileSync(path);
    if (whole.length === 0) continue;
    for (const at of [0, whole.length >> 1, whole.length - 2]) {
      const flipped = Buffer.from(whole);
      flipped.writeUInt8((flipped[at] ?? 0) ^ 1, at);
      writeFileSync(path, flipped);
      await refusedWith('damaged_backup', checkBackup(asked(folder)));
    }
    writeFileSync(path, whole.subarray(0, whole.length - 2));
    await refusedWith('damaged_backup', checkBackup(asked(folder)));
    rmSync(path);
    await refusedWith('damaged_backup', checkBackup(asked(folder)));
    writeFileSync(path, whole);
  }
  await checkBackup(asked(folder));
  // Damaged between the check and the load: the transaction is rolled back.
  const copy = await SmallCompany.open();
  copies.push(copy);
  const connection = await connectOwner(copy);
  const path = join(folder, 'doc.company.copy');
  writeFileSync(path, readFileSync(path, 'utf8').replace('Alpha', 'Alphb'));
  await refusedWith('damaged_backup', restore(connection, roles(), manifest, asked(folder)));
  assert.equal(await copy.value(`select count(*) from doc.company where name = 'Alpha'`), '1');
  await connection.close();
});

test('a newer version, a foreign key and what holds something are refused unless asked', async () => {
  const folder = newFolder();
  const manifest = await taken(folder);
  const request = asked(folder, { replace: false });
  await refusedWith('not_empty', restore(owner, roles(), manifest, request));
  assert.equal(await small.value(`select count(*) from doc.company where name = 'Alpha'`), '1');
  const path = join(folder, 'manifest.json');
  const { createHash } = await import('node:crypto');
  const rewrite = (more: object): void => {
    const content = JSON.stringify({ ...manifest, ...more });
    const sha256 = createHash('sha256').update(content).digest('hex');
    writeFileSync(path, JSON.stringify({ sha256, content }));
  };
  rewrite({});
  await checkBackup(request);
  const later = { name: '999999-later.sql', checksum: 'x' };
  rewrite({ migrations: [...manifest.migrations, later] });
  await refusedWith('newer_version', checkBackup(request));
  rewrite({ format: 2 });
  await refusedWith('newer_version', checkBackup(request));
  rewrite({ sealed: 1 });
  await checkBackup(request);
  await refusedWith('wrong_key', checkBackup({ ...request, keyMark: 'other' }));
  await checkBackup({ ...request, keyMark: 'other', loseSecrets: true });
});

test('what an older definition left in the table comes back with it, and a new field finds it', async () => {
  const kept = { fieldname: 'kept', fieldtype: 'Int' as const, unique: true };
  const note = { fieldname: 'note', fieldtype: 'Data' as const, search_index: true };
  const doctype = { name: 'Left Behind', app: 'test', fields: [kept, note] };
  await applyDoctypes(owner, roles(), [doctype]);
  await small.insert('left_behind', { name: 'a', kept: 7, note: 'x' });
  await applyDoctypes(owner, roles(), [{ ...doctype, fields: [note] }]);
  // A migration that was cut off: the copy must not go on with what nobody has filled since.
  await small.superuser.run(
    sql(`alter table doc.left_behind add column bw__next_x bigint`),
    sql(`insert into sys.backfill (doctype_id, fieldname, column_name, expression, last_id)
      select id, 'note', 'bw__next_x', 'new.note', 1 from sys.doctype where name = 'Left Behind'`),
  );
  const folder = newFolder();
  await taken(folder);
  const { copy, connection } = await restored(folder);
  assert.equal(await copy.value('select count(*) from sys.backfill'), '0');
  const columns = `select count(*) from pg_attribute
    where attrelid = 'doc.left_behind'::regclass and attname like 'bw%' and not attisdropped`;
  assert.equal(await copy.value(columns), '0');
  assert.equal(await copy.value('select kept from doc.left_behind'), '7');
  const [back] = await applyDoctypes(connection, roles(), [doctype]);
  assert.equal(back?.outcome, 'changed');
  await refusedWith('23505', copy.insert('left_behind', { name: 'b', kept: 7 }));
  await connection.close();
});

test('a node that knew what was there before keeps nothing of it', async () => {
  const { copy, connection } = await restored((await takenOf(small)).folder);
  const before = await copy.store.policy();
  const { folder } = await takenOf(copy);
  // Nothing of permissions has changed since: it could follow, were it the same database.
  await copy.insert('cost_center', { name: 'East', company: 'Beta' });
  await copy.invoice('INV-East', { company: 'Beta', cost_center: 'East' });
  const request = asked(folder);
  await restore(connection, roles(), await checkBackup(request), request);
  await copy.store.requireReady();
  const after = await copy.store.policy();
  assert.ok(after.world.epoch > before.world.epoch);
  assert.notEqual(after.tables.get('Sales Invoice'), before.tables.get('Sales Invoice'));
  await connection.close();
});

/** A backup of a company, in a folder of its own. */
async function takenOf(company: SmallCompany): Promise<{ readonly folder: string }> {
  const folder = newFolder();
  const connection = await connectOwner(company);
  await taken(folder, connection);
  await connection.close();
  return { folder };
}

test('while a server is connected nothing is replaced', async () => {
  const { admin } = await administrator(dataDirOfTests(), null);
  const { database } = small.clone.address;
  const place = `${database}_x`;
  await small.superuser.run(sql(`create database ${place}`));
  const name = rolesOf(place).app;
  await small.superuser.run(sql(`create role ${name} login password 'word'`));
  const connect = { ...small.clone.address, database: place, user: name, password: 'word' };
  await small.superuser.run(sql(`grant connect on database ${place} to ${name}`));
  const server = await connectToMigrate(connect);
  await refusedWith(
    'in_use',
    withoutServers(admin, place, async () => 'done'),
  );
  await server.close();
  await withoutServers(admin, place, async () => {
    await small.superuser.run(sql(`revoke connect on database ${place} from public`));
    await assert.rejects(connectToMigrate(connect), /permission denied/);
  });
  await (await connectToMigrate(connect)).close();
  await small.superuser.run(sql(`drop database ${place} with (force)`), sql(`drop role ${name}`));
});
