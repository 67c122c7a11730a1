/** How often a property runs, and from which seed. */
import type { TestContext } from 'node:test';
import fc from 'fast-check';

const IN_TURN_MS_MAX = 200_000;
const SEED_RANGE = 2 ** 31;

/** The same inputs for everybody who tests a change: what fails then, fails by the change. */
const SEED = 20_261_122;

/**
 * Checks a property on `runs` random inputs, or on `PROPERTY_RUNS` where that is more. They come
 * from one fixed seed, or from `PROPERTY_SEED`, which is a number or `random` for inputs that
 * nobody has seen. A failure prints the seed and the smallest input found.
 */
export function holdsForAll<Input>(
  context: TestContext,
  runs: number,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => void,
): void {
  fc.assert(fc.property(inputs, check), parametersOf(context, runs));
}

/** The same for a check that waits for something, such as a database. */
export async function holdsForAllInTurn<Input>(
  context: TestContext,
  runs: number,
  inputs: fc.Arbitrary<Input>,
  check: (input: Input) => Promise<void>,
): Promise<void> {
  // Making a counterexample smaller asks the database a thousand times, and ends after a while.
  const limits = { interruptAfterTimeLimit: IN_TURN_MS_MAX, markInterruptAsFailure: true };
  await fc.assert(fc.asyncProperty(inputs, check), { ...parametersOf(context, runs), ...limits });
}

function parametersOf(context: TestContext, runs: number) {
  const numRuns = Math.max(runs, numberFrom('PROPERTY_RUNS') ?? 0);
  const isRandom = process.env['PROPERTY_SEED'] === 'random';
  const seed = isRandom
    ? Math.floor(Math.random() * SEED_RANGE)
    : (numberFrom('PROPERTY_SEED') ?? SEED);
  context.diagnostic(`seed ${seed}, ${numRuns} runs`);
  return { numRuns, seed };
}

function numberFrom(variable: string): number | null {
  const text = process.env[variable];
  if (text === undefined || text === '') return null;
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error(`\`${variable}\` is no whole number: ${text}`);
  return number;
}
