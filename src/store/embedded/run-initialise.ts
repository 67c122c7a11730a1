/** Runs `initialise.ts` as a process of its own and waits for its end. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Binaries } from './binaries.ts';
import { diskFull, EmbeddedServerError, tellsDiskFull } from './errors.ts';
import type { InitialiseRequest } from './initialise.ts';
import { type Place, superuserSecret } from './place.ts';

const PROGRAM = fileURLToPath(new URL('./initialise.ts', import.meta.url));

/**
 * Makes the database of a place whose `database` does not exist yet.
 * @throws EmbeddedServerError disk_full, init_failed
 */
export async function runInitialise(place: Place, binaries: Binaries): Promise<void> {
  const request: InitialiseRequest = {
    initdb: join(binaries.native, 'bin/initdb'),
    database: place.database,
    secret: superuserSecret(place.dataDir),
    account: place.account,
  };
  // Detached: Ctrl-C in the terminal reaches us, and our end closes the pipe, which lets the
  // child remove what it has begun.
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(request)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const status = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? String(code)));
  });
  if (status === '0') return;
  if (tellsDiskFull(said)) throw diskFull(place.dataDir, new Error(said));
  const words = said.trim() || `it ended with ${status}`;
  throw new EmbeddedServerError(
    'init_failed',
    `A database could not be made in \`${place.root}\`: ${words}`,
  );
}
