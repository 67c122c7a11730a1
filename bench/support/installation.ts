/** An installation for a benchmark: the embedded PostgreSQL and the demo company. */
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAddress } from '../../src/store/database.ts';
import { startEmbedded } from '../../src/store/embedded/server.ts';
import { runningServer } from '../../src/store/embedded/state.ts';
import { administrator, urlOf } from '../../src/store/installation/installation.ts';
import { appPassword } from '../../src/store/installation/secrets.ts';
import {
  connectToMigrate,
  type MigrationConnection,
  rolesOf,
} from '../../src/store/migrate/migration-connection.ts';
import type { BenchmarkContext } from './benchmark.ts';
import { environment, type Started, startProgram } from './processes.ts';

export const PASSWORD = 'larkspur-bench-password';

export type BenchInstallation = {
  readonly dataDir: string;
  readonly superuser: DatabaseAddress;
  /** With the application's login. */
  readonly app: DatabaseAddress;
  readonly postgresPid: number;
  readonly postgresVersion: string;
  readonly connect: () => Promise<MigrationConnection>;
  /** The real `serve`, as a process of its own. */
  readonly serve: (...nodeOptions: string[]) => Promise<Started & { readonly url: string }>;
  readonly stop: () => Promise<void>;
};

/** What a server prints when it is ready. */
export const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/;

/** A data folder of this run, which PostgreSQL's own account can reach. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bw-bench-'));
  await chmod(folder, 0o711);
  return folder;
}

/** Starts PostgreSQL, on the demo company where it is not there yet. */
export async function openBenchInstallation({
  root,
  dataDir: kept,
}: BenchmarkContext): Promise<BenchInstallation> {
  const dataDir = kept ?? (await temporaryFolder());
  await mkdir(dataDir, { recursive: true });
  const main = join(root, 'src/main.ts');
  const env = { BAILIWICK_DATA: dataDir, DEMO_PASSWORD: PASSWORD, PORT: '0' };
  // Started here and not by `serve`, so that the processes of both can be told apart.
  runMain(main, ['demo'], env);
  const server = await startEmbedded({ dataDir, log: () => {} });
  const running = await runningServer(dataDir);
  if (!running) throw new Error('PostgreSQL does not answer');
  const { admin, database } = await administrator(dataDir, null);
  const superuser = admin(database) as DatabaseAddress;
  const user = rolesOf(database).app;
  const app = { ...superuser, user, password: await appPassword(dataDir) };
  const url = urlOf(app);
  return {
    dataDir,
    superuser,
    app,
    postgresPid: running.pid,
    postgresVersion: server.binariesVersion,
    connect: async () => await connectToMigrate(superuser),
    serve: async (...nodeOptions) => {
      const command = [process.execPath, ...nodeOptions, main, 'serve'] as const;
      const started = await startProgram(command, { ...env, DATABASE_URL: url }, ADDRESS);
      return { ...started, url: started.ready[0] };
    },
    stop: async () => {
      await server.stop();
      if (kept === null) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Runs a command of the program to its end. */
export function runMain(
  main: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): void {
  const run = spawnSync(process.execPath, [main, ...words], {
    env: environment(env),
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`\`${words.join(' ')}\` failed: ${run.stderr}`);
}

/** Settings that decide what a commit costs, from the server itself. */
export async function durabilityOf(
  connection: MigrationConnection,
): Promise<Record<string, string>> {
  const rows = await connection.query(
    `select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit') order by name`,
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [String(name), String(setting)]));
}
