/** Changes of tables that never make a running system wait behind them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../base/errors.ts';
import type { MigrationConnection } from './migration-connection.ts';

export type Patience = {
  /** How long one try may wait for a lock; whoever comes after it waits as long. */
  readonly lockMs: number;
  /** How long to go on trying. */
  readonly totalMs: number;
};

export const PATIENCE: Patience = { lockMs: 1_000, totalMs: 300_000 };

const PAUSE_MS = 500;

/**
 * Runs the work in a transaction. Where a lock does not come soon, everything is undone, so that
 * those who queue behind it go on, and tried again after a pause.
 * @throws Refusal `in_use` where the table never is free
 */
export async function patiently<Value>(
  owner: MigrationConnection,
  patience: Patience,
  work: () => Promise<Value>,
): Promise<Value> {
  const last = performance.now() + patience.totalMs;
  for (;;) {
    try {
      await owner.script(`begin; set local lock_timeout = ${patience.lockMs}`);
      const value = await work();
      await owner.script('commit');
      return value;
    } catch (error) {
      // Where the connection is gone, the server has rolled back by itself.
      await owner.script('rollback').catch(() => {});
      if (!isBusy(error)) throw error;
      if (performance.now() > last) {
        throw new Refusal(
          'in_use',
          'A table is in use all the time, by a long query or a transaction that was left open. ' +
            'End it, and migrate again: it goes on where it was.',
          { cause: error },
        );
      }
      await sleep(PAUSE_MS);
    }
  }
}

/** `lock_not_available`, or one of two who waited for each other. */
function isBusy(error: unknown): boolean {
  return ['55P03', '40P01'].includes(String((error as { code?: unknown }).code));
}
