/**
 * Counters of naming series. A number is given once. It is taken in a transaction of its own, so
 * that nobody waits for another's document to be saved: whoever holds a counter until the end of
 * their transaction makes all who create of the same series one queue, each with its own write to
 * the disk. What fails gives its numbers back where nobody took a later one; else they are missing.
 */
import type { Database } from './database.ts';
import type { Result, Statement } from './statement.ts';

/** So many numbers of a series, which follow each other up to `last`. */
export type TakenNumbers = {
  readonly prefix: string;
  readonly count: number;
  readonly last: number;
};

type Asked = {
  readonly prefix: string;
  readonly count: number;
  readonly resolve: (taken: TakenNumbers) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * A counter is on the disk as soon as any later commit is, since the write-ahead log is written in
 * order: with a document goes the number that it has. By itself it need not wait for the disk.
 */
const WITH_NEXT_COMMIT: Statement = {
  text: `select set_config('synchronous_commit', 'off', true)`,
  values: [],
};

/** The counters as one node takes numbers of them: what is wanted at once goes in one statement. */
export class Numbers {
  /** Never one that a transaction holds: it would wait for itself. */
  private readonly database: Database;
  private waiting: Asked[] = [];
  private isBusy = false;

  constructor(database: Database) {
    this.database = database;
  }

  /** @throws Refusal `unavailable` where the database does not answer */
  async take(prefix: string, count: number): Promise<TakenNumbers> {
    return await new Promise((resolve, reject) => {
      this.waiting.push({ prefix, count, resolve, reject });
      if (!this.isBusy) void this.serve();
    });
  }

  /** For a transaction that has certainly written nothing. */
  async giveBack(taken: readonly TakenNumbers[]): Promise<void> {
    if (taken.length > 0) await this.database.run(WITH_NEXT_COMMIT, ...taken.map(backInSeries));
  }

  private async serve(): Promise<void> {
    this.isBusy = true;
    while (this.waiting.length > 0) {
      const asked = this.waiting;
      this.waiting = [];
      try {
        const counts = new Map<string, number>();
        for (const { prefix, count } of asked) {
          counts.set(prefix, (counts.get(prefix) ?? 0) + count);
        }
        const [, result] = await this.database.run(WITH_NEXT_COMMIT, nextInSeries(counts));
        handOut(asked, counts, result);
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    this.isBusy = false;
  }
}

function handOut(
  asked: readonly Asked[],
  counts: ReadonlyMap<string, number>,
  result: Result | undefined,
): void {
  const next = new Map<string, number>();
  for (const [prefix, current] of result?.rows ?? []) {
    next.set(String(prefix), Number(current) - (counts.get(String(prefix)) ?? 0));
  }
  for (const { prefix, count, resolve } of asked) {
    const before = next.get(prefix);
    if (before === undefined) throw new Error(`no number of ${prefix} was given`);
    const last = before + count;
    next.set(prefix, last);
    resolve({ prefix, count, last });
  }
}

/** In one order for everybody, or two who need the same two would wait for each other. */
function nextInSeries(counts: ReadonlyMap<string, number>): Statement {
  return {
    text: `insert into sys.series as s (prefix, current)
      select * from unnest($1::text[], $2::bigint[]) wanted(prefix, count) order by prefix
      on conflict (prefix) do update set current = s.current + excluded.current
      returning prefix, current`,
    values: [[...counts.keys()], [...counts.values()].map(String)],
  };
}

function backInSeries({ prefix, count, last }: TakenNumbers): Statement {
  return {
    text: 'update sys.series set current = current - $2 where prefix = $1 and current = $3',
    values: [prefix, count, last],
  };
}

/** Raises a counter to at least this number, after documents came in with names of their own. */
export function raiseSeries(prefix: string, least: number): Statement {
  return {
    text: `insert into sys.series as s (prefix, current) values ($1, $2)
      on conflict (prefix) do update set current = greatest(s.current, excluded.current)`,
    values: [prefix, least],
  };
}
