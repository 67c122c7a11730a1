import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { EmbeddedServerError } from '../../src/store/embedded/errors.ts';
import { superuserSecret } from '../../src/store/embedded/place.ts';
import { startEmbedded } from '../../src/store/embedded/server.ts';
import { readState, runningServer } from '../../src/store/embedded/state.ts';
import { ended, freshFolder, host, isAlive, query, queryWith, start } from './fixture.ts';

const quiet = () => undefined;

test('a server is reachable by its socket and a password, and by nothing else', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const { server } = await start(t, dataDir);
  assert.match(server.binariesVersion, /^18\.\d+$/);
  assert.equal((await stat(server.socketDir)).mode & 0o777, 0o700);
  assert.equal((await stat(join(dataDir, 'secrets'))).mode & 0o777, 0o700);
  assert.equal((await stat(superuserSecret(dataDir))).mode & 0o777, 0o600);
  const settings = await query(
    server,
    dataDir,
    `select current_setting('listen_addresses') as tcp, current_setting('fsync') as fsync,
       current_setting('full_page_writes') as full_page_writes,
       current_setting('synchronous_commit') as synchronous_commit,
       current_setting('data_checksums') as checksums, inet_server_port() as port`,
  );
  assert.deepEqual(settings, [
    {
      tcp: '',
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      checksums: 'on',
      port: null,
    },
  ]);
  const doors = await query(
    server,
    dataDir,
    'select type, auth_method, error from pg_hba_file_rules',
  );
  assert.deepEqual(doors, [{ type: 'local', auth_method: 'scram-sha-256', error: null }]);
  await assert.rejects(queryWith(server, 'wrong', 'select 1'), { code: '28P01' });
});

test('text sorts by code point, whatever the machine', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const { server } = await start(t, dataDir);
  const [database] = await query(
    server,
    dataDir,
    'select datlocprovider::text as provider, datlocale, pg_encoding_to_char(encoding) as encoding ' +
      "from pg_database where datname = 'template1'",
  );
  assert.deepEqual(database, { provider: 'b', datlocale: 'C.UTF-8', encoding: 'UTF8' });
  const rows = await query(
    server,
    dataDir,
    "select upper('straße über') as upper, array(select unnest('{b,B,a,Ä}'::text[]) as x order by x) as sorted",
  );
  assert.deepEqual(rows, [
    { upper: 'STRASSE ÜBER'.replace('SS', 'ß'), sorted: ['B', 'a', 'b', 'Ä'] },
  ]);
});

test('secrets-stay: the log does not repeat the values of a failing statement', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const { server } = await start(t, dataDir);
  const create = 'create table slip (pay int check (pay > 0))';
  await query(server, dataDir, create);
  await assert.rejects(query(server, dataDir, 'insert into slip values (-4711)'), /violates check/);
  await server.stop();
  const logs = await readdir(join(dataDir, 'log'));
  assert.equal(logs.length, 1);
  const text = await readFile(join(dataDir, 'log', logs[0] ?? ''), 'utf8');
  assert.match(text, /ready to accept connections/);
  assert.doesNotMatch(text, /4711|slip/);
});

test('stop leaves no process, socket or state, and the next start has the data', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const first = await start(t, dataDir);
  await query(first.server, dataDir, 'create table kept as select 42 as answer');
  const state = await readState(dataDir);
  assert.ok(state !== undefined && (await isAlive(state.pid)));
  assert.deepEqual(await runningServer(dataDir), {
    socketDir: first.server.socketDir,
    port: first.server.port,
    pid: state.pid,
    version: first.server.binariesVersion,
  });
  await Promise.all([first.server.stop(), first.server.stop()]);
  assert.equal(await isAlive(state.pid), false);
  assert.equal(await runningServer(dataDir), undefined);
  const left = (await readdir(dataDir)).sort();
  assert.deepEqual(left, ['log', 'pg_hba.conf', 'postgres', 'postgresql.conf', 'secrets']);
  const second = await start(t, dataDir);
  assert.deepEqual(await query(second.server, dataDir, 'select answer from kept'), [
    { answer: 42 },
  ]);
});

test('several servers run side by side; two on one data folder do not', async (t) => {
  const folder = await freshFolder(t);
  const dataDir = join(folder, 'one');
  const [one, two] = await Promise.all([start(t, dataDir), start(t, join(folder, 'two'))]);
  assert.notEqual(one.server.socketDir, two.server.socketDir);
  await query(two.server, join(folder, 'two'), 'select 1');
  await assert.rejects(startEmbedded({ dataDir, log: quiet }), (error) => {
    assert.ok(error instanceof EmbeddedServerError);
    assert.equal(error.code, 'in_use');
    assert.match(error.message, new RegExp(`process id ${process.pid}\\b`));
    return true;
  });
  // The refused one must not have taken anything away from the one that runs.
  await query(one.server, dataDir, 'select 1');
});

test('where the path is too long for a socket, a temporary folder holds it', async (t) => {
  const dataDir = join(await freshFolder(t), 'long'.repeat(30));
  const { server } = await start(t, dataDir);
  assert.ok(!server.socketDir.startsWith(dataDir));
  assert.equal((await stat(server.socketDir)).mode & 0o777, 0o700);
  await query(server, dataDir, 'select 1');
  await server.stop();
  await assert.rejects(stat(server.socketDir), { code: 'ENOENT' });
  // One that is killed cannot remove it, so its successor does.
  const killed = host(t, { dataDir });
  const { socketDir } = await killed.answer;
  await ended(killed.process, 'SIGKILL');
  await start(t, dataDir);
  await assert.rejects(stat(socketDir), { code: 'ENOENT' });
});

test('data of another major version are refused, and left alone', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const { server } = await start(t, dataDir);
  await server.stop();
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
  await assert.rejects(startEmbedded({ dataDir, log: quiet }), {
    code: 'other_version',
    message: /made by PostgreSQL 17, and this release runs PostgreSQL 18.*backup.*restore/,
  });
  assert.ok(!(await readdir(dataDir)).includes('owner.lock'));
});

test('a data folder that cannot be made is refused by name', async (t) => {
  const folder = await freshFolder(t);
  const file = join(folder, 'file');
  await writeFile(file, '');
  for (const dataDir of [file, join(file, 'below')]) {
    await assert.rejects(startEmbedded({ dataDir, log: quiet }), {
      name: 'EmbeddedServerError',
      code: 'unwritable',
      message: new RegExp(`\`${dataDir}\``),
    });
  }
});

test('a database that cannot start is reported in the words of PostgreSQL', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  const { server } = await start(t, dataDir);
  await server.stop();
  await writeFile(join(dataDir, 'postgres', 'postgresql.auto.conf'), "shared_buffers = 'much'\n");
  await assert.rejects(startEmbedded({ dataDir, log: quiet }), {
    code: 'start_failed',
    message: /invalid value for parameter "shared_buffers"/,
  });
  // Nothing may be left that makes the repaired folder look as if it were in use.
  await writeFile(join(dataDir, 'postgres', 'postgresql.auto.conf'), '');
  await start(t, dataDir);
});

test('an empty folder that exists already may be a data folder', async (t) => {
  const dataDir = join(await freshFolder(t), 'data');
  await mkdir(dataDir, { mode: 0o755 });
  const { server } = await start(t, dataDir);
  await query(server, dataDir, 'select 1');
  assert.equal((await stat(dataDir)).mode & 0o777, 0o755);
});
