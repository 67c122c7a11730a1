/**
 * The serving process never holds the superuser's credentials: not in its environment, not in its
 * words, not in what it has open, not in its memory, not even while it made the database itself.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Database } from '../../src/store/database.ts';
import { superuserSecret } from '../../src/store/embedded/place.ts';
import { administrator } from '../../src/store/installation/installation.ts';

const MAIN_FILE = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const CHUNK_BYTES = 4 * 1024 * 1024;

const skip = process.platform === 'linux' ? false : 'this looks into /proc, which only Linux has';

let dataDir: string;
let serving: ChildProcess;
let secret: string;
let url: string;

before(async () => {
  if (skip) return;
  dataDir = mkdtempSync(join(tmpdir(), 'credentials-'));
  chmodSync(dataDir, 0o711);
  serving = spawn(process.execPath, [MAIN_FILE, 'serve'], {
    env: { PATH: process.env['PATH'], PORT: '0', BAILIWICK_DATA: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url = await new Promise<string>((resolve, reject) => {
    serving.stdout?.once('data', (line) => resolve(/http:\S+/.exec(String(line))?.[0] ?? ''));
    serving.once('close', () => reject(new Error('it ended before it served')));
  });
  secret = readFileSync(superuserSecret(dataDir), 'utf8').trim();
});

after(async () => {
  if (skip) return;
  const ended = new Promise((resolve) => serving.once('close', resolve));
  serving.kill('SIGTERM');
  await ended;
  rmSync(dataDir, { recursive: true, force: true });
});

const proc = (name: string): string => `/proc/${serving.pid}/${name}`;

test('neither its environment nor its words nor its open files', { skip }, () => {
  assert.ok(secret.length > 30);
  const said = readFileSync(proc('environ'), 'latin1') + readFileSync(proc('cmdline'), 'latin1');
  assert.ok(!said.includes(secret));
  assert.doesNotMatch(said, /superuser|PGPASS|DATABASE_URL/i);
  const open = readdirSync(proc('fd')).map((fd) => {
    try {
      return readlinkSync(proc(`fd/${fd}`));
    } catch {
      return '';
    }
  });
  assert.ok(open.some((name) => name.startsWith('socket:')));
  assert.deepEqual(
    open.filter((name) => name.startsWith(dataDir) && !name.includes('lock')),
    [],
  );
});

test('its memory holds the application’s password, and the superuser’s nowhere', { skip }, (t) => {
  const app = readFileSync(join(dataDir, 'secrets', 'app'), 'utf8').trim();
  const found = findInMemory(t, [app, secret]);
  if (found) assert.deepEqual(found, [true, false]);
});

test('all its connections are the application’s, which is an ordinary login', {
  skip,
}, async () => {
  // Connections that nobody used for a while are closed.
  await fetch(`${url}/api/resource/Company`);
  const { admin, database } = await administrator(dataDir, null);
  const address = admin(database);
  assert.ok('user' in address);
  const superuser = new Database(address, 1);
  try {
    const [users] = await superuser.run({
      text: `select distinct a.usename, r.rolsuper from pg_stat_activity a
        join pg_roles r on r.rolname = a.usename where a.pid <> pg_backend_pid()
        and a.backend_type = 'client backend'`,
      values: [],
    });
    assert.deepEqual(users?.rows, [['bailiwick_app', 'f']]);
  } finally {
    await superuser.close();
  }
});

test('only their owner can read the secrets of the data folder', { skip }, () => {
  const folder = join(dataDir, 'secrets');
  assert.equal(statSync(folder).mode & 0o077, 0);
  for (const name of readdirSync(folder)) {
    assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
  }
});

/** Which of the texts are in the process's writable memory; null where one may not look. */
function findInMemory(context: TestContext, texts: readonly string[]): boolean[] | null {
  let memory: number;
  try {
    memory = openSync(proc('mem'), 'r');
  } catch (error) {
    context.skip(`this machine does not let one look: ${(error as NodeJS.ErrnoException).code}`);
    return null;
  }
  const wanted = texts.map((text) => Buffer.from(text));
  const found = texts.map(() => false);
  const overlap = Math.max(...wanted.map(({ length }) => length));
  try {
    for (const [start, end] of writableRanges()) {
      for (let at = start; at < end; at += CHUNK_BYTES) {
        const part = read(memory, at, Math.min(CHUNK_BYTES + overlap, end - at));
        for (const [i, text] of wanted.entries()) found[i] ||= part?.includes(text) === true;
      }
    }
  } finally {
    closeSync(memory);
  }
  return found;
}

function writableRanges(): [start: number, end: number][] {
  const lines = readFileSync(proc('maps'), 'utf8').split('\n');
  return lines.flatMap((line): [number, number][] => {
    const [, start = '', end = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
    return start === '' ? [] : [[Number.parseInt(start, 16), Number.parseInt(end, 16)]];
  });
}

/** A page may be reserved and not there; it holds nothing then. */
function read(memory: number, position: number, length: number): Buffer | null {
  const buffer = Buffer.alloc(length);
  try {
    return buffer.subarray(0, readSync(memory, buffer, 0, length, position));
  } catch {
    return null;
  }
}
