/**
 * Starts the one PostgreSQL that all test files share, with two template databases in it: an
 * empty installation and the demo company. A test file clones one of them for itself.
 */
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
  await chmod(dataDir, 0o711);
  const server = await startEmbedded({ dataDir, log: () => {} });
  try {
    await runMigrator({ dataDir, databaseUrl: null, mainFile: MAIN_FILE }, ['--demo']);
    const { admin, database } = await administrator(dataDir, null);
    const connection = await connectToMigrate(admin('postgres'));
    await connection.script(`create database ${EMPTY_TEMPLATE} template ${database}`);
    const password = await appPassword(dataDir);
    const { socketDir: host, port } = server;
    const system = compose(
      { host, port, database, user: `${database}_app`, password },
      TEST_SETTINGS,
    );
    await loadDemo(system, 'small', { password: TEST_PASSWORD });
    await system.close();
    await connection.script(`alter database ${database} rename to ${DEMO_TEMPLATE}`);
    await connection.close();
    const file = join(dataDir, 'test-server.json');
    const settings = { dataDir, host, port, appUser: `${database}_app`, appPassword: password };
    await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
    process.env[SERVER_FILE_VARIABLE] = file;
  } catch (error) {
    await server.stop();
    throw error;
  }
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
