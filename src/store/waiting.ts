/**
 * Waiting for a connection of a pool: as many as it can serve in time, and not more. Whoever comes
 * after them hears so at once, and those who wait are served.
 */
import type pg from 'pg';
import { Refusal } from '../base/errors.ts';

/**
 * A connection. Throws `too_many_requests` where `waitingMax` wait already or none became free in
 * time, and `unavailable` where the server cannot be reached.
 */
export async function connectWaiting(pool: pg.Pool, waitingMax: number): Promise<pg.PoolClient> {
  if (pool.waitingCount >= waitingMax) throw busy();
  try {
    return await pool.connect();
  } catch (cause) {
    if (isTimeout(cause) && pool.totalCount >= (pool.options.max ?? 0)) throw busy(cause);
    throw new Refusal('unavailable', 'The database cannot be reached. Try again shortly.', {
      cause,
    });
  }
}

/** What the pool says when it waited for so long, for a free connection or for a new one. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('timeout exceeded');
}

function busy(cause?: unknown): Refusal {
  return new Refusal('too_many_requests', 'Too much is asked at once. Try again shortly.', {
    retryAfterSeconds: 1,
    cause,
  });
}
