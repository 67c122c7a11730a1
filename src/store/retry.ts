/**
 * Transactions that were given up for the sake of another, by PostgreSQL or because a row had
 * changed meanwhile: run again from their beginning.
 *
 * @see https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from '../base/errors.ts';

/** 40001 serialization_failure, 40P01 deadlock_detected: after both, nothing was done. */
const GIVEN_UP: ReadonlySet<unknown> = new Set(['40001', '40P01']);

/** Somebody else has changed the row between its reading and its writing; nothing was done. */
export class RowChanged extends Error {
  override readonly name = 'RowChanged';
}

/** Two that met are unlikely to meet thrice; more tries would only hold up everybody else. */
const TRIES_MAX = 4;
const PAUSE_MS = 10;

/**
 * Runs `work`, which is a whole transaction and leaves nothing but what it commits, until another
 * does not cross it, at most four times. Pauses grow and are random, so that two that met do not
 * meet again. What fails for the last time is thrown as it is.
 */
export async function retried<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (tried >= TRIES_MAX || !wasGivenUp(error)) throw error;
      await pause(Math.random() * PAUSE_MS * 2 ** tried);
    }
  }
}

function wasGivenUp(error: unknown): boolean {
  const cause = error instanceof Refusal ? error.cause : error;
  // Whoever named the version that they change is told so when it is read again.
  if (cause instanceof RowChanged) return true;
  return GIVEN_UP.has((cause as { code?: unknown } | undefined)?.code);
}
