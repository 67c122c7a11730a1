/** The program as a person runs it: a process of its own, by its own command line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const MAIN_FILE = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
  readonly errors: string;
};

export type Program = {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
  readonly ended: Promise<Ended>;
  /** Resolves when the output holds the text; rejects where the program ends before. */
  readonly says: (text: string) => Promise<void>;
};

export type How = {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Runs as this user and group of the machine; needs root. */
  readonly id?: number;
};

/** Where the program's own script keeps compiled code; without it each start compiles all anew. */
const CODE_CACHE = process.env['NODE_COMPILE_CACHE'];

/** Starts `bailiwick WORDS` with an environment that holds nothing else but what is said. */
export function start(words: readonly string[], { env = {}, input = '', id }: How = {}): Program {
  const child = spawn(process.execPath, [MAIN_FILE, ...words], {
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: '/' },
      ...(CODE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: CODE_CACHE }),
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
    ...(id === undefined ? {} : { uid: id, gid: id }),
  });
  let output = '';
  let errors = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    for (const look of watchers) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, output, errors }));
  });
  const says = async (text: string): Promise<void> =>
    await new Promise((resolve, reject) => {
      const look = (): void => {
        if (!output.includes(text)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      ended.then(() => reject(new Error(`it ended and never said "${text}": ${errors}`)), reject);
    });
  return { process: child, output: () => output, errors: () => errors, ended, says };
}

/** Runs `bailiwick WORDS` to its end. */
export async function run(words: readonly string[], how: How = {}): Promise<Ended> {
  return await start(words, how).ended;
}

/** Asks until the answer is there, at most for a minute. */
export async function until<Value>(ask: () => Promise<Value | null>): Promise<Value> {
  const last = performance.now() + 60_000;
  while (performance.now() < last) {
    const value = await ask();
    if (value !== null) return value;
    await sleep(50);
  }
  throw new Error('it did not come within a minute');
}

/** A port of this machine that nothing uses at the moment. */
export async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return String(address.port);
}

/** Ids of PostgreSQL's first process and of the guardian that started it. */
export function databaseProcesses(dataDir: string): { postgres: number; guardian: number } {
  const { pid } = JSON.parse(readFileSync(`${dataDir}/postgres.json`, 'utf8')) as { pid: number };
  return { postgres: pid, guardian: Number(statOf(pid)?.[1]) };
}

/** True while a process runs; a zombie does not. */
export function runs(pid: number): boolean {
  const fields = statOf(pid);
  return fields !== null && fields[0] !== 'Z';
}

/** proc(5), from the state on: the name before it may hold spaces. */
function statOf(pid: number): string[] | null {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return status.slice(status.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
