/**
 * Makes a new database. Run as a process of its own that ends when the database is there, so
 * that a serving process never holds the superuser's password in its memory.
 *
 * It takes one argument, a request in JSON, and ends early when its standard input closes: two
 * of them must never work on one folder, and its parent holds that folder's lock.
 */

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Account, ENVIRONMENT, runningAs } from './account.ts';
import { makePrivate } from './place.ts';

export type InitialiseRequest = {
  /** The path of the program initdb. */
  readonly initdb: string;
  /** The folder to make. It appears complete, by renaming, or not at all. */
  readonly database: string;
  /** The file to write the superuser's password to (0600, its folder 0700). */
  readonly secret: string;
  readonly account?: Account | undefined;
};

/** The superuser's name. No person and no serving process signs in as it. */
export const SUPERUSER = 'bailiwick_superuser';

/**
 * Makes the database folder and the superuser's password.
 * @param signal ends it early; nothing is left that looks complete
 */
export async function initialise(request: InitialiseRequest, signal: AbortSignal): Promise<void> {
  const { database, secret, account } = request;
  await removeStaging(database);
  const staging = await mkdtemp(stagingPrefix(database));
  try {
    await makePrivate(staging, account);
    const password = randomBytes(32).toString('base64url');
    await mkdir(dirname(secret), { recursive: true, mode: 0o700 });
    await writeSecret(secret, password, undefined);
    // initdb runs as the account and must read the password itself: a second file, which lives
    // as long as initdb does, in a folder that nobody else can enter.
    const passwordFile = join(staging, 'password');
    await writeSecret(passwordFile, password, account);
    const data = join(staging, 'data');
    await runInitdb(request.initdb, initdbArguments(data, passwordFile), account, signal);
    await rm(passwordFile);
    await rename(data, database);
    await syncFolder(dirname(database));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * Waits for the very end, also when it is cut short: initdb and its children would otherwise
 * still write while the folder is being removed.
 */
async function runInitdb(
  program: string,
  words: readonly string[],
  account: Account | undefined,
  signal: AbortSignal,
): Promise<void> {
  const child = spawn(program, words, {
    ...runningAs(account),
    cwd: '/',
    env: ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const status = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, killed) => resolve(killed ?? String(code)));
  });
  signal.throwIfAborted();
  if (status !== '0') throw new Error(`initdb ended with ${status}: ${said.trim()}`);
}

/**
 * The builtin provider orders by code point, on every machine and for ever: an index cannot break
 * because the machine's C library got new collation rules.
 */
function initdbArguments(data: string, passwordFile: string): string[] {
  // The C library's locale only classifies letters. macOS has no C.UTF-8.
  const isMac = process.platform === 'darwin';
  const locale = isMac ? ['--locale=C', '--lc-ctype=UTF-8'] : ['--locale=C.UTF-8'];
  return [
    ...['-D', data, '-U', SUPERUSER, '-A', 'scram-sha-256', '--pwfile', passwordFile],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '-E', 'UTF8', ...locale],
    // For whoever starts the folder by hand, without our settings.
    ...['--set', 'listen_addresses=', '--no-instructions'],
  ];
}

function stagingPrefix(database: string): string {
  return `${database}.new-`;
}

/** Removes what an attempt left that was killed. */
async function removeStaging(database: string): Promise<void> {
  const folder = dirname(database);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(basename(stagingPrefix(database)))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Writes a file that only its owner can read, and waits until it is on the disk. */
async function writeSecret(path: string, text: string, owner: Account | undefined): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${text}\n`);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

/** Makes new names in a folder survive a power cut. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function main(): Promise<void> {
  const parentGone = new AbortController();
  process.stdin.on('end', () => parentGone.abort()).resume();
  try {
    const request = JSON.parse(process.argv[2] ?? '') as InitialiseRequest;
    await initialise(request, parentGone.signal);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    process.stdin.destroy();
  }
}

if (import.meta.main) await main();
