/**
 * Reads by a standby of PostgreSQL, as fresh as by the primary itself.
 *
 * The primary says who asks, at which epoch and when, and how far its log was flushed by then.
 * Everything that was committed before is in the log before that position; the standby answers only
 * once it has replayed it, and the epoch that it sees in the very snapshot of its answer has to be
 * the primary's. A standby that is behind, or anything else than a standby of this primary, is
 * waited for as long as a person would not notice, and then not asked. It is never the standby's
 * own opinion how fresh it is. INVARIANT (revoked-means-now).
 *
 * @see https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from './database.ts';
import type { Result, Statement } from './statement.ts';

/** How long a standby that is behind is waited for. */
const WAIT_MS = 50;
const PROBE_EVERY_MS = 5;

/** So long one that was behind or failed is left alone: requests do not wait for it in turn. */
const REST_MS = 1_000;

/** Where a primary stands: after everything that it had committed. */
export type PrimaryPosition = { readonly cluster: string; readonly log: string };

/** Asked on the primary, after an opening. Refused by a server that is none. */
export const PRIMARY_POSITION: Statement = {
  text: `select system_identifier::text, pg_current_wal_flush_lsn()::text,
    current_setting('synchronous_commit') from pg_control_system()`,
  values: [],
};

/** Null where what is committed may be seen before it is in the log: nothing can be compared. */
export function positionFrom(result: Result | undefined): PrimaryPosition | null {
  const [cluster = null, log = null, commit = null] = result?.rows[0] ?? [];
  if (cluster === null || log === null || commit === null || commit === 'off') return null;
  return { cluster, log };
}

function probe({ cluster, log }: PrimaryPosition): Statement {
  return {
    text: `select pg_is_in_recovery() and system_identifier = $1::bigint,
      pg_last_wal_replay_lsn() >= $2::pg_lsn from pg_control_system()`,
    values: [cluster, log],
  };
}

export class Replica {
  readonly database: Database;
  /** How many reads it answered, was too late for, or could not do. */
  readonly counts = { answered: 0, late: 0, failed: 0 };
  private restsUntil = 0;

  /** `database` connects to the standby with the application's login. */
  constructor(database: Database) {
    this.database = database;
  }

  /** False for a while after it was behind or failed. */
  isRested(): boolean {
    return performance.now() >= this.restsUntil;
  }

  /**
   * Runs statements that only read, on one snapshot that holds everything up to the position. Null
   * where it cannot; `isFit` looks at the first result and says whether the answer counts.
   */
  async read(
    position: PrimaryPosition,
    statements: readonly Statement[],
    isFit: (first: Result | undefined) => boolean,
  ): Promise<readonly Result[] | null> {
    try {
      // Before the snapshot is taken: replay only goes on, so the snapshot holds no less.
      if (!(await this.reaches(position))) return this.rest('late');
      const results = await this.database.read(...statements);
      if (!isFit(results[0])) return this.rest('late');
      this.counts.answered += 1;
      return results;
    } catch {
      // Cancelled by the replay, or gone: the primary tells what is wrong, if anything is.
      return this.rest('failed');
    }
  }

  private async reaches(position: PrimaryPosition): Promise<boolean> {
    const last = performance.now() + WAIT_MS;
    for (;;) {
      const [result] = await this.database.run(probe(position));
      const [isStandby, isReached] = result?.rows[0] ?? [];
      if (isStandby !== 't') throw new Error('this is no standby of the primary');
      if (isReached === 't') return true;
      if (performance.now() > last) return false;
      await pause(PROBE_EVERY_MS);
    }
  }

  private rest(why: 'late' | 'failed'): null {
    this.counts[why] += 1;
    this.restsUntil = performance.now() + REST_MS;
    return null;
  }
}
