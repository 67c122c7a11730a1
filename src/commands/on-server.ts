/** Work with the administrator's login, in the short process of a command. */
import { Refusal } from '../base/errors.ts';
import { startEmbedded } from '../store/embedded/server.ts';
import { runningServer } from '../store/embedded/state.ts';
import { isAppUrl } from '../store/installation/installation.ts';
import { dataDirOf } from './open-system.ts';
import type { Root } from './system.ts';

/** Starts the embedded server where it does not run, without migrating what is on it. */
export async function onServer<Value>(
  root: Root,
  log: (line: string) => void,
  work: () => Promise<Value>,
): Promise<Value> {
  const { databaseUrl } = root.config;
  if (databaseUrl !== null && isAppUrl(databaseUrl)) {
    throw new Refusal(
      'forbidden',
      "This needs the administrator's login in DATABASE_URL, not the application's.",
    );
  }
  const dataDir = dataDirOf(root);
  if (databaseUrl !== null || (await runningServer(dataDir))) return await work();
  const server = await startEmbedded({ dataDir, log });
  try {
    return await work();
  } finally {
    await server.stop();
  }
}
