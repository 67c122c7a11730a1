/** At most one supervisor per database: a lock file that outlives no process. */

import { randomBytes } from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedServerError } from './errors.ts';
import { processStart } from './running-process.ts';

export type Ownership = { release(): Promise<void> };

type Owner = { readonly pid: number; readonly start: string; readonly nonce: string };

/** A takeover is four system calls. One that is older than this was cut short by a crash. */
const TAKEOVER_MS = 5_000;

/**
 * Takes the folder for this process. The lock names the process by its id and its start, so
 * that a process which got the id of a dead owner is not mistaken for it.
 * @throws EmbeddedServerError in_use, naming the process that holds it
 */
export async function takeOwnership(folder: string): Promise<Ownership> {
  const lock = join(folder, 'owner.lock');
  const start = await processStart(process.pid);
  if (start === undefined) throw new Error('this process cannot see itself');
  const self: Owner = { pid: process.pid, start, nonce: randomBytes(12).toString('hex') };
  const draft = `${lock}.${self.nonce}`;
  // Readable by all, as root and the owner of the folder may take turns; it holds no secret.
  await writeFile(draft, JSON.stringify(self), { flag: 'wx', mode: 0o644 });
  try {
    while (!(await linked(draft, lock))) {
      const owner = await readOwner(lock);
      if (owner === 'absent') continue;
      if (owner !== 'damaged' && (await processStart(owner.pid)) === owner.start) {
        throw new EmbeddedServerError(
          'in_use',
          `The data folder \`${folder}\` is used by the server with process id ${owner.pid}. ` +
            'Stop that one first, or set BAILIWICK_DATA (and PORT) for another copy.',
        );
      }
      await removeDead(lock, owner);
    }
  } finally {
    await rm(draft, { force: true });
  }
  return { release: () => release(lock, self) };
}

/** link(2) either makes the whole lock or fails: nobody ever sees one that is half written. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(path: string): Promise<Owner | 'absent' | 'damaged'> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return 'absent';
  try {
    const { pid, start, nonce } = JSON.parse(text) as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof start !== 'string') return 'damaged';
    if (typeof nonce !== 'string' || !/^[0-9a-f]+$/.test(nonce)) return 'damaged';
    return { pid, start, nonce };
  } catch {
    return 'damaged';
  }
}

/**
 * Removes the lock of a dead owner. Of several processes that found the same dead owner only
 * one may do so: another could remove the lock which the first has meanwhile taken. The claim is
 * a second link to the very lock, under a name that only this dead owner has.
 */
async function removeDead(lock: string, dead: Owner | 'damaged'): Promise<void> {
  const nonce = dead === 'damaged' ? 'damaged' : dead.nonce;
  const claim = `${lock}.dead-${nonce}`;
  if (!(await linked(lock, claim).catch(() => false))) {
    const age = await stat(claim).then(
      (found) => Date.now() - found.ctimeMs,
      () => 0,
    );
    if (age > TAKEOVER_MS) await rm(claim, { force: true });
    else await sleep(20);
    return;
  }
  const claimed = await readOwner(claim);
  const claimedNonce = typeof claimed === 'string' ? claimed : claimed.nonce;
  if (claimedNonce === nonce) await rm(lock, { force: true });
  await rm(claim, { force: true });
}

async function release(lock: string, self: Owner): Promise<void> {
  const owner = await readOwner(lock);
  if (typeof owner !== 'string' && owner.nonce === self.nonce) await rm(lock, { force: true });
}
