/**
 * The embedded PostgreSQL: a server of our own on a data folder, reachable by a Unix socket in
 * a private folder and by nothing else.
 */

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Binaries, installedBinaries, usableBinaries } from './binaries.ts';
import { writeConfiguration } from './configuration.ts';
import { EmbeddedServerError, fromFileError } from './errors.ts';
import { clearStaleState, endPredecessor } from './leftover.ts';
import { pruneLogs } from './log-files.ts';
import { takeOwnership } from './ownership.ts';
import { makePrivate, type Place, SYSTEM_DIR, settle } from './place.ts';
import { runInitialise } from './run-initialise.ts';
import { makeSocketFolder, PORT, removeSocketFolder } from './socket-folder.ts';
import { removeState, writeState } from './state.ts';
import { supervise, type UnexpectedExit } from './supervise.ts';

export type EmbeddedOptions = {
  /** The folder that holds everything that must be kept. It is made if it does not exist. */
  readonly dataDir: string;
  /** Gets one line, without its end, for each thing an operator should know. */
  readonly log: (line: string) => void;
  /** Called when PostgreSQL died by itself. It is started again without the caller's doing. */
  readonly onUnexpectedExit?: (exit: UnexpectedExit) => void;
  /** Where root keeps what PostgreSQL's account cannot reach. Other than the default in tests. */
  readonly systemDir?: string;
};

export type EmbeddedServer = {
  readonly socketDir: string;
  readonly port: number;
  /** PostgreSQL's version, such as `18.4`. */
  readonly binariesVersion: string;
  /**
   * Ends the connections, stops PostgreSQL and waits for its end. May be called again, and then
   * waits for the same end.
   */
  stop(): Promise<void>;
};

const PRUNE_LOGS_MS = 3_600_000;

/**
 * Starts PostgreSQL on a data folder, which is made and initialised where it is new.
 * @throws EmbeddedServerError for everything that the operator can do something about
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  try {
    const systemDir = options.systemDir ?? SYSTEM_DIR;
    const installed = await installedBinaries();
    const place = await settle(options.dataDir, systemDir);
    const ownership = await takeOwnership(place.root);
    try {
      const copiesDir = place.account === undefined ? place.root : systemDir;
      const binaries = await usableBinaries(place.account, copiesDir, installed);
      await prepareDatabase(place, binaries, options.log);
      const running = await run(place, binaries, options);
      return { ...running, stop: once(() => running.stop().finally(ownership.release)) };
    } catch (error) {
      await ownership.release();
      throw error;
    }
  } catch (error) {
    throw fromFileError(error, options.dataDir);
  }
}

async function prepareDatabase(
  place: Place,
  binaries: Binaries,
  log: (line: string) => void,
): Promise<void> {
  if ((await stat(place.database).catch(() => undefined)) === undefined) {
    log(`making a new database in ${place.database}`);
    await runInitialise(place, binaries);
    return;
  }
  const found = (await readFile(join(place.database, 'PG_VERSION'), 'utf8')).trim();
  const ours = binaries.version.split('.')[0];
  if (found === ours) return;
  throw new EmbeddedServerError(
    'other_version',
    `The data in \`${place.dataDir}\` were made by PostgreSQL ${found}, and this release runs ` +
      `PostgreSQL ${ours}. Run \`bailiwick backup DIR\` with the older release, then ` +
      '`bailiwick restore DIR` with this one into a new data folder.',
  );
}

async function run(
  place: Place,
  binaries: Binaries,
  options: EmbeddedOptions,
): Promise<EmbeddedServer> {
  await endPredecessor(place, options.log);
  await clearStaleState(place);
  await writeConfiguration(place);
  await makePrivate(place.logDir, place.account);
  await pruneLogs(place.logDir);
  const socketDir = await makeSocketFolder(place);
  const tidy = async () => {
    await removeState(place.dataDir);
    await removeSocketFolder(place, socketDir);
  };
  const version = binaries.version;
  const stopServer = await supervise({
    place,
    binaries,
    socketDir,
    log: options.log,
    onReady: (pid) => writeState(place.dataDir, { socketDir, port: PORT, pid, version }),
    onUnexpectedExit: options.onUnexpectedExit ?? (() => undefined),
  }).catch(async (error: unknown) => {
    await tidy();
    throw error;
  });
  const pruning = setInterval(() => {
    pruneLogs(place.logDir).catch((error: unknown) => options.log(String(error)));
  }, PRUNE_LOGS_MS).unref();
  const stop = async () => {
    clearInterval(pruning);
    await stopServer();
    await tidy();
  };
  return { socketDir, port: PORT, binariesVersion: version, stop };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
