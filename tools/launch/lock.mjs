/** One launcher at a time: two that install into one folder would destroy each other's work. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;
/** A takeover is a few system calls. One that is older than this was cut short by a crash. */
const TAKEOVER_MS = 5_000;

/**
 * Does some work while holding the lock of a folder. Waits while a living process holds it; the
 * lock of a dead one is taken over.
 * @param {string} folder where the lock lies; it is made if it is absent
 * @param {() => void} work
 */
export async function underLock(folder, work) {
  mkdirSync(folder, { recursive: true });
  const lock = join(folder, 'install.lock');
  const nonce = randomBytes(12).toString('hex');
  const draft = `${lock}.${nonce}`;
  writeFileSync(draft, JSON.stringify({ pid: process.pid, start: startOf(process.pid), nonce }));
  try {
    await take(lock, draft);
  } finally {
    rmSync(draft, { force: true });
  }
  try {
    work();
  } finally {
    if (ownerOf(lock)?.nonce === nonce) rmSync(lock, { force: true });
  }
}

async function take(lock, draft) {
  let told = false;
  while (!linked(draft, lock)) {
    const owner = ownerOf(lock);
    if (owner !== undefined && startOf(owner.pid) === owner.start) {
      if (!told) {
        process.stderr.write(`Waiting for process ${owner.pid}, which is installing here\n`);
      }
      told = true;
      await sleep(POLL_MS);
    } else {
      removeDead(lock, owner?.nonce ?? 'damaged');
      await sleep(POLL_MS / 10);
    }
  }
}

/**
 * Of several that found the same dead owner only one may remove its lock: another could remove
 * the lock that the first has meanwhile taken. A second link, under a name that only this dead
 * owner has, decides.
 */
function removeDead(lock, nonce) {
  const claim = `${lock}.dead-${nonce}`;
  // The lock itself may be gone meanwhile.
  if (!linked(lock, claim, ['EEXIST', 'ENOENT'])) {
    const claimed = statSync(claim, { throwIfNoEntry: false });
    if (claimed !== undefined && Date.now() - claimed.ctimeMs > TAKEOVER_MS) {
      rmSync(claim, { force: true });
    }
    return;
  }
  if ((ownerOf(claim)?.nonce ?? 'damaged') === nonce) rmSync(lock, { force: true });
  rmSync(claim, { force: true });
}

/** link(2) makes the whole file or fails, so that nobody sees half a lock. */
function linked(from, to, expected = ['EEXIST']) {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (expected.includes(error.code)) return false;
    throw error;
  }
}

/** What a lock says; undefined if it is absent or damaged. */
function ownerOf(path) {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8'));
    return Number.isInteger(owner.pid) && /^[0-9a-f]+$/.test(owner.nonce) ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Tells two processes apart that had the same id; undefined if there is no such process. */
function startOf(pid) {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    }
    // proc(5): the state follows the name, which stands in parentheses, and the start time is the
    // 20th field after it. A zombie holds nothing, and in some containers stays for ever.
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
