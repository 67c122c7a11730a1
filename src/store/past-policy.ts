/** Policies of past instants, compiled from the recorded history of permissions. */
import { Refusal } from '../base/errors.ts';
import { timestamp } from './column.ts';
import type { Database, Transaction } from './database.ts';
import { epochLock, KERNEL, openingFrom, openingStatement } from './opening.ts';
import { compilePolicy, type Policy } from './policy.ts';

/** Each is as large as the present one, and who asks about the past asks about few instants. */
const KEPT_MAX = 4;

export class PastPolicies {
  private readonly database: Database;
  /** By the change that made them, in the order of their last use. */
  private readonly kept = new Map<string, Policy>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.database = database;
  }

  /**
   * The policy as it was at an instant, `YYYY-MM-DD HH:MM:SS.ffffff` UTC; its epoch is the one of
   * then. Tables that have not changed since are those of `present`. Throws `bad_value` for an
   * instant that lies before the recorded history or ahead, and `stale_policy` where the
   * permissions of then contradicted themselves: nobody was let in by them.
   */
  async at(instant: string, present: Policy): Promise<Policy> {
    // One after the other: worlds are large, and all of them together would hold the present up.
    const found = this.last.then(async () => await this.find(instant, present));
    this.last = found.catch(() => {});
    return await found;
  }

  private async find(instant: string, present: Policy): Promise<Policy> {
    return await this.database.transaction(async (transaction) => {
      const change = await lastChange(transaction, instant);
      const kept = this.kept.get(change) ?? (await compileAt(transaction, change, present));
      this.kept.delete(change);
      this.kept.set(change, kept);
      const [oldest] = this.kept.keys();
      if (oldest !== undefined && this.kept.size > KEPT_MAX) this.kept.delete(oldest);
      return kept;
    });
  }
}

/** The instant of the last change that was in force at the instant asked about. */
async function lastChange(transaction: Transaction, instant: string): Promise<string> {
  const [, opened, found] = await transaction.run(
    // With the epoch held, no change is under way that would get an instant before this one.
    epochLock('shared'),
    openingStatement(KERNEL, 'read'),
    {
      text: `select (h.changed_at at time zone 'UTC')::text, (h.since at time zone 'UTC')::text
        from sys.history_at($1::timestamp at time zone 'UTC') h`,
      values: [instant],
    },
  );
  if (instant > openingFrom(opened).at) {
    throw new Refusal('bad_value', 'That instant lies ahead. Ask about one that has passed.');
  }
  const [change = null, since = null] = found?.rows[0] ?? [];
  if (change !== null) return change;
  const begin = since === null ? 'now' : timestamp(since);
  throw new Refusal('bad_value', `Permissions are recorded since ${begin} UTC, not before.`);
}

/** What has ended between the change and the instant asked about has its end with it. */
async function compileAt(
  transaction: Transaction,
  change: string,
  present: Policy,
): Promise<Policy> {
  const [found] = await transaction.run({
    text: `select sys.world_at($1::timestamp at time zone 'UTC')`,
    values: [change],
  });
  try {
    return compilePolicy(String(found?.rows[0]?.[0]), present);
  } catch (cause) {
    const detail = 'The permissions of that instant contradict themselves: they let nobody in.';
    throw new Refusal('stale_policy', detail, { cause });
  }
}
