/** Where the parts of an embedded server lie, and how they are made. */

import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Account, canEnter, serverAccount } from './account.ts';
import { EmbeddedServerError } from './errors.ts';

/** Where root keeps what the account of PostgreSQL could not reach inside the data folder. */
export const SYSTEM_DIR = '/var/lib/bailiwick';

export type Place = {
  /** The folder that the caller named. Secrets and `postgres.json` lie here. */
  readonly dataDir: string;
  /** The folder with the database, its settings, its log and the lock: mostly `dataDir`. */
  readonly root: string;
  /** PostgreSQL's own folder. It exists exactly if it was initialised completely. */
  readonly database: string;
  readonly configFile: string;
  readonly accessFile: string;
  readonly logDir: string;
  /** Who PostgreSQL runs as; undefined is ourselves. */
  readonly account: Account | undefined;
};

/** The file with the superuser's password, which only short-lived processes read. */
export function superuserSecret(dataDir: string): string {
  return join(dataDir, 'secrets', 'superuser');
}

/**
 * Finds or makes the place of a data folder.
 *
 * A clone often lies in a folder that only root may enter (/root, `mktemp -d`). PostgreSQL runs
 * as another account there, and the modes of folders which belong to somebody are not ours to
 * loosen. So the database then lies in `systemDir`, under a random id that the file
 * `postgres-location` in the data folder names. An id, not a path: a data folder that was handed
 * over cannot make root write anywhere else.
 * @throws EmbeddedServerError unwritable, location_missing, no_account, wrong_owner
 */
export async function settle(dataDir: string, systemDir: string = SYSTEM_DIR): Promise<Place> {
  const isRoot = process.getuid?.() === 0;
  const made = await mkdir(dataDir, { recursive: true });
  // Root's own folder must let the account through, but not let it list.
  if (made !== undefined) await chmod(dataDir, isRoot ? 0o711 : 0o700);
  const data = await realpath(dataDir);
  const id = await readLocation(data);
  if (id !== undefined) return existingElsewhere(data, join(systemDir, id));
  const account = await serverAccount(join(data, 'postgres'));
  if (account === undefined || (await canEnter(data, account))) {
    return placeAt(data, data, account);
  }
  if ((await stat(join(data, 'postgres')).catch(() => undefined)) !== undefined) {
    throw new EmbeddedServerError(
      'unwritable',
      `The data folder \`${data}\` holds a database of user id ${account.uid}, who may not enter ` +
        'that folder any more. Allow that user to pass through it and the folders above it.',
    );
  }
  return placeElsewhere(data, systemDir, account);
}

function placeAt(dataDir: string, root: string, account: Account | undefined): Place {
  return {
    dataDir,
    root,
    database: join(root, 'postgres'),
    configFile: join(root, 'postgresql.conf'),
    accessFile: join(root, 'pg_hba.conf'),
    logDir: join(root, 'log'),
    account,
  };
}

async function readLocation(dataDir: string): Promise<string | undefined> {
  const file = join(dataDir, 'postgres-location');
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const id = text.trim();
  if (/^[0-9a-f]{32}$/.test(id)) return id;
  throw new EmbeddedServerError('location_missing', `\`${file}\` does not hold an id.`);
}

async function existingElsewhere(dataDir: string, root: string): Promise<Place> {
  if ((await stat(root).catch(() => undefined)) === undefined) {
    throw new EmbeddedServerError(
      'location_missing',
      `The database of the data folder \`${dataDir}\` was kept at \`${root}\`, and that is ` +
        'not there. Bring it back, or start with another data folder and restore a backup.',
    );
  }
  const account = await serverAccount(join(root, 'postgres'));
  if (account !== undefined) await requireSystemDir(dirname(root), account);
  return placeAt(dataDir, root, account);
}

async function placeElsewhere(
  dataDir: string,
  systemDir: string,
  account: Account,
): Promise<Place> {
  await requireSystemDir(systemDir, account);
  const id = randomBytes(16).toString('hex');
  const root = join(systemDir, id);
  await mkdir(root);
  await chmod(root, 0o711);
  // For the person who one day wonders what this folder is.
  await writeFile(join(root, 'data-folder'), `${dataDir}\n`);
  // The folder comes first: a location that names nothing would be an error for ever. The link
  // makes the file complete or absent, and of two starts at once only one can win.
  const draft = join(dataDir, `postgres-location.${id}`);
  await writeFile(draft, `${id}\n`, { flag: 'wx' });
  try {
    await link(draft, join(dataDir, 'postgres-location'));
    return placeAt(dataDir, root, account);
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await settle(dataDir, systemDir);
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * The folder of root's that every database outside its data folder lies in.
 * @throws EmbeddedServerError unwritable if somebody else could change what lies there
 */
export async function requireSystemDir(systemDir: string, account: Account): Promise<void> {
  const made = await mkdir(systemDir, { recursive: true });
  if (made !== undefined) await chmod(systemDir, 0o755);
  const found = await lstat(systemDir);
  if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) {
    throw new EmbeddedServerError(
      'unwritable',
      `\`${systemDir}\` must be a folder that belongs to root and that nobody else may write.`,
    );
  }
  if (await canEnter(systemDir, account)) return;
  throw new EmbeddedServerError(
    'unwritable',
    `User id ${account.uid}, whom PostgreSQL runs as, may not enter \`${systemDir}\`.`,
  );
}

/** A folder that only PostgreSQL's account may enter (0700). It may exist already. */
export async function makePrivate(folder: string, account: Account | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  if (account !== undefined) await chown(folder, account.uid, account.gid);
}
