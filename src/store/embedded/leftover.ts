/** What an earlier server left: PostgreSQL's own lock file, and perhaps PostgreSQL itself. */

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedServerError } from './errors.ts';
import type { Place } from './place.ts';
import { commandLine, processStart, workingFolder } from './running-process.ts';
import { removeSocketFolder, socketAnswers } from './socket-folder.ts';
import { readState, removeState } from './state.ts';

/** The lines of `postmaster.pid` that matter here (PostgreSQL, miscadmin.h). */
export type Postmaster = { readonly pid: number; readonly status: string };

/** Reads `postmaster.pid`; undefined if it is absent or not yet written whole. */
export async function readPostmaster(database: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(database, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, status: (lines[7] ?? '').trim() };
}

/**
 * Ends a PostgreSQL whose supervisor or guardian was killed. A guardian that still lives does so
 * already; this waits for it, and steps in where the guardian was killed as well.
 * The caller owns the place (ownership.ts), so no other supervisor of ours is at work.
 * @throws EmbeddedServerError in_use if the PostgreSQL there was started by somebody else
 */
export async function endPredecessor(place: Place, log: (line: string) => void): Promise<void> {
  const old = await readPostmaster(place.database);
  if (old === undefined) return;
  const kind = await kindOf(old.pid, place);
  if (kind === 'by-hand') throw inUse(place, `process ${old.pid}, which was not started by us,`);
  if (kind === 'ours') await endOrphan(old.pid, log);
  // PostgreSQL takes any process of its user with that id for its predecessor, and refuses to
  // start. It still finds out by itself, from the shared memory, if it really has one.
  if (kind === 'stranger') await rm(join(place.database, 'postmaster.pid'), { force: true });
}

/**
 * Removes the state file and the socket folder of a server that was killed.
 * @throws EmbeddedServerError in_use if a server still answers there
 */
export async function clearStaleState(place: Place): Promise<void> {
  const state = await readState(place.dataDir);
  if (state === undefined) return;
  // Process ids of another container cannot be seen from here, but its socket can.
  if (await socketAnswers(state.socketDir))
    throw inUse(place, 'a process that is not visible here');
  await removeSocketFolder(place, state.socketDir);
  await removeState(place.dataDir);
}

async function kindOf(
  pid: number,
  place: Place,
): Promise<'gone' | 'ours' | 'by-hand' | 'stranger'> {
  const command = await commandLine(pid);
  if (command === undefined) return 'gone';
  if (command.includes(place.configFile)) return 'ours';
  const isThere = (await workingFolder(pid)) === place.database;
  return isThere || command.includes(place.database) ? 'by-hand' : 'stranger';
}

const STEPS = [
  { signal: undefined, seconds: 5 },
  { signal: 'SIGINT', seconds: 60 },
  { signal: 'SIGQUIT', seconds: 10 },
  { signal: 'SIGKILL', seconds: 10 },
] as const;

async function endOrphan(pid: number, log: (line: string) => void): Promise<void> {
  const start = await processStart(pid);
  log(`a PostgreSQL without a guardian was found; waiting for process ${pid} to end`);
  for (const { signal, seconds } of STEPS) {
    if (signal !== undefined) signalIfAlive(pid, signal);
    const until = performance.now() + seconds * 1000;
    while (performance.now() < until) {
      if (start === undefined || (await processStart(pid)) !== start) return;
      await sleep(50);
    }
  }
  throw new EmbeddedServerError('in_use', `PostgreSQL with process id ${pid} cannot be ended.`);
}

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function inUse(place: Place, who: string): EmbeddedServerError {
  return new EmbeddedServerError(
    'in_use',
    `The database in \`${place.database}\` is used by ${who}. Stop that one first, or set ` +
      'BAILIWICK_DATA (and PORT) for another copy.',
  );
}
