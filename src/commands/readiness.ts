/** Whether the database answers, for whoever sends requests here only while it does. */
import type { Database } from '../store/database.ts';

/** A check that logs why once each time it turns unready, and when it is ready again. */
export function readinessOf(
  database: Database,
  log: (line: string) => void,
): () => Promise<boolean> {
  let wasReady = true;
  const turn = (ready: boolean, line: string): boolean => {
    if (ready !== wasReady) log(line);
    wasReady = ready;
    return ready;
  };
  return async () =>
    await database.run({ text: 'select 1', values: [] }).then(
      () => turn(true, 'ready again'),
      (error: unknown) => turn(false, `not ready: ${reasonOf(error)}`),
    );
}

/** What the driver said is the cause of what requests are told. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
