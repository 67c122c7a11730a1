/** Policies of past instants, compiled from the recorded history of permissions. */
import { Refusal } from '../base/errors.ts';
import { timestamp } from './column.ts';
import type { Database } from './database.ts';
import { epochLock, KERNEL, openingFrom, openingStatement } from './opening.ts';
import { compilePolicy, type Policy } from './policy.ts';

/** Each is as large as the present one; somebody who asks about the past asks about few instants. */
const KEPT_MAX = 4;

export class PastPolicies {
  private readonly database: Database;
  /** By instant, in the order of their last use. What is past does not change any more. */
  private readonly kept = new Map<string, Promise<Policy>>();

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
    const policy = this.kept.get(instant) ?? this.load(instant, present);
    this.kept.delete(instant);
    this.kept.set(instant, policy);
    const [oldest] = this.kept.keys();
    if (oldest !== undefined && this.kept.size > KEPT_MAX) this.kept.delete(oldest);
    try {
      return await policy;
    } catch (error) {
      if (this.kept.get(instant) === policy) this.kept.delete(instant);
      throw error;
    }
  }

  private async load(instant: string, present: Policy): Promise<Policy> {
    const { opening, recorded, since } = await this.database.transaction(async (transaction) => {
      // With the epoch held, no change is under way that would get an instant before this one.
      const [, opened, found] = await transaction.run(
        epochLock('shared'),
        openingStatement(KERNEL, 'read'),
        {
          text: `select sys.world_at($1::timestamp at time zone 'UTC'),
            (sys.history_since() at time zone 'UTC')::text`,
          values: [instant],
        },
      );
      const [world = null, begin = null] = found?.rows[0] ?? [];
      return { opening: openingFrom(opened), recorded: world, since: begin };
    });
    if (instant > opening.at) {
      throw new Refusal('bad_value', 'That instant lies ahead. Ask about one that has passed.');
    }
    if (recorded === null) {
      const begin = since === null ? 'now' : timestamp(since);
      throw new Refusal('bad_value', `Permissions are recorded since ${begin} UTC, not before.`);
    }
    try {
      return compilePolicy(recorded, present);
    } catch (cause) {
      const detail = 'The permissions of that instant contradict themselves: they let nobody in.';
      throw new Refusal('stale_policy', detail, { cause });
    }
  }
}
