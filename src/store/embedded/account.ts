/**
 * The user of the machine that PostgreSQL runs as.
 *
 * PostgreSQL refuses to run as root. Where we are root, it is started under another account by
 * the user and group id of `spawn`, so that no further program (`su`, `setpriv`) is needed.
 */

import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { EmbeddedServerError } from './errors.ts';

/** A user and its group; undefined stands for the user that we are. */
export type Account = { readonly uid: number; readonly gid: number };

/** What every program of PostgreSQL gets for an environment: nothing of ours, no PG* variable. */
export const ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' } as const;

/**
 * Accounts by preference. `bailiwick` is there where an administrator made it. `nobody` is on
 * every machine. `postgres` comes last: where it exists, it usually runs a PostgreSQL of the
 * machine's own, and the superuser of either could then read the files of the other.
 */
const PREFERRED = ['bailiwick', 'nobody', 'postgres'];

/** The preferred account of a list in the format of passwd(5), or undefined if it has none. */
export function preferredAccount(passwd: string): Account | undefined {
  const found = new Map<string, Account>();
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined) continue;
    // An account with root's id under another name would be refused just like root.
    if (!/^-?\d+$/.test(uid) || !/^-?\d+$/.test(gid) || Number(uid) === 0) continue;
    if (!found.has(name)) found.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  for (const name of PREFERRED) {
    const account = found.get(name);
    if (account !== undefined) return account;
  }
  return undefined;
}

/**
 * The account for the given database folder: the folder's owner where it exists already, as
 * PostgreSQL refuses files of another owner; otherwise the preferred one.
 * @returns undefined if we are an ordinary user and PostgreSQL simply runs as ourselves
 * @throws EmbeddedServerError no_account, wrong_owner
 */
export async function serverAccount(database: string): Promise<Account | undefined> {
  const self = process.getuid?.();
  const owner = await stat(database).catch(() => undefined);
  if (self !== 0) {
    if (owner !== undefined && owner.uid !== self) throw wrongOwner(database, owner.uid);
    if (owner === undefined) requireEntry();
    return undefined;
  }
  if (owner !== undefined) {
    if (owner.uid === 0) throw wrongOwner(database, 0);
    return { uid: owner.uid, gid: owner.gid };
  }
  const account = preferredAccount(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  if (account !== undefined) return account;
  throw new EmbeddedServerError(
    'no_account',
    'PostgreSQL does not run as root, and /etc/passwd has no user `bailiwick`, `nobody` or ' +
      '`postgres` to run it as. Add the user `bailiwick`, or start as an ordinary user.',
  );
}

function requireEntry(): void {
  try {
    userInfo();
  } catch (error) {
    throw new EmbeddedServerError(
      'no_account',
      `User id ${process.getuid?.()} has no entry in /etc/passwd, and PostgreSQL's initdb needs ` +
        'one. Start as a user that has one, or set DATABASE_URL to a PostgreSQL of your own.',
      error,
    );
  }
}

function wrongOwner(database: string, uid: number): EmbeddedServerError {
  return new EmbeddedServerError(
    'wrong_owner',
    `The database folder \`${database}\` belongs to user id ${uid}, and PostgreSQL ` +
      'runs only as the owner of its files. Start as that user, or as root where it is not root.',
  );
}

/** The part of spawn's options that drops to the account. Groups of ours are dropped by it too. */
export function runningAs(account: Account | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

const run = promisify(execFile);

/**
 * Whether the account can enter a folder. It is tried instead of computed from the modes, so
 * that access lists and mount options count as they do for PostgreSQL.
 */
export async function canEnter(folder: string, account: Account | undefined): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
      ...runningAs(account),
      cwd: '/',
      env: ENVIRONMENT,
    });
    return true;
  } catch {
    return false;
  }
}
