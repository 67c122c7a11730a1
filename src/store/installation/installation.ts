/**
 * Where one installation's database is, and how its processes reach it: the serving ones with
 * the application's login only, the migrating one with the administrator's.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import type { DatabaseAddress } from '../database.ts';
import { SUPERUSER } from '../embedded/initialise.ts';
import { superuserSecret } from '../embedded/place.ts';
import { startEmbedded } from '../embedded/server.ts';
import { runningServer } from '../embedded/state.ts';
import type { AdminAddress } from '../migrate/migrate.ts';
import { rolesOf } from '../migrate/migration-connection.ts';
import { appPassword, reportPassword } from './secrets.ts';

/** The database of an embedded server. */
const EMBEDDED_DATABASE = 'bailiwick';

export type Installation = {
  /** The application's login. */
  readonly address: DatabaseAddress;
  /** The login that raw SQL runs under. */
  readonly reporting: DatabaseAddress;
  /** What the migration printed; null where none was run. */
  readonly migrated: string | null;
  /** Stops the embedded server where this process started it. */
  stop(): Promise<void>;
};

export type InstallationOptions = {
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  /** The program whose command `migrate` runs the migration in a process of its own. */
  readonly mainFile: string;
  readonly log: (line: string) => void;
  /** Words for the migration of a database that nobody serves yet. */
  readonly migration?: readonly string[];
  /** Never shares an embedded server that another process started: it would end with that one. */
  readonly alone?: boolean;
};

/** Starts or finds the database, migrates it in a separate process, and gives the app's address. */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const { dataDir, databaseUrl, log, migration = [], alone = false } = options;
  if (databaseUrl !== null) {
    const external = parseUrl(databaseUrl);
    const stop = async () => {};
    if (isAppLogin(external)) {
      const { reporting } = await addresses(external, dataDir);
      return { address: external, reporting, migrated: null, stop };
    }
    const migrated = await runMigrator(options, migration);
    return { ...(await addresses(external, dataDir)), migrated, stop };
  }
  const running = alone ? undefined : await runningServer(dataDir);
  if (running) {
    const address = { host: running.socketDir, port: running.port, database: EMBEDDED_DATABASE };
    return { ...(await addresses(address, dataDir)), migrated: null, stop: async () => {} };
  }
  const server = await startEmbedded({ dataDir, log });
  try {
    const migrated = await runMigrator(options, migration);
    const address = { host: server.socketDir, port: server.port, database: EMBEDDED_DATABASE };
    const stop = () => server.stop();
    return { ...(await addresses(address, dataDir)), migrated, stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The administrator's way in. Only the migrating process calls this. */
export async function administrator(
  dataDir: string,
  databaseUrl: string | null,
): Promise<{ admin: AdminAddress; database: string; maintenanceDatabase: string }> {
  if (databaseUrl !== null) {
    const { database } = parseUrl(databaseUrl);
    const admin: AdminAddress = (name) => ({ ...parseUrl(databaseUrl), database: name });
    return { admin, database, maintenanceDatabase: 'postgres' };
  }
  const running = await runningServer(dataDir);
  if (!running) throw new Error(`no PostgreSQL runs on ${dataDir}`);
  const password = (await readFile(superuserSecret(dataDir), 'utf8')).trim();
  const admin: AdminAddress = (name) => ({
    host: running.socketDir,
    port: running.port,
    database: name,
    user: SUPERUSER,
    password,
  });
  return { admin, database: EMBEDDED_DATABASE, maintenanceDatabase: 'postgres' };
}

/**
 * Runs the program's `migrate` in a short process of its own and gives what it printed. Its
 * environment is all it needs and no more.
 */
export async function runMigrator(
  options: Pick<InstallationOptions, 'dataDir' | 'databaseUrl' | 'mainFile'>,
  words: readonly string[],
): Promise<string> {
  const env: Record<string, string> = { BAILIWICK_DATA: options.dataDir };
  // The same compiled code can be used again, which spares most of the time the process takes.
  const codeCache = getCompileCacheDir();
  if (codeCache !== undefined) env['NODE_COMPILE_CACHE'] = dirname(codeCache);
  if (options.databaseUrl !== null) env['DATABASE_URL'] = options.databaseUrl;
  const child = spawn(process.execPath, [options.mainFile, 'migrate', '--json', ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const errors: string[] = [];
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the migration failed: ${errors.join('').trim()}`);
  return output.join('');
}

/** The application's own URL, for a process that must not know the administrator's. */
export function urlOf(address: DatabaseAddress): string {
  const url = new URL('postgresql://localhost');
  url.username = address.user;
  url.password = address.password;
  url.pathname = `/${address.database}`;
  url.port = String(address.port);
  if (address.host.startsWith('/')) url.searchParams.set('host', address.host);
  else url.hostname = address.host;
  return url.href;
}

/** True for a URL that carries the application's own login. */
export function isAppUrl(databaseUrl: string): boolean {
  return isAppLogin(parseUrl(databaseUrl));
}

function isAppLogin({ user, database }: DatabaseAddress): boolean {
  return user === rolesOf(database).app;
}

function parseUrl(databaseUrl: string): DatabaseAddress {
  let url: URL;
  try {
    url = new URL(databaseUrl);
  } catch {
    throw new Error('DATABASE_URL is not a URL such as postgresql://user:password@host/database');
  }
  if (!/^postgres(?:ql)?:$/.test(url.protocol))
    throw new Error('DATABASE_URL must be postgresql://');
  return {
    host: url.searchParams.get('host') ?? (decodeURIComponent(url.hostname) || 'localhost'),
    port: Number(url.port || 5432),
    database: decodeURIComponent(url.pathname.slice(1)) || 'bailiwick',
    user: decodeURIComponent(url.username) || 'postgres',
    password: decodeURIComponent(url.password),
  };
}

/** Of the two logins that serve, each with its own secret. */
async function addresses(
  server: Pick<DatabaseAddress, 'host' | 'port' | 'database'>,
  dataDir: string,
): Promise<Pick<Installation, 'address' | 'reporting'>> {
  const { host, port, database } = server;
  const roles = rolesOf(database);
  const there = { host, port, database };
  return {
    address: { ...there, user: roles.app, password: await appPassword(dataDir) },
    reporting: { ...there, user: roles.report, password: await reportPassword(dataDir) },
  };
}
