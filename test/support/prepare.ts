/**
 * Starts the one PostgreSQL that all test files share, with two template databases in it: an
 * empty installation and the demo company. A test file clones one of them for itself. Beside it
 * stands a data folder with the demo, as `start` leaves it, to be copied.
 */
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadDemo } from '../../src/commands/demo.ts';
import { compose } from '../../src/main.ts';
import { startEmbedded } from '../../src/store/embedded/server.ts';
import { administrator, runMigrator } from '../../src/store/installation/installation.ts';
import { appPassword } from '../../src/store/installation/secrets.ts';
import { connectToMigrate } from '../../src/store/migrate/migration-connection.ts';
import {
  DEMO_TEMPLATE,
  EMPTY_TEMPLATE,
  SERVER_FILE_VARIABLE,
  TEST_PASSWORD,
} from './test-server.ts';

const TEST_SETTINGS = { isDemo: true, fieldKey: 'a key for tests' };

const MAIN_FILE = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Called once before the test files; what it returns is called after them. */
export async function prepare(): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bw-test-'));
  const demoDir = `${dataDir}-demo`;
  await chmod(dataDir, 0o711);
  let server = await startEmbedded({ dataDir, log: () => {} });
  try {
    await runMigrator({ dataDir, databaseUrl: null, mainFile: MAIN_FILE }, ['--demo']);
    const password = await appPassword(dataDir);
    const { database } = await asAdministrator(dataDir, (name) => [
      `create database ${EMPTY_TEMPLATE} template ${name}`,
    ]);
    const user = `${database}_app`;
    const { socketDir: host, port } = server;
    const system = compose({ host, port, database, user, password }, TEST_SETTINGS);
    await loadDemo(system, 'small', { password: TEST_PASSWORD });
    await system.close();
    await server.stop();
    execFileSync('cp', ['-a', dataDir, demoDir]);
    server = await startEmbedded({ dataDir, log: () => {} });
    await asAdministrator(dataDir, (name) => [
      `alter database ${name} rename to ${DEMO_TEMPLATE}`,
      // Nothing here outlives the run, and databases are made and dropped all the time.
      'alter system set fsync = off',
      'select pg_reload_conf()',
    ]);
    const file = join(dataDir, 'test-server.json');
    const { socketDir } = server;
    const settings = {
      dataDir,
      demoDir,
      host: socketDir,
      port,
      appUser: user,
      appPassword: password,
    };
    await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
    process.env[SERVER_FILE_VARIABLE] = file;
  } catch (error) {
    await server.stop();
    throw error;
  }
  return async () => {
    await server.stop();
    for (const folder of [dataDir, demoDir]) await rm(folder, { recursive: true, force: true });
  };
}

/** Runs statements that are made of the installation's database, and gives its name. */
async function asAdministrator(
  dataDir: string,
  statements: (database: string) => readonly string[],
): Promise<{ readonly database: string }> {
  const { admin, database } = await administrator(dataDir, null);
  const connection = await connectToMigrate(admin('postgres'));
  for (const statement of statements(database)) await connection.script(statement);
  await connection.close();
  return { database };
}
