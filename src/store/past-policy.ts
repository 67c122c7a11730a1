/** Policies of past instants, compiled from the recorded history of permissions. */

import { applyChange, type CompiledWorld, compileWorld, type ValueRename } from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import { timestamp } from './column.ts';
import type { Database, Transaction } from './database.ts';
import { epochLock, KERNEL, openingFrom, openingStatement } from './opening.ts';
import { compilePolicy, type Policy } from './policy.ts';

/** Each is as large as the present one, and who asks about the past asks about few instants. */
const KEPT_MAX = 4;

/** A policy of then in the names of now. */
export type PastPolicy = Policy & {
  /** Doctypes of which documents have become one since: it cannot be told apart any more. */
  readonly merged: ReadonlySet<string>;
};

export class PastPolicies {
  private readonly database: Database;
  /** By the change that made them, in the order of their last use. */
  private readonly kept = new Map<string, PastPolicy>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.database = database;
  }

  /**
   * The policy as it was at an instant, `YYYY-MM-DD HH:MM:SS.ffffff` UTC; its epoch is the one of
   * then. Tables that have not changed since are those of `present`. Throws `bad_value` for an
   * instant that lies before the recorded history or ahead, and `stale_policy` where the
   * permissions of then contradicted themselves: nobody was let in by them. What was renamed since
   * has its new name, as it has in the documents that are asked about.
   */
  async at(instant: string, present: Policy): Promise<PastPolicy> {
    // One after the other: worlds are large, and all of them together would hold the present up.
    const found = this.last.then(async () => await this.find(instant, present));
    this.last = found.catch(() => {});
    return await found;
  }

  private async find(instant: string, present: Policy): Promise<PastPolicy> {
    return await this.database.transaction(async (transaction) => {
      const change = await lastChange(transaction, instant);
      const renames = await namesSince(transaction, change);
      const key = `${change} ${renames.length}`;
      const kept = this.kept.get(key) ?? (await compileAt(transaction, change, present, renames));
      this.kept.delete(key);
      this.kept.set(key, kept);
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

async function namesSince(
  transaction: Transaction,
  change: string,
): Promise<readonly ValueRename[]> {
  const [found] = await transaction.run({
    text: `select sys.names_since($1::timestamp at time zone 'UTC')`,
    values: [change],
  });
  return JSON.parse(String(found?.rows[0]?.[0]));
}

/** What has ended between the change and the instant asked about has its end with it. */
async function compileAt(
  transaction: Transaction,
  change: string,
  present: Policy,
  renames: readonly ValueRename[],
): Promise<PastPolicy> {
  const [found] = await transaction.run({
    text: `select sys.world_at($1::timestamp at time zone 'UTC')`,
    values: [change],
  });
  try {
    const policy = compilePolicy(String(found?.rows[0]?.[0]), present);
    const merged = new Set(renames.flatMap((one) => (one.merges ? [one.dimension] : [])));
    return { ...policy, world: inNamesOfNow(policy.world, renames), merged };
  } catch (cause) {
    const detail = 'The permissions of that instant contradict themselves: they let nobody in.';
    throw new Refusal('stale_policy', detail, { cause });
  }
}

/** One after the other: what was renamed twice has had three names. */
function inNamesOfNow(world: CompiledWorld, renames: readonly ValueRename[]): CompiledWorld {
  if (renames.length === 0) return world;
  const { epoch } = world.source;
  const renamed = renames.reduce(
    (source, rename) => ({ ...applyChange(source, { renames: [rename] }), epoch }),
    world.source,
  );
  return compileWorld(renamed);
}
