/** What a benchmark is, and what it says: `bench/NAME.bench.ts` exports one as `benchmark`. */

/** One thing measured; where there is a baseline, both were measured side by side in one run. */
export type Result = {
  readonly metric: string;
  readonly ours: number;
  readonly baseline: number | null;
  readonly baseline_name: string | null;
  /** Ours divided by the baseline. */
  readonly ratio: number | null;
  /** Unit of `ours` and `baseline`. */
  readonly unit: string;
  /** The most that `ratio` may be, or `ours` where there is no ratio; null is for information. */
  readonly target: number | null;
  readonly met: boolean | null;
};

export type Outcome = {
  /** How PostgreSQL keeps what was committed, as it says itself. */
  readonly settings: Readonly<Record<string, string>>;
  /** Of PostgreSQL and of packages that were measured. */
  readonly versions: Readonly<Record<string, string>>;
  readonly results: readonly Result[];
};

export type BenchmarkContext = {
  readonly root: string;
  /** A data folder to make once and use again; null for one of this run alone. */
  readonly dataDir: string | null;
  /** What random worlds are made from. */
  readonly seed: number;
  /** The part of its full size that is asked for, 1 for all of it; where it has sizes. */
  readonly scale: number;
  readonly log: (line: string) => void;
};

export type Benchmark = {
  readonly seed: number;
  readonly run: (context: BenchmarkContext) => Promise<Outcome>;
};

/** A result with a baseline: `pairs` are [ours, baseline] of rounds that followed each other. */
export function compared(
  metric: string,
  unit: string,
  baselineName: string,
  pairs: readonly (readonly [number, number])[],
  target: number | null,
): Result {
  // Of each round's own ratio: what slows the machine for a while slows both sides of a round.
  const ratio = rounded(median(pairs.map(([ours, baseline]) => ours / baseline)));
  return {
    metric,
    ours: rounded(median(pairs.map(([ours]) => ours))),
    baseline: rounded(median(pairs.map(([, baseline]) => baseline))),
    baseline_name: baselineName,
    ratio,
    unit,
    target,
    met: target === null ? null : ratio <= target,
  };
}

/** A result that stands for itself. */
export function absolute(
  metric: string,
  unit: string,
  value: number,
  target: number | null,
): Result {
  const ours = rounded(value);
  const met = target === null ? null : ours <= target;
  return { metric, ours, baseline: null, baseline_name: null, ratio: null, unit, target, met };
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('a median of nothing');
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
