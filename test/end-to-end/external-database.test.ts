/** `DATABASE_URL`: a PostgreSQL that somebody else runs, by an administrator's login or ours. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Database, type DatabaseAddress } from '../../src/store/database.ts';
import { clientOf, signIn } from '../support/client.ts';
import {
  type ExternalPostgres,
  findPostgres,
  startPostgres,
  urlFor,
} from '../support/external-postgres.ts';

const MAIN_FILE = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const DEMO_PASSWORD = 'larkspur-external-password';

let server: ExternalPostgres;
const folders: string[] = [];

before(async () => {
  const { folder, version } = await findPostgres();
  server = startPostgres(folder, version);
});

after(() => {
  server?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Serving = {
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly stop: () => Promise<void>;
};

/** Runs the program until it says its address; throws what it said where it ends before. */
async function run(
  word: 'start' | 'serve',
  address: DatabaseAddress,
  dataDir = folder(),
): Promise<Serving> {
  const child = spawn(process.execPath, [MAIN_FILE, word], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      PORT: '0',
      BAILIWICK_DATA: dataDir,
      DATABASE_URL: urlFor(address),
      DEMO_PASSWORD,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await saidAddress(child);
  return {
    url,
    pid: child.pid ?? 0,
    dataDir,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function saidAddress(child: ChildProcess): Promise<string> {
  return await new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: unknown): void => {
      said += String(chunk);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url) resolve(url);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', (chunk) => {
      said += String(chunk);
    });
    child.once('close', () => reject(new Error(said)));
  });
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'external-data-'));
  folders.push(made);
  return made;
}

async function ask(address: DatabaseAddress, text: string): Promise<readonly (string | null)[][]> {
  const database = new Database(address, 1);
  try {
    const [result] = await database.run({ text, values: [] });
    return (result?.rows ?? []).map((row) => [...row]);
  } finally {
    await database.close();
  }
}

/** Everything about a process that others on the machine could read of it, as one text. */
function traces(pid: number): string {
  const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'latin1');
  const files = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return [read('environ'), read('cmdline'), ...files].join('\0');
}

test('an administrator’s URL: migrates, then serves without a trace of it', async () => {
  const admin = server.superuser('larkspur');
  const serving = await run('start', admin);
  try {
    const seen = traces(serving.pid);
    assert.ok(!seen.includes(admin.password), 'the administrator’s password is gone');
    assert.ok(!seen.includes('dba'), 'and its name');
    assert.match(seen, /DATABASE_URL=postgresql:\/\/larkspur_app:/);
    const users = await ask(
      server.superuser('postgres'),
      `select distinct usename from pg_stat_activity where datname = 'larkspur'`,
    );
    assert.deepEqual(users, [['larkspur_app']]);
    const employee = await signIn(serving.url, 'employee', DEMO_PASSWORD);
    const { body } = await employee.get('/api/resource/Salary Slip?fields=["employee"]&limit=100');
    assert.ok(body.data.length > 0);
    assert.deepEqual(
      [...new Set(body.data.map((row: { employee: string }) => row.employee))],
      ['HR-EMP-00042'],
    );
    const nobody = await signIn(serving.url, 'new-hire', DEMO_PASSWORD);
    assert.deepEqual((await nobody.get('/api/resource/Salary Slip')).body, { data: [] });
  } finally {
    await serving.stop();
  }
});

test('an administrator who is no superuser but makes roles and databases', async () => {
  const admin = server.address('plain', 'plain_dba', 'no-superuser-at-all');
  await ask(
    server.superuser('postgres'),
    `create role plain_dba login password 'no-superuser-at-all' createrole createdb`,
  );
  const serving = await run('serve', admin);
  try {
    const { status } = await clientOf(serving.url).get('/api/health');
    assert.ok(status < 500);
    assert.ok(!traces(serving.pid).includes(admin.password));
  } finally {
    await serving.stop();
  }
  const [rights] = await ask(
    admin,
    `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
      (select count(*) from pg_auth_members where member = r.oid)
     from pg_roles r where rolname = 'plain_app'`,
  );
  assert.deepEqual(rights, ['f', 'f', 'f', 'f', '0']);
  // A second start finds everything as it is.
  const again = await run('serve', admin, serving.dataDir);
  await again.stop();
});

test('a database that somebody made before, and that belongs to them', async () => {
  const superuser = server.superuser('postgres');
  await ask(superuser, 'create database theirs');
  const serving = await run('serve', server.superuser('theirs'));
  await serving.stop();
  const tables = await ask(
    server.superuser('theirs'),
    `select count(*) > 30, bool_and(relrowsecurity and relforcerowsecurity) from pg_class
     where relnamespace = 'doc'::regnamespace and relkind = 'r'`,
  );
  assert.deepEqual(tables, [['t', 't']]);
});

test('the application’s own URL: serves, and has no right to migrate', async () => {
  const superuser = server.superuser('larkspur');
  const migrated = `select string_agg(name || applied_at, ',' order by name) from sys.migration`;
  const before = await ask(superuser, migrated);
  await ask(superuser, `alter role larkspur_app password 'given-by-hand'`);
  const address = server.address('larkspur', 'larkspur_app', 'given-by-hand');
  const serving = await run('serve', address);
  try {
    assert.equal((await signIn(serving.url, 'employee', DEMO_PASSWORD)) !== null, true);
    assert.deepEqual(await ask(superuser, migrated), before);
  } finally {
    await serving.stop();
  }
});

test('a role of that name with rights it must not have is refused, and says so', {}, async () => {
  const superuser = server.superuser('postgres');
  await ask(superuser, 'create role mighty_app login bypassrls');
  await assert.rejects(run('serve', server.superuser('mighty')), /mighty_app.*must not have/s);
  await ask(superuser, 'alter role mighty_app nobypassrls');
  await ask(superuser, 'create role other_group');
  await ask(superuser, 'grant other_group to mighty_app');
  await assert.rejects(run('serve', server.superuser('mighty')), /mighty_app.*must not have/s);
});

test('a login that does not fit says what is wrong and does not print the password', {}, async () => {
  const wrong = { ...server.superuser('nowhere'), password: 'surely-not-this-one' };
  await assert.rejects(run('serve', wrong), (error: Error) => {
    assert.match(error.message, /password authentication failed/);
    assert.ok(!error.message.includes(wrong.password), error.message);
    return true;
  });
});
