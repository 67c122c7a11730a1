/** Secrets of one installation, each a file in the data folder that only its owner may read. */
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomSecret } from '../../base/random.ts';

/** The application login's password, made at the first start. */
export async function appPassword(dataDir: string): Promise<string> {
  return await secretFile(dataDir, 'app', () => randomSecret(32));
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
  const folder = join(dataDir, 'secrets');
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  const path = join(folder, name);
  try {
    await writeFile(path, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(path, 'utf8')).trim();
}
