/** The folder of the server's Unix socket. */

import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { canEnter } from './account.ts';
import { makePrivate, type Place } from './place.ts';

/** Names the socket's file only: nothing listens on TCP, and each server has its own folder. */
export const PORT = 5432;

/** unix(7): sun_path has 108 bytes with the closing zero; on macOS and the BSDs it has 104. */
const PATH_BYTES_MAX = process.platform === 'linux' ? 107 : 103;

const TEMPORARY_PREFIX = 'bailiwick-';

/** The path of the socket in its folder, as PostgreSQL names it. */
export function socketPath(socketDir: string): string {
  return join(socketDir, `.s.PGSQL.${PORT}`);
}

/**
 * Makes the private folder (0700): `run` beside the database, or a temporary one where the path
 * of the socket would be longer than the system allows.
 */
export async function makeSocketFolder(place: Place): Promise<string> {
  const beside = join(place.root, 'run');
  if (Buffer.byteLength(socketPath(beside)) <= PATH_BYTES_MAX) {
    await makePrivate(beside, place.account);
    return beside;
  }
  const folder = await mkdtemp(join(await temporaryParent(place), TEMPORARY_PREFIX));
  await makePrivate(folder, place.account);
  return folder;
}

/** TMPDIR may be root's alone, and may itself be long. */
async function temporaryParent(place: Place): Promise<string> {
  const wanted = tmpdir();
  const longest = socketPath(join(wanted, `${TEMPORARY_PREFIX}XXXXXX`));
  if (Buffer.byteLength(longest) > PATH_BYTES_MAX) return '/tmp';
  return (await canEnter(wanted, place.account)) ? wanted : '/tmp';
}

/** Removes a socket folder of ours, also one that a server which was killed left behind. */
export async function removeSocketFolder(place: Place, socketDir: string): Promise<void> {
  const isTemporary = basename(socketDir).startsWith(TEMPORARY_PREFIX);
  const parents = [tmpdir(), '/tmp'];
  const isOurs =
    socketDir === join(place.root, 'run') || (isTemporary && parents.includes(dirname(socketDir)));
  // The name may come from a state file that somebody edited. Nothing else is ever removed.
  if (!isOurs) return;
  await removeSocket(socketDir);
  await rmdir(socketDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY') throw error;
  });
}

/**
 * Removes a socket whose server is gone, and PostgreSQL's lock file beside it, which would stop
 * the next start if some process has got the dead server's id.
 */
export async function removeSocket(socketDir: string): Promise<void> {
  await rm(socketPath(socketDir), { force: true });
  await rm(`${socketPath(socketDir)}.lock`, { force: true });
}

/** Whether some server accepts connections in the folder. */
export function socketAnswers(socketDir: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath(socketDir));
    const settle = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
