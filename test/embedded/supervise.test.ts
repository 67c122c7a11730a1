import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { installedBinaries } from '../../src/store/embedded/binaries.ts';
import { startGuarded } from '../../src/store/embedded/guardian.ts';
import { readPostmaster } from '../../src/store/embedded/leftover.ts';
import { readState } from '../../src/store/embedded/state.ts';
import type { UnexpectedExit } from '../../src/store/embedded/supervise.ts';
import { ended, freshFolder, host, isAlive, query, start, until } from './fixture.ts';

async function serverPid(dataDir: string): Promise<number> {
  const state = await readState(dataDir);
  assert.ok(state !== undefined);
  return state.pid;
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
}

async function restarted(dataDir: string, before: number): Promise<void> {
  await until('running again', async () => {
    const state = await readState(dataDir);
    return state !== undefined && state.pid !== before;
  });
}

test('a PostgreSQL that is killed is started again, with all that was committed', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const exits: UnexpectedExit[] = [];
  const onUnexpectedExit = (exit: UnexpectedExit) => exits.push(exit);
  const { server, lines } = await start(t, dataDir, { onUnexpectedExit });
  for (const round of [1, 2]) {
    await query(server, dataDir, `create table round_${round} as select 1 as kept`);
    const pid = await serverPid(dataDir);
    process.kill(pid, 'SIGKILL');
    await restarted(dataDir, pid);
    const rows = await query(server, dataDir, `select kept from round_${round}`);
    assert.deepEqual(rows, [{ kept: 1 }]);
  }
  assert.equal(exits[0]?.how, 'signal 9');
  assert.ok((exits[1]?.restartInMs ?? 0) > (exits[0]?.restartInMs ?? 0), 'it backs off');
  assert.ok(lines.some((line) => line.includes('ended unexpectedly (signal 9)')));
  assert.ok(lines.includes('PostgreSQL runs again'));
});

test('a killed guardian leaves no second PostgreSQL on the data', {
  skip: process.platform !== 'linux' && 'finds the guardian by /proc',
}, async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const { server } = await start(t, dataDir);
  await query(server, dataDir, 'create table kept as select 1 as kept');
  const pid = await serverPid(dataDir);
  process.kill(await parentOf(pid), 'SIGKILL');
  await restarted(dataDir, pid);
  assert.equal(await isAlive(pid), false);
  assert.deepEqual(await query(server, dataDir, 'select kept from kept'), [{ kept: 1 }]);
});

test('when we are killed PostgreSQL ends, and the next start works', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const first = host(t, { dataDir });
  const address = await first.answer;
  await query(address, dataDir, 'create table kept as select 1 as kept');
  const pid = await serverPid(dataDir);
  await ended(first.process, 'SIGKILL');
  await until('gone', async () => !(await isAlive(pid)), 5);
  const { server } = await start(t, dataDir);
  assert.deepEqual(await query(server, dataDir, 'select kept from kept'), [{ kept: 1 }]);
});

test('a start right after a kill waits for the PostgreSQL that is still there', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const first = host(t, { dataDir });
  await first.answer;
  const pid = await serverPid(dataDir);
  const guardian = process.platform === 'linux' ? await parentOf(pid) : undefined;
  // A stopped guardian keeps PostgreSQL alive for certain when the second server begins.
  if (guardian !== undefined) process.kill(guardian, 'SIGSTOP');
  process.kill(pid, 'SIGSTOP');
  await ended(first.process, 'SIGKILL');
  setTimeout(() => process.kill(pid, 'SIGCONT'), 300);
  const { server, lines } = await start(t, dataDir);
  if (guardian !== undefined) process.kill(guardian, 'SIGKILL');
  assert.match(lines.join('\n'), new RegExp(`waiting for process ${pid} to end`));
  assert.notEqual(await serverPid(dataDir), pid);
  await query(server, dataDir, 'select 1');
});

test('a killed initialisation leaves nothing that looks complete', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const first = host(t, { dataDir });
  const staging = async () =>
    (await readdir(dataDir).catch(() => [])).find((name) => name.startsWith('postgres.new-'));
  // In the middle: initdb has begun to fill the folder.
  await until('initialising', async () => {
    const name = await staging();
    if (name === undefined) return false;
    return (await readdir(join(dataDir, name, 'data')).catch(() => [])).length > 0;
  });
  await ended(first.process, 'SIGKILL');
  await assert.rejects(stat(join(dataDir, 'postgres')), { code: 'ENOENT' });
  await until('cleaned up', async () => (await staging()) === undefined);
  await assert.rejects(stat(join(dataDir, 'postgres')), { code: 'ENOENT' });
  const { server } = await start(t, dataDir);
  await query(server, dataDir, 'select 1');
});

test('a stale postmaster.pid with the id of a living stranger does not stop a start', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const first = await start(t, dataDir);
  await first.server.stop();
  const lines = [
    process.ppid,
    join(dataDir, 'postgres'),
    1,
    5432,
    '/nowhere',
    '',
    '  1 1',
    'ready',
  ];
  await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${lines.join('\n')}\n`);
  const { server } = await start(t, dataDir);
  const postmaster = await readPostmaster(join(dataDir, 'postgres'));
  assert.equal(postmaster?.pid, await serverPid(dataDir));
  await query(server, dataDir, 'select 1');
});

test('a PostgreSQL that somebody started by hand is not ended', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const { server } = await start(t, dataDir);
  await server.stop();
  const { native } = await installedBinaries();
  const database = join(dataDir, 'postgres');
  const { uid, gid } = await stat(database);
  const account = process.getuid?.() === 0 ? { uid, gid } : undefined;
  const settings = ['-c', `unix_socket_directories="${database}"`, '-c', 'listen_addresses='];
  const byHand = startGuarded([`${native}/bin/postgres`, '-D', database, ...settings], account, 10);
  const pid = await byHand.pid;
  await until('ready', async () => (await readPostmaster(database))?.status === 'ready');
  await assert.rejects(start(t, dataDir), {
    code: 'in_use',
    message: new RegExp(`process ${pid}, which was not started by us`),
  });
  assert.equal(await isAlive(pid), true);
  byHand.stop();
  await byHand.ended;
});

test('a server which hears no request to stop is ended after the limit', async () => {
  const deaf = "process.on('SIGINT', () => {}); setInterval(() => {}, 1000); console.error('deaf')";
  const guarded = startGuarded([process.execPath, '-e', deaf], undefined, 1);
  await until('deaf', async () => guarded.lastLines().includes('deaf'));
  const begin = performance.now();
  guarded.stop();
  assert.equal(await guarded.ended, 'signal 3');
  assert.ok(performance.now() - begin >= 900, 'it was given its time');
});
