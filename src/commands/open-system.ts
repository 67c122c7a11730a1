/** Opens an installation's database and builds the system on it, for as long as a command runs. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Refusal } from '../base/errors.ts';
import { randomId } from '../base/random.ts';
import { type Caller, systemCaller } from '../identity/caller.ts';
import { type Installation, openInstallation } from '../store/installation/installation.ts';
import { fieldKey } from '../store/installation/secrets.ts';
import type { Root, System } from './system.ts';

/** The data folder of the demo, in the clone, where nobody said another. */
const DEMO_FOLDER = '.bailiwick';

/** Where the data lies: what was said, or the demo's own folder. */
export function dataDirOf(root: Root): string {
  return root.config.dataDir ?? join(dirname(root.mainFile), '..', DEMO_FOLDER);
}

export type Opening = {
  readonly log: (line: string) => void;
  /** Lets the migration prepare for the demo company, where it is not there yet. */
  readonly isDemo?: boolean;
  /** Refuses to share an embedded server that another process started. */
  readonly alone?: boolean;
};

/** Opens the database; starts the embedded one where none runs. */
export async function open(root: Root, opening: Opening): Promise<Installation> {
  return await openInstallation({
    dataDir: dataDirOf(root),
    databaseUrl: root.config.databaseUrl,
    mainFile: root.mainFile,
    log: opening.log,
    migration: opening.isDemo ? ['--demo'] : [],
    alone: opening.alone ?? false,
  });
}

/** Commands that ask something of an installation do not make one where there is none. */
export function requireInstallation(root: Root): void {
  if (root.config.databaseUrl !== null) return;
  const dataDir = dataDirOf(root);
  if (existsSync(join(dataDir, 'secrets', 'app'))) return;
  throw new Refusal(
    'unavailable',
    `There is no installation in ${dataDir}. Set BAILIWICK_DATA to its data folder.`,
  );
}

/** Runs `work` on a system and closes everything after it. */
export async function withSystem<Value>(
  root: Root,
  work: (system: System) => Promise<Value>,
  opening: Opening = { log: () => {} },
): Promise<Value> {
  const installation = await open(root, opening);
  try {
    const system = root.compose(installation.address, {
      isDemo: false,
      reporting: installation.reporting,
      fieldKey: await fieldKey(dataDirOf(root)),
      approvalPairs: root.config.approvalPairs,
    });
    try {
      return await work(system);
    } finally {
      await system.close();
    }
  } finally {
    await installation.stop();
  }
}

/** The command line acts for the system; which person ran it is recorded as the actor. */
export function operator(root: Root, name: `system:${string}` = 'system:operator'): Caller {
  return systemCaller(name, commandOrigin(), `os:${root.config.osUser}`);
}

/** Where a command's requests come from. */
export function commandOrigin() {
  return { requestId: randomId(16), door: 'cli', address: null };
}
