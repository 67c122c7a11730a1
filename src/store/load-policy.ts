/** Loads the policy: what changed since the one that is known, or all of it. */
import { timestamp } from './column.ts';
import { compilePolicy, type Policy, type Position } from './policy.ts';
import { changedPolicy } from './policy-change.ts';
import type { Result, Statement } from './statement.ts';

const POSITION = `c.number, (c.at at time zone 'UTC')::text from sys.last_change() c`;

/** Everything that decides, as the transaction that asks sees it, and its position. */
const WORLD: Statement = { text: `select sys.world(), ${POSITION}`, values: [] };

function worldSince({ change }: Position, epoch: number): Statement {
  return { text: `select sys.world_since($1, $2), ${POSITION}`, values: [change, epoch] };
}

export type Loaded = { readonly policy: Policy; readonly how: 'whole' | 'followed' };

/** What the database gave does not hold together. */
export class BrokenPolicy extends Error {
  override readonly name = 'BrokenPolicy';
  readonly epoch: number;

  constructor(epoch: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.epoch = epoch;
  }
}

/**
 * Follows `known` where it can, and loads everything where it cannot. `run` runs a statement under
 * a claim. With `uncommitted` the changes of the transaction itself count, and nothing can follow
 * what comes of it. Throws `BrokenPolicy`, and never gives a part of a policy.
 */
export async function loadPolicy(
  run: (statement: Statement) => Promise<Result | undefined>,
  known: Policy | null,
  { uncommitted }: { readonly uncommitted: boolean },
): Promise<Loaded> {
  if (known?.position) {
    const told = await run(worldSince(known.position, known.world.epoch));
    const policy = followed(told, known, uncommitted);
    if (policy) return { policy, how: 'followed' };
  }
  const result = await run(WORLD);
  const text = String(result?.rows[0]?.[0]);
  try {
    const position = uncommitted ? null : positionFrom(result);
    // Nothing of what was known stays, what was learnt of cells included: where changes cannot be
    // followed, the database may be another one, as after a restore.
    return { policy: compilePolicy(text, null, position), how: 'whole' };
  } catch (cause) {
    throw new BrokenPolicy(epochIn(text), cause);
  }
}

/** Null where the changes cannot be told or put in force: then the whole world is asked for. */
function followed(result: Result | undefined, known: Policy, uncommitted: boolean): Policy | null {
  const text = result?.rows[0]?.[0] ?? null;
  if (text === null) return null;
  try {
    return changedPolicy(text, known, uncommitted ? null : positionFrom(result));
  } catch {
    // Whether the world holds together is said by all of it.
    return null;
  }
}

function positionFrom(result: Result | undefined): Position | null {
  const [, change = null, at = null] = result?.rows[0] ?? [];
  if (change === null || at === null) return null;
  const moment = timestamp(at);
  return {
    change: Number(change),
    at: Date.parse(`${moment.slice(0, 10)}T${moment.slice(11, 23)}Z`),
  };
}

function epochIn(text: string): number {
  try {
    return Number((JSON.parse(text) as { epoch: unknown }).epoch);
  } catch {
    return Number.NaN;
  }
}
