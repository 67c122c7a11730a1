/** The demo company of a data folder: made where it is missing, completed if it was cut short. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PERSONAS } from '../../apps/demo/personas.ts';
import { Refusal } from '../base/errors.ts';
import { randomSecret } from '../base/random.ts';
import { hashPassword } from '../identity/password.ts';
import { runMigrator } from '../store/installation/installation.ts';
import { replaceSecret, secretFile } from '../store/installation/secrets.ts';
import { type DemoSize, loadDemo, setDemoPasswords } from './demo.ts';
import { DEMO_GRANT, LOADER } from './demo-loader.ts';
import { dataDirOf, operator } from './open-system.ts';
import type { Root, System } from './system.ts';

export type Preparing = {
  readonly size: DemoSize;
  readonly progress: (line: string) => void;
  readonly stop?: AbortSignal;
};

/**
 * Makes the demo company complete and gives the password that its people share.
 * @throws Refusal `bad_value` where the data folder holds another installation
 */
export async function prepareDemo(
  root: Root,
  system: System,
  { size, progress, stop }: Preparing,
): Promise<string> {
  const password = await sharedPassword(root);
  const state = await stateOf(root, system);
  if (state === 'there') {
    if (root.config.demoPassword !== null) {
      await setDemoPasswords(system, operator(root, LOADER), password);
    }
    return password;
  }
  if (state === 'absent') await bringLoader(root, system);
  progress('Making the demo company.');
  await loadDemo(system, await keptSize(root, size), {
    progress: (count, doctype) =>
      progress(`Making the demo company: ${count} documents so far (${doctype}).`),
    password,
    actor: `os:${root.config.osUser}`,
    ...(stop ? { stop } : {}),
  });
  return password;
}

/** What was said, or made once; kept, so that the next start can tell it again. */
async function sharedPassword(root: Root): Promise<string> {
  const { demoPassword } = root.config;
  const dataDir = dataDirOf(root);
  if (demoPassword === null) {
    return await secretFile(dataDir, 'demo-password', () => randomSecret(12));
  }
  // Refuses one that is too short before anything is made with it.
  await hashPassword(demoPassword);
  await replaceSecret(dataDir, 'demo-password', demoPassword);
  return demoPassword;
}

/** The loader's grant is in force from before the first document to after the last one. */
async function stateOf(root: Root, system: System): Promise<'absent' | 'unfinished' | 'there'> {
  const count = async (doctype: string, filters: unknown[]) =>
    await system.documents.count(operator(root), doctype, filters);
  const loaders = await count('Grant', [
    ['name', '=', DEMO_GRANT],
    ['until', 'is', 'not set'],
  ]);
  if (loaders > 0) return 'unfinished';
  const personas = await count('User', [['name', '=', PERSONAS[0]?.user]]);
  if (personas > 0) return 'there';
  if ((await count('User', [])) > 0) {
    throw new Refusal(
      'bad_value',
      `${dataDirOf(root)} holds an installation that is not the demo. Run it with ` +
        '`bailiwick serve`, or set BAILIWICK_DATA to a new folder for the demo.',
    );
  }
  return 'absent';
}

/** An installation that was not made for the demo has no loader yet. */
async function bringLoader(root: Root, system: System): Promise<void> {
  const { databaseUrl } = root.config;
  const options = { dataDir: dataDirOf(root), databaseUrl, mainFile: root.mainFile };
  await runMigrator(options, ['--demo']);
  if ((await stateOf(root, system)) !== 'unfinished') {
    throw new Refusal('bad_value', 'The demo company was here before and was taken away.');
  }
}

/** A demo that was cut short is completed in the size in which it was begun. */
async function keptSize(root: Root, wanted: DemoSize): Promise<DemoSize> {
  const file = join(dataDirOf(root), 'demo-size');
  await writeFile(file, wanted, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return (await readFile(file, 'utf8')) === 'large' ? 'large' : 'small';
}
