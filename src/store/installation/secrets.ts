/** Secrets of one installation, each a file in the data folder that only its owner may read. */
import { chmod, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomId, randomSecret } from '../../base/random.ts';

/** The application login's password, made at the first start. */
export async function appPassword(dataDir: string): Promise<string> {
  return await secretFile(dataDir, 'app', () => randomSecret(32));
}

/** The password of the login that raw SQL runs under. */
export async function reportPassword(dataDir: string): Promise<string> {
  return await secretFile(dataDir, 'report', () => randomSecret(32));
}

/** The key under which secret fields are sealed. Without it, what is sealed stays sealed. */
export async function fieldKey(dataDir: string): Promise<string> {
  return await secretFile(dataDir, 'field-key', () => randomSecret(32));
}

/** Reads a secret, or makes and keeps it. Of two starts at once, the first one's is kept. */
export async function secretFile(
  dataDir: string,
  name: string,
  make: () => string,
): Promise<string> {
  const path = await pathOf(dataDir, name);
  const known = await read(path);
  if (known !== null) return known;
  // A link is made whole or not at all: nobody ever reads half a secret.
  const draft = await writeDraft(path, make());
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const kept = await read(path);
  if (kept === null) throw new Error(`${path} is gone`);
  return kept;
}

/** Keeps another value from now on. */
export async function replaceSecret(dataDir: string, name: string, value: string): Promise<void> {
  const path = await pathOf(dataDir, name);
  await rename(await writeDraft(path, value), path);
}

async function pathOf(dataDir: string, name: string): Promise<string> {
  const folder = join(dataDir, 'secrets');
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  return join(folder, name);
}

async function writeDraft(path: string, value: string): Promise<string> {
  const draft = `${path}.${randomId(12)}`;
  await writeFile(draft, `${value}\n`, { mode: 0o600, flag: 'wx' });
  return draft;
}

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).replace(/\n$/, '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
