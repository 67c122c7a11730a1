/** `postgres.json`: how another process finds the server of a data folder. */

import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { socketAnswers } from './socket-folder.ts';

export type EmbeddedState = {
  readonly socketDir: string;
  readonly port: number;
  /** The id of PostgreSQL's first process. */
  readonly pid: number;
  /** PostgreSQL's version, such as `18.4`. */
  readonly version: string;
};

const NAME = 'postgres.json';

/** Writes a file so that readers see the old one or the new one, never half of it. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, text, { mode, flag: 'wx' });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** It holds no secret: whoever reads it still needs to enter the socket's folder and a password. */
export async function writeState(dataDir: string, state: EmbeddedState): Promise<void> {
  await writeWhole(join(dataDir, NAME), `${JSON.stringify(state)}\n`, 0o644);
}

export async function removeState(dataDir: string): Promise<void> {
  await rm(join(dataDir, NAME), { force: true });
}

/** What the file says, true or not any more; undefined if it is absent or was not written by us. */
export async function readState(dataDir: string): Promise<EmbeddedState | undefined> {
  const text = await readFile(join(dataDir, NAME), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { socketDir, port, pid, version } = JSON.parse(text) as Record<string, unknown>;
    if (typeof socketDir !== 'string' || typeof version !== 'string') return undefined;
    if (typeof port !== 'number' || typeof pid !== 'number') return undefined;
    return { socketDir, port, pid, version };
  } catch {
    return undefined;
  }
}

/**
 * The server that runs on a data folder now, whichever process supervises it; undefined if
 * none answers.
 */
export async function runningServer(dataDir: string): Promise<EmbeddedState | undefined> {
  const state = await readState(dataDir);
  if (state === undefined) return undefined;
  return (await socketAnswers(state.socketDir)) ? state : undefined;
}
