/** Whether requests can be decided, for whoever sends requests here only while they can. */

/**
 * A check that logs why once each time it turns unready, and when it is ready again. `require`
 * throws where the database does not answer, or its permissions let nobody in.
 */
export function readinessOf(
  require: () => Promise<void>,
  log: (line: string) => void,
): () => Promise<boolean> {
  let wasReady = true;
  const turn = (ready: boolean, line: string): boolean => {
    if (ready !== wasReady) log(line);
    wasReady = ready;
    return ready;
  };
  return async () =>
    await require().then(
      () => turn(true, 'ready again'),
      (error: unknown) => turn(false, `not ready: ${reasonOf(error)}`),
    );
}

/** What the driver said is the cause of what requests are told. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
