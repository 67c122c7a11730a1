/** How often a property runs, and from which seed. */
import type { TestContext } from 'node:test';
import fc from 'fast-check';

const SEED_RANGE = 2 ** 31;

/**
 * Checks a property on `runs` random inputs, or on `PROPERTY_RUNS` where that is more. A failure
 * prints the seed and the smallest input found; `PROPERTY_SEED` runs the same inputs again.
 */
export function holdsForAll<Input>(
  context: TestContext,
  runs: number,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => void,
): void {
  const numRuns = Math.max(runs, numberFrom('PROPERTY_RUNS') ?? 0);
  const seed = numberFrom('PROPERTY_SEED') ?? Math.floor(Math.random() * SEED_RANGE);
  context.diagnostic(`seed ${seed}, ${numRuns} runs`);
  fc.assert(fc.property(inputs, check), { numRuns, seed });
}

function numberFrom(variable: string): number | null {
  const text = process.env[variable];
  if (text === undefined || text === '') return null;
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`\`${variable}\` is no whole number: ${text}`);
  return number;
}
