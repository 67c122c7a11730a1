/** Serves an installation over HTTP until it is told to stop. */

import { environmentWith } from '../config.ts';
import { loadPage } from '../http/page.ts';
import { ROUTES } from '../http/routes/index.ts';
import { buildServer } from '../http/server.ts';
import { isAppUrl, urlOf } from '../store/installation/installation.ts';
import { fieldKey } from '../store/installation/secrets.ts';
import { dataDirOf, open } from './open-system.ts';
import type { Root, System } from './system.ts';

const WEB_FOLDER = new URL('../../web/dist/', import.meta.url);

/**
 * Starts the database and the server, calls `ready` with its address, and waits for SIGINT or
 * SIGTERM; then stops both. A second signal does not wait.
 */
export async function serve(
  root: Root,
  isDemo: boolean,
  ready: (system: System, url: string) => Promise<void>,
): Promise<void> {
  await forgetAdministrator(root);
  const told = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  const installation = await open(root, log);
  const system = root.compose(installation.address, {
    isDemo,
    fieldKey: await fieldKey(dataDirOf(root)),
  });
  const { host, port, publicUrl } = root.config;
  let url = publicUrl ?? '';
  const server = await buildServer({
    services: system,
    routes: ROUTES,
    ownOrigins: () => new Set([url]),
    onError: (error, requestId) => log(`request ${requestId}: ${describe(error)}`),
    page: loadPage(WEB_FOLDER.pathname),
  });
  try {
    await server.listen({ host, port });
    const address = server.server.address();
    url ||= `http://${host.includes(':') ? `[${host}]` : host}:${typeof address === 'object' ? (address?.port ?? port) : port}`;
    await Promise.race([ready(system, url), told]);
    await told;
  } finally {
    process.once('SIGINT', () => process.exit(1));
    server.server.closeAllConnections();
    await server.close();
    await system.close();
    await installation.stop();
  }
}

/**
 * A process that serves never holds the administrator's credentials. Where it was started with
 * them, it migrates in a process of its own and then becomes a new program image, whose
 * environment has the application's login only.
 */
async function forgetAdministrator(root: Root): Promise<void> {
  const { databaseUrl } = root.config;
  if (databaseUrl === null || isAppUrl(databaseUrl)) return;
  const installation = await open(root, log);
  const env = environmentWith({ DATABASE_URL: urlOf(installation.address) });
  process.execve?.(
    process.execPath,
    [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    env,
  );
  throw new Error('this platform cannot replace a process; start with the application login');
}

/** One line for the operator, on standard error. */
export function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.stack ?? error.message}${cause}`;
}
