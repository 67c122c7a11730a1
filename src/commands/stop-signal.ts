/** What ends a server: SIGINT and SIGTERM, as often as they come. */

/** A second signal within this time is the same Ctrl-C: npm passes on what the terminal sent. */
const SAME_MS = 2_000;

/**
 * Aborts with the first SIGINT or SIGTERM. A later one does not wait for the clean end: it ends
 * this process at once, with status 1, and PostgreSQL's guardian stops PostgreSQL.
 */
export function stopSignal(log: (line: string) => void): AbortSignal {
  const stopping = new AbortController();
  let firstAt = 0;
  const told = (): void => {
    if (!stopping.signal.aborted) {
      firstAt = performance.now();
      stopping.abort();
    } else if (performance.now() - firstAt > SAME_MS) {
      log('ending without waiting');
      process.exit(1);
    }
  };
  process.on('SIGINT', told);
  process.on('SIGTERM', told);
  return stopping.signal;
}

/** Resolves when the signal has come. */
export async function whenTold(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
