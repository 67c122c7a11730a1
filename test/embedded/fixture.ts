/** Folders, servers and processes for the tests of the embedded server, gone when a test ends. */

import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Account, canEnter, runningAs } from '../../src/store/embedded/account.ts';
import { SUPERUSER } from '../../src/store/embedded/initialise.ts';
import { superuserSecret } from '../../src/store/embedded/place.ts';
import { processStart } from '../../src/store/embedded/running-process.ts';
import {
  type EmbeddedOptions,
  type EmbeddedServer,
  startEmbedded,
} from '../../src/store/embedded/server.ts';

export const NOBODY: Account = { uid: 65534, gid: 65534 };
const HOST = fileURLToPath(new URL('./host.ts', import.meta.url));

/** Why a test cannot run here, or false if it can. */
export async function unlessRoot(): Promise<string | false> {
  if (process.getuid?.() !== 0) return 'only root can become another user';
  // The test runs this very program as that user.
  for (const path of [process.execPath, HOST]) {
    if (!(await canEnter(dirname(path), NOBODY))) return `other users cannot enter ${path}`;
  }
  return false;
}

/** What each running test has yet to end. */
const endings = new WeakMap<TestContext, (() => unknown)[]>();

/** The test runner ends things in the order they began; a folder must outlive its server. */
function atEnd(t: TestContext, end: () => unknown): void {
  const known = endings.get(t);
  if (known !== undefined) {
    known.push(end);
    return;
  }
  const first = [end];
  endings.set(t, first);
  t.after(async () => {
    for (const each of first.reverse()) await each();
  });
}

/** An empty folder; closed to other users unless a mode is given. */
export async function freshFolder(t: TestContext, mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded test '));
  await chmod(folder, mode);
  atEnd(t, () => rm(folder, { recursive: true, force: true }));
  return folder;
}

export type Started = { server: EmbeddedServer; lines: string[] };

/** Starts a server in this process. It is stopped at the end of the test at the latest. */
export async function start(
  t: TestContext,
  dataDir: string,
  more: Partial<EmbeddedOptions> = {},
): Promise<Started> {
  const lines: string[] = [];
  const server = await startEmbedded({ dataDir, log: (line) => lines.push(line), ...more });
  atEnd(t, () => server.stop());
  return { server, lines };
}

type Address = { readonly socketDir: string; readonly port: number };

/** Runs one statement as the superuser on a connection of its own. */
export async function query(
  address: Address,
  dataDir: string,
  text: string,
): Promise<Record<string, unknown>[]> {
  const password = (await readFile(superuserSecret(dataDir), 'utf8')).trim();
  return queryWith(address, password, text);
}

/** Like query, with a password of the caller's choice. */
export async function queryWith(
  address: Address,
  password: string,
  text: string,
): Promise<Record<string, unknown>[]> {
  const { socketDir: host, port } = address;
  const client = new pg.Client({ host, port, user: SUPERUSER, database: 'postgres', password });
  // A server that is killed below a connection is part of some tests.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const answer = await client.query<Record<string, unknown>>(text);
    return answer.rows;
  } finally {
    await client.end();
  }
}

export type Host = {
  readonly process: ChildProcess;
  /** The line that the host prints: an address, or the code and message of its failure. */
  readonly answer: Promise<Address & { code?: string; message?: string }>;
};

/** Runs a server in a process of its own, as another user where one is given. */
export function host(
  t: TestContext,
  options: { dataDir: string; systemDir?: string },
  account?: Account,
): Host {
  const child = spawn(process.execPath, [HOST, JSON.stringify(options)], {
    ...runningAs(account),
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text.toString();
  });
  const answer = new Promise<Address & { code?: string; message?: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('close', () => reject(new Error(`the host ended without an answer: ${said}`)));
  });
  answer.catch(() => undefined);
  atEnd(t, () => ended(child, 'SIGTERM'));
  return { process: child, answer };
}

/** Sends a signal to a process of ours, if it still runs, and waits for its end. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await exit;
}

/** Waits until a condition holds, and fails if it does not within the given seconds. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  seconds = 20,
): Promise<void> {
  const limit = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > limit) throw new Error(`after ${seconds} s: not yet ${what}`);
    await sleep(20);
  }
}

export async function isAlive(pid: number): Promise<boolean> {
  return (await processStart(pid)) !== undefined;
}
