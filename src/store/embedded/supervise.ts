/** Keeps one PostgreSQL running on a place until it is told to stop. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { serverArguments } from './configuration.ts';
import { diskFull, EmbeddedServerError, tellsDiskFull } from './errors.ts';
import { type Guarded, startGuarded } from './guardian.ts';
import { endPredecessor, readPostmaster } from './leftover.ts';
import { lastFailures } from './log-files.ts';
import type { Place } from './place.ts';
import { removeSocket } from './socket-folder.ts';

export type Supervision = {
  readonly place: Place;
  readonly binaries: Binaries;
  readonly socketDir: string;
  readonly log: (line: string) => void;
  /** Called whenever a PostgreSQL accepts connections, the first one included. */
  readonly onReady: (pid: number) => Promise<void>;
  readonly onUnexpectedExit: (exit: UnexpectedExit) => void;
};

export type UnexpectedExit = {
  /** How PostgreSQL ended, in words. */
  readonly how: string;
  /** Milliseconds until it is started again. */
  readonly restartInMs: number;
};

/** Seconds for the fast shutdown, which writes a checkpoint, before the immediate one. */
const STOP_SECONDS = 60;
const POLL_MS = 20;
const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 10_000;
/** A server that ran for this long did not fail at its start: the back-off begins anew. */
const STEADY_MS = 60_000;
/** After a kill -9 of its first process, PostgreSQL's others need a moment to notice. */
const PREDECESSOR_MS = 20_000;

/** Other than at the first start, nobody has to start anything again. */
const NO_ROOM =
  'PostgreSQL finds no room on the disk of its files. Free some space: what was committed is ' +
  'safe, and it goes on by itself';

/**
 * Starts PostgreSQL, waits until it accepts connections, and from then on starts it again
 * whenever it ends by itself.
 * @returns the function that stops it for good and waits for its end
 * @throws EmbeddedServerError disk_full, start_failed
 */
export async function supervise(task: Supervision): Promise<() => Promise<void>> {
  let current = await startFirst(task);
  const stopping = new AbortController();
  const watch = async () => {
    let backoffMs = BACKOFF_FIRST_MS;
    while (true) {
      const startedAt = performance.now();
      const how = await current.ended;
      if (stopping.signal.aborted) return;
      if (performance.now() - startedAt > STEADY_MS) backoffMs = BACKOFF_FIRST_MS;
      // Where only the guardian died, this tells its watcher to stop the server.
      current.stop();
      const seconds = backoffMs / 1000;
      task.log(`PostgreSQL ended unexpectedly (${how}); starting it again in ${seconds} s`);
      task.onUnexpectedExit({ how, restartInMs: backoffMs });
      await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS);
      current = await startAgain(task, stopping.signal);
    }
  };
  const watching = watch();
  return async () => {
    stopping.abort();
    current.stop();
    await watching;
    await current.ended;
  };
}

/** A start that follows a kill may meet the last processes of its predecessor. */
async function startFirst(task: Supervision): Promise<Guarded> {
  const until = performance.now() + PREDECESSOR_MS;
  while (true) {
    const server = launch(task);
    if (await becomesReady(task, server)) {
      await announce(task, server);
      return server;
    }
    const why = await explain(task, server);
    if (tellsDiskFull(why)) throw diskFull(task.place.dataDir, new Error(why));
    const meetsPredecessor = /shared memory block|lock file "postmaster.pid"/.test(why);
    if (!meetsPredecessor || performance.now() > until) {
      throw new EmbeddedServerError('start_failed', `PostgreSQL did not start: ${why}`);
    }
    await sleep(BACKOFF_FIRST_MS);
  }
}

/** Without the state file nobody would find the server, so it does not run without it either. */
async function announce(task: Supervision, server: Guarded): Promise<void> {
  try {
    await task.onReady(await server.pid);
  } catch (error) {
    server.stop();
    await server.ended;
    throw error;
  }
}

/** A start that fails is reported like any other end: the loop tries again, more slowly. */
async function startAgain(task: Supervision, stopping: AbortSignal): Promise<Guarded> {
  try {
    await endPredecessor(task.place, task.log);
    await removeSocket(task.socketDir);
  } catch (error) {
    task.log(messageOf(error));
  }
  const server = launch(task);
  const stop = () => server.stop();
  stopping.addEventListener('abort', stop, { once: true });
  if (stopping.aborted) stop();
  if (await becomesReady(task, server)) {
    await announce(task, server).then(
      () => task.log('PostgreSQL runs again'),
      (error: unknown) => task.log(messageOf(error)),
    );
  } else if (!stopping.aborted) {
    const why = await explain(task, server);
    task.log(tellsDiskFull(why) ? `${NO_ROOM} (${why})` : why);
  }
  stopping.removeEventListener('abort', stop);
  return server;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function launch(task: Supervision): Guarded {
  const program = `${task.binaries.native}/bin/postgres`;
  const command = [program, ...serverArguments(task.place, task.socketDir)];
  return startGuarded(command, task.place.account, STOP_SECONDS);
}

/**
 * Waits until this very server says in `postmaster.pid` that it is ready. There is no limit of
 * time: recovery after a crash can take minutes, and ending it would only make it start over.
 */
async function becomesReady(task: Supervision, server: Guarded): Promise<boolean> {
  let hasEnded = false;
  void server.ended.then(() => {
    hasEnded = true;
  });
  const pid = await server.pid.catch(() => undefined);
  let nextWord = performance.now() + 10_000;
  while (pid !== undefined && !hasEnded) {
    const found = await readPostmaster(task.place.database);
    if (found?.pid === pid && found.status === 'ready') return true;
    if (performance.now() > nextWord) {
      task.log('PostgreSQL is still starting; it may be recovering from a crash');
      nextWord += 10_000;
    }
    await sleep(POLL_MS);
  }
  return false;
}

/** PostgreSQL's own words: on its error output, or in its log once it writes one. */
async function explain(task: Supervision, server: Guarded): Promise<string> {
  const said = server.lastLines().filter((line) => !line.includes('log output to logging coll'));
  const words = said.length > 0 ? said : await lastFailures(task.place.logDir);
  return words.length > 0 ? words.join('; ') : await server.ended;
}
