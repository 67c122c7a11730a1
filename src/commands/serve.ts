/** Serves an installation over HTTP until it is told to stop. */
import { createServer } from 'node:net';
import { Refusal } from '../base/errors.ts';
import { environmentWith } from '../config.ts';
import { type Installation, isAppUrl, urlOf } from '../store/installation/installation.ts';
import { fieldKey } from '../store/installation/secrets.ts';
import { BrokenPolicy } from '../store/load-policy.ts';
import { dataDirOf, open } from './open-system.ts';
import { OutageLog } from './outage-log.ts';
import { stopSignal, whenTold } from './stop-signal.ts';
import type { Root, System } from './system.ts';

const WEB_FOLDER = new URL('../../web/dist/', import.meta.url);

export type Serving = {
  readonly isDemo: boolean;
  /**
   * Runs when the server listens already, and answers only with the notice that `progress` was
   * last given. Ends early when it is told to stop.
   */
  readonly prepare?: (
    system: System,
    progress: (notice: string) => void,
    stop: AbortSignal,
  ) => Promise<void>;
  /** Called with the address once everything is ready. */
  readonly ready: (url: string) => void;
};

/**
 * Starts the database and the server, and waits for SIGINT or SIGTERM; then stops both.
 * @throws Refusal `unavailable` where the port is taken
 * @throws EmbeddedServerError where the data folder cannot be used, or another server uses it
 */
export async function serve(root: Root, serving: Serving): Promise<void> {
  const stop = stopSignal(log);
  outliveItsLog();
  await requireFreePort(root.config.host, root.config.port);
  try {
    await forgetAdministrator(root, serving.isDemo);
    const installation = await open(root, { log, isDemo: serving.isDemo, alone: true });
    try {
      if (!stop.aborted) await serveUntil(root, serving, installation, stop);
    } finally {
      await installation.stop();
    }
  } catch (error) {
    // What was cut short may fail in any way; being told to stop is no failure.
    if (!stop.aborted) throw error;
  }
}

async function serveUntil(
  root: Root,
  serving: Serving,
  { address, reporting }: Pick<Installation, 'address' | 'reporting'>,
  stop: AbortSignal,
): Promise<void> {
  const { isDemo, prepare, ready } = serving;
  const { answerWithNotice, buildServer, loadPage, originsOf, ROUTES } = await import(
    '../http/door.ts'
  );
  const { host, port, publicUrl, propertyTrust, replicaAt, approvalPairs } = root.config;
  const key = await fieldKey(dataDirOf(root));
  const settings = { isDemo, fieldKey: key, reporting, propertyTrust, replicaAt, approvalPairs };
  const system = root.compose(address, settings);
  let url = publicUrl ?? '';
  let origins = originsOf(url);
  let notice: string | null = null;
  const server = await buildServer({
    services: system,
    routes: ROUTES,
    ownOrigins: () => origins,
    onError: errorLog(),
    page: loadPage(WEB_FOLDER.pathname),
  });
  answerWithNotice(server, () => notice);
  if (prepare) notice = 'Bailiwick is starting.';
  try {
    await server.listen({ host, port });
    const bound = server.server.address();
    const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
    url ||= `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
    origins = originsOf(url);
    await prepare?.(
      system,
      (text) => {
        notice = text;
      },
      stop,
    );
    notice = null;
    if (!stop.aborted) ready(url);
    await whenTold(stop);
  } finally {
    server.server.closeAllConnections();
    await server.close();
    await system.close();
  }
}

/**
 * A line that cannot be written is lost, and the server goes on: the disk that is full may be the
 * one that the log lies on. Other commands end by it, as what they print is their answer.
 */
function outliveItsLog(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error').on('error', () => {});
  }
}

/** Asked before PostgreSQL is started, which takes longer and would be for nothing. */
async function requireFreePort(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'something else listens there' : `${code}`;
    throw new Refusal(
      'unavailable',
      `Cannot listen on ${host} port ${port}: ${why}. Set PORT to another one (and ` +
        'BAILIWICK_DATA to another folder for a second copy).',
      { cause },
    );
  } finally {
    await new Promise((resolve) => probe.close(resolve));
  }
}

/**
 * A process that serves never holds the administrator's credentials. Where it was started with
 * them, it migrates in a process of its own and then becomes a new program image, whose
 * environment has the application's login only.
 */
async function forgetAdministrator(root: Root, isDemo: boolean): Promise<void> {
  const { databaseUrl } = root.config;
  if (databaseUrl === null || isAppUrl(databaseUrl)) return;
  const installation = await open(root, { log, isDemo });
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

/** What went wrong inside, for the operator: of an outage now and then, else each request's. */
function errorLog(): (error: unknown, requestId: string) => void {
  const outages = new OutageLog(log);
  return (error, requestId) => {
    if (isSaidOnce(error)) return;
    const line = `request ${requestId}: ${describe(error)}`;
    if (error instanceof Refusal) outages.tell(`${error.code} ${error.message}`, line);
    else log(line);
  };
}

/** Permissions that do not hold together refuse every request, and are reported by the store. */
function isSaidOnce(error: unknown): boolean {
  return error instanceof Refusal && error.cause instanceof BrokenPolicy;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  // A refusal was meant; where it came from tells nothing.
  return `${error instanceof Refusal ? error.message : error.stack}${cause}`;
}
