/** Databases and data folders for test files, copies of what `prepare.ts` made. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseAddress } from '../../src/store/database.ts';
import { administrator } from '../../src/store/installation/installation.ts';
import { reportPassword } from '../../src/store/installation/secrets.ts';
import { connectToMigrate } from '../../src/store/migrate/migration-connection.ts';

export const EMPTY_TEMPLATE = 'template_empty';
export const DEMO_TEMPLATE = 'template_demo';
export const TEST_PASSWORD = 'larkspur-test-password';
export const SERVER_FILE_VARIABLE = 'TEST_POSTGRES';

type Settings = {
  readonly dataDir: string;
  readonly demoDir: string;
  readonly host: string;
  readonly port: number;
  readonly appUser: string;
  readonly appPassword: string;
};

export type TestDatabase = {
  /** With the application's login. */
  readonly address: DatabaseAddress;
  /** With the superuser's: for looking, and for what only an attacker would do. */
  readonly superuser: DatabaseAddress;
  readonly drop: () => Promise<void>;
};

/** With the login of raw SQL, too. */
export type ReportingDatabase = TestDatabase & { readonly reporting: DatabaseAddress };

let count = 0;

/** Clones a template into a database of the test's own. */
export async function cloneDatabase(template: 'empty' | 'demo'): Promise<ReportingDatabase> {
  const settings = readSettings();
  const { admin } = await administrator(settings.dataDir, null);
  const database = `test_${process.pid}_${++count}`;
  const source = template === 'demo' ? DEMO_TEMPLATE : EMPTY_TEMPLATE;
  const connection = await connectToMigrate(admin('postgres'));
  await connection.script(`create database ${database} template ${source} strategy file_copy`);
  await connection.close();
  const { host, port, appUser: user, appPassword: password } = settings;
  return {
    address: { host, port, database, user, password },
    reporting: {
      ...{ host, port, database, user: user.replace(/_app$/, '_report') },
      password: await reportPassword(settings.dataDir),
    },
    superuser: admin(database) as DatabaseAddress,
    drop: async () => {
      const last = await connectToMigrate(admin('postgres'));
      await last.script(`drop database ${database} with (force)`);
      await last.close();
    },
  };
}

/** Makes a data folder with the demo company, as `start` leaves it behind when it is stopped. */
export function copyDemoFolder(to: string): void {
  // PostgreSQL's account has to pass through to its own folder.
  chmodSync(dirname(to), 0o711);
  execFileSync('cp', ['-a', readSettings().demoDir, to]);
}

/** The data folder of the server that all tests share. */
export function dataDirOfTests(): string {
  return readSettings().dataDir;
}

function readSettings(): Settings {
  const file = process.env[SERVER_FILE_VARIABLE];
  if (file === undefined) throw new Error('run the tests with `npm test`: it starts PostgreSQL');
  return JSON.parse(readFileSync(file, 'utf8')) as Settings;
}
