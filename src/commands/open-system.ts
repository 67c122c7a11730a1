/** Opens an installation's database and builds the system on it, for as long as a command runs. */
import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { randomId } from '../base/random.ts';
import { type Caller, systemCaller } from '../identity/caller.ts';
import { type Installation, openInstallation } from '../store/installation/installation.ts';
import { fieldKey } from '../store/installation/secrets.ts';
import type { Root, System } from './system.ts';

/** The data folder of the demo, in the clone, where nobody said another. */
const DEMO_FOLDER = '.bailiwick';

/** Where the data lies: what was said, or the demo's own folder. */
export function dataDirOf(root: Root): string {
  return root.config.dataDir ?? join(process.cwd(), DEMO_FOLDER);
}

/** Opens the database; starts the embedded one where none runs. */
export async function open(root: Root, log: (line: string) => void): Promise<Installation> {
  const dataDir = dataDirOf(root);
  await mkdir(dataDir, { recursive: true });
  const { databaseUrl } = root.config;
  return await openInstallation({ dataDir, databaseUrl, mainFile: root.mainFile, log });
}

/** Runs `work` on a system and closes everything after it. */
export async function withSystem<Value>(
  root: Root,
  work: (system: System) => Promise<Value>,
): Promise<Value> {
  const installation = await open(root, () => {});
  const system = root.compose(installation.address, {
    isDemo: false,
    fieldKey: await fieldKey(dataDirOf(root)),
  });
  try {
    return await work(system);
  } finally {
    await system.close();
    await installation.stop();
  }
}

/** The command line acts for the system; which person ran it is recorded as the actor. */
export function operator(name: `system:${string}` = 'system:operator'): Caller {
  const origin = { requestId: randomId(16), door: 'cli', address: null };
  return systemCaller(name, origin, `os:${userInfo().username}`);
}
