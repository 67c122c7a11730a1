/** A PostgreSQL that is not ours: started by somebody else, as an administrator would run it. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  globSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database, type DatabaseAddress } from '../../src/store/database.ts';
import { serverAccount } from '../../src/store/embedded/account.ts';
import { installedBinaries, usableBinaries } from '../../src/store/embedded/binaries.ts';
import { SYSTEM_DIR } from '../../src/store/embedded/place.ts';

/** The oldest release that is supported. */
const VERSION_MIN = 15;

type Programs = { readonly folder: string; readonly version: number };

export type ExternalPostgres = {
  readonly version: number;
  readonly address: (database: string, user: string, password: string) => DatabaseAddress;
  readonly superuser: (database: string) => DatabaseAddress;
  /** Starts a standby that replays what this one commits; it is stopped with this one. */
  readonly standby: () => Promise<ExternalPostgres>;
  readonly stop: () => void;
};

/** A cluster of its own, and the account that runs it. */
type Place = {
  readonly folder: string;
  readonly run: (program: string, ...words: string[]) => void;
};

/**
 * The programs of the oldest supported release that the machine has; else those that come with
 * us, which then are run as somebody else's would be.
 */
export async function findPostgres(): Promise<Programs> {
  const found = globSync('/usr/{lib,local}/{postgresql,pgsql}*/{*/bin,bin}/postgres')
    .map((path) => join(path, '..'))
    .filter((folder) => existsSync(join(folder, 'initdb')))
    .map((folder) => {
      const said = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
      return { folder, version: Number(/(\d+)/.exec(said)?.[1]) };
    })
    .filter(({ version }) => version >= VERSION_MIN)
    .sort((a, b) => a.version - b.version);
  if (found[0]) return found[0];
  const account = process.getuid?.() === 0 ? await serverAccount('/nowhere') : undefined;
  const { native, version } = await usableBinaries(account, SYSTEM_DIR, await installedBinaries());
  return { folder: join(native, 'bin'), version: Number.parseInt(version, 10) };
}

const USER = 'dba';
const PASSWORD = 'the-administrators-own-password';

/** Makes a cluster in a folder of its own and starts it on a Unix socket there. */
export function startPostgres(folder: string, version: number): ExternalPostgres {
  const place = makePlace();
  const passwordFile = join(place.folder, 'password');
  writeFileSync(passwordFile, PASSWORD, { mode: 0o644 });
  const data = join(place.folder, 'data');
  const words = ['-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8'];
  place.run(join(folder, 'initdb'), '-D', data, '-U', USER, ...words);
  return startServer(folder, version, place);
}

/** A folder that the account of the servers owns; PostgreSQL refuses to run as root. */
function makePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'external-pg-'));
  const account = process.getuid?.() === 0 ? nobody() : null;
  if (account) chownSync(folder, ...account);
  chmodSync(folder, 0o700);
  const run = (program: string, ...words: string[]): void => {
    execFileSync(program, words, {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(account ? { uid: account[0], gid: account[1] } : {}),
    });
  };
  return { folder, run };
}

function startServer(folder: string, version: number, place: Place): ExternalPostgres {
  const data = join(place.folder, 'data');
  const control = join(folder, 'pg_ctl');
  const settings = `-k '${place.folder}' -c listen_addresses='' -c fsync=off -c max_connections=40`;
  const log = join(place.folder, 'log');
  place.run(control, '-D', data, '-w', '-l', log, '-o', settings, 'start');
  const address = (database: string, name: string, word: string): DatabaseAddress => ({
    ...{ host: place.folder, port: 5432, database, user: name, password: word },
  });
  const standbys: ExternalPostgres[] = [];
  const superuser = (database: string) => address(database, USER, PASSWORD);
  return {
    version,
    address,
    superuser,
    standby: async () => {
      const copy = await copyOf(superuser('postgres'), data);
      const standby = startServer(folder, version, copy);
      standbys.push(standby);
      return standby;
    },
    stop: () => {
      for (const standby of standbys) standby.stop();
      place.run(control, '-D', data, '-m', 'immediate', 'stop');
      rmSync(place.folder, { recursive: true, force: true });
    },
  };
}

/**
 * What `pg_basebackup` would make, by the functions beneath it: not every PostgreSQL brings the
 * program along.
 */
async function copyOf(primary: DatabaseAddress, source: string): Promise<Place> {
  const place = makePlace();
  const data = join(place.folder, 'data');
  const database = new Database(primary, 1);
  await database.transaction(async ({ run }) => {
    await run({ text: `select pg_backup_start('standby', true)`, values: [] });
    place.run('/bin/cp', '-a', source, data);
    const [ended] = await run({ text: 'select labelfile from pg_backup_stop(false)', values: [] });
    const write = (name: string, text: string): void => {
      const file = join(place.folder, name);
      writeFileSync(file, text, { mode: 0o644 });
      place.run('/bin/cp', file, join(data, name));
    };
    write('backup_label', String(ended?.rows[0]?.[0]));
    write('standby.signal', '');
    const info = `host=${primary.host} port=${primary.port} user=${USER} password=${PASSWORD}`;
    write('postgresql.auto.conf', `primary_conninfo = '${info}'\n`);
  });
  await database.close();
  rmSync(join(data, 'postmaster.pid'), { force: true });
  rmSync(join(data, 'postmaster.opts'), { force: true });
  return place;
}

function nobody(): [uid: number, gid: number] {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return [id('-u'), id('-g')];
}

/** The URL of an address, as somebody would write it into `DATABASE_URL`. */
export function urlFor({ host, port, database, user, password }: DatabaseAddress): string {
  const word = encodeURIComponent(password);
  return `postgresql://${user}:${word}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}
