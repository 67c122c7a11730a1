/**
 * A process that does nothing but run an embedded server, for tests which kill it or run it as
 * another user. Argument: the options in JSON. Prints one line of JSON: what it serves, or why not.
 */

import { EmbeddedServerError } from '../../src/store/embedded/errors.ts';
import { startEmbedded } from '../../src/store/embedded/server.ts';

const options = JSON.parse(process.argv[2] ?? '') as { dataDir: string; systemDir?: string };

try {
  const server = await startEmbedded({
    ...options,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify({ socketDir: server.socketDir, port: server.port })}\n`);
  process.once('SIGTERM', () => void server.stop());
} catch (error) {
  const code = error instanceof EmbeddedServerError ? error.code : 'unexpected';
  process.stdout.write(`${JSON.stringify({ code, message: String(error) })}\n`);
}
