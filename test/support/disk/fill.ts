/**
 * A demo whose disks run full under load: first the one of its tables, then the one of its
 * write-ahead log. Nobody starts anything again. Runs where the two places that it is given are
 * small disks, and prints a `FillReport`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { administrator } from '../../../src/store/installation/installation.ts';
import { connectToMigrate } from '../../../src/store/migrate/migration-connection.ts';
import { type Answer, type Client, signIn } from '../client.ts';
import { compareIn, PASSWORD, ready, total, WRITERS, writersAt } from '../crash/crash.ts';
import type { Writer } from '../crash/writer.ts';
import { freePort, MAIN_FILE, until } from '../program.ts';
import { randomFrom } from '../random.ts';
import { copyDemoFolder } from '../test-server.ts';
import { fillDisk } from './fill-disk.ts';

export type Said = { readonly status: number; readonly retryAfter: string; readonly text: string };

export type StageReport = {
  /** What writers were told, each in other words once. */
  readonly refusals: readonly Said[];
  readonly refused: number;
  /** What was asked while it was full, and the status of the answer. */
  readonly whileFull: Readonly<Record<string, number>>;
  /** From the moment that there is room to as many writes as there are writers. */
  readonly recoveryMs: number;
  readonly faults: readonly string[];
};

export type FillReport = {
  readonly tables: StageReport;
  readonly writeAheadLog: StageReport;
  readonly acknowledged: number;
  /** What it told the operator. */
  readonly log: readonly string[];
};

/** Refusals that must come before there is room again. */
const REFUSED = 12;

type Stage = {
  readonly dataDir: string;
  readonly writers: readonly Writer[];
  readonly heard: Answer[];
  readonly reader: Client;
};

/** Fills a disk under load, looks, makes room, and waits until everything is well. */
async function runFull(
  { dataDir, writers, heard, reader }: Stage,
  fill: () => Promise<() => void>,
  isSeen: () => boolean,
): Promise<StageReport> {
  let isOver = false;
  const grown = async (): Promise<void> => {
    const before = total(writers);
    await until(async () => (total(writers) >= before + WRITERS ? true : null));
  };
  heard.length = 0;
  const works = writers.map((writer) => writer.work(() => isOver));
  await grown();
  const makeRoom = await fill();
  await until(async () => (heard.length >= REFUSED && isSeen() ? true : null));
  const whileFull: Record<string, number> = {};
  for (const path of ['/healthz', '/readyz', CUSTOMERS, '/api/count/Sales Invoice']) {
    whileFull[path] = (await reader.get(path)).status;
  }
  const since = performance.now();
  makeRoom();
  await grown();
  const recoveryMs = Math.round(performance.now() - since);
  isOver = true;
  await Promise.all(works);
  const faults = await compareIn(dataDir, writers);
  return { refusals: distinct(heard), refused: heard.length, whileFull, recoveryMs, faults };
}

const CUSTOMERS = '/api/resource/Customer?limit=5';

/** Answers without what differs from one request to the next. */
function distinct(answers: readonly Answer[]): Said[] {
  const told = answers.map(({ status, text, headers }) => ({
    status,
    retryAfter: headers.get('retry-after') ?? '',
    text: text.replace(/"request_id":"\w+"/, '"request_id":"…"'),
  }));
  return [...new Map(told.map((one) => [JSON.stringify(one), one])).values()];
}

/**
 * The segments that are there already are used up, since nothing new is asked of the disk before
 * that; the last one ends PostgreSQL.
 */
async function useUpSegments(dataDir: string): Promise<void> {
  const { admin, database } = await administrator(dataDir, null);
  const connection = await connectToMigrate(admin(database));
  try {
    for (;;) {
      await connection.query(`select pg_logical_emit_message(true, '', 'x')`, []);
      await connection.query('select pg_switch_wal()', []);
    }
  } catch {
    // It is gone, and everybody's connection with it.
  } finally {
    await connection.close().catch(() => {});
  }
}

/** As initdb lays it out with `--waldir`. */
function moveLog(dataDir: string, disk: string): void {
  const [from, to] = [join(dataDir, 'postgres/pg_wal'), join(disk, 'pg_wal')];
  // Their owner is PostgreSQL's account, which `cp` keeps.
  execFileSync('cp', ['-a', from, to]);
  rmSync(from, { recursive: true });
  symlinkSync(to, from);
}

/** The server; what it says goes to a file on the disk that will be full. */
function startWithLog(logFile: string, env: Readonly<Record<string, string>>) {
  const words = ['-c', 'exec "$@" >>"$0" 2>&1', logFile, process.execPath, MAIN_FILE, 'start'];
  const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
  return spawn('/bin/sh', words, {
    env: { PATH, HOME: '/', ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}), ...env },
    stdio: 'ignore',
    cwd: '/',
  });
}

/** Fills one disk after the other. */
async function fillBoth(
  url: string,
  { data, log, logFile }: { readonly data: string; readonly log: string; readonly logFile: string },
): Promise<FillReport> {
  await ready(url);
  const said = (): string => readFileSync(logFile, 'utf8');
  const dataDir = join(data, 'data');
  const heard: Answer[] = [];
  const writers = await writersAt(url, randomFrom(5), (refusal) => heard.push(refusal));
  const reader = await signIn(url, 'accounts-manager', PASSWORD);
  const stage = { dataDir, writers, heard, reader };
  const fillTables = async () => fillDisk(data, logFile);
  const tables = await runFull(stage, fillTables, () => true);
  const fillLog = async () => {
    const makeRoom = fillDisk(log);
    await useUpSegments(dataDir);
    return makeRoom;
  };
  const writeAheadLog = await runFull(stage, fillLog, () => said().includes('finds no room'));
  const lines = said().split('\n');
  const told = lines.filter((line) => /^\d{4}-/.test(line));
  return { tables, writeAheadLog, acknowledged: total(writers), log: told };
}

/** Fails where the server ends meanwhile. */
async function fillDemo(data: string, log: string): Promise<FillReport> {
  const dataDir = join(data, 'data');
  const logFile = join(data, 'server.log');
  copyDemoFolder(dataDir);
  moveLog(dataDir, log);
  const port = await freePort();
  const env = { BAILIWICK_DATA: dataDir, PORT: port, DEMO_PASSWORD: PASSWORD };
  const server = startWithLog(logFile, env);
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const endedEarly = ended.then(() => {
    throw new Error(`the server ended by itself: ${readFileSync(logFile, 'utf8').trim()}`);
  });
  try {
    const filled = fillBoth(`http://127.0.0.1:${port}`, { data, log, logFile });
    return await Promise.race([filled, endedEarly]);
  } finally {
    endedEarly.catch(() => {});
    server.kill('SIGTERM');
    await ended;
  }
}

const [data = '', log = ''] = process.argv.slice(2);
// What still waits for a server that ended by itself is not waited for.
const report = await fillDemo(data, log).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
process.stdout.write(JSON.stringify(report));
