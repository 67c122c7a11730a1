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
import type { DatabaseAddress } from '../../src/store/database.ts';
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
  readonly stop: () => void;
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

/** Makes a cluster in a folder of its own and starts it on a Unix socket there. */
export function startPostgres(folder: string, version: number): ExternalPostgres {
  const place = mkdtempSync(join(tmpdir(), 'external-pg-'));
  const password = 'the-administrators-own-password';
  const passwordFile = join(place, 'password');
  writeFileSync(passwordFile, password);
  // PostgreSQL refuses to run as root.
  const account = process.getuid?.() === 0 ? nobody() : null;
  for (const path of account ? [place, passwordFile] : []) chownSync(path, ...(account ?? [0, 0]));
  chmodSync(place, 0o700);
  const data = join(place, 'data');
  const run = (program: string, ...words: string[]): void => {
    execFileSync(join(folder, program), words, {
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(account ? { uid: account[0], gid: account[1] } : {}),
    });
  };
  const user = 'dba';
  run(
    'initdb',
    '-D',
    data,
    '-U',
    user,
    '-A',
    'scram-sha-256',
    '--pwfile',
    passwordFile,
    '-E',
    'UTF8',
  );
  const settings = `-k '${place}' -c listen_addresses='' -c fsync=off -c max_connections=40`;
  run('pg_ctl', '-D', data, '-w', '-l', join(place, 'log'), '-o', settings, 'start');
  const address = (database: string, name: string, word: string): DatabaseAddress => ({
    ...{ host: place, port: 5432, database, user: name, password: word },
  });
  return {
    version,
    address,
    superuser: (database) => address(database, user, password),
    stop: () => {
      run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
      rmSync(place, { recursive: true, force: true });
    },
  };
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
