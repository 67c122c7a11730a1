/**
 * Stands in for `node:test` where the files of tests are run again and again in one process: it
 * keeps the tests of a file, and whoever loaded the file runs them.
 */

/** What tests use of `node:test`'s own context. */
type Context = { readonly diagnostic: (message: string) => void };
type Run = (context: Context) => unknown;
type Options = { readonly skip?: boolean | string };

export type Collected = { readonly name: string; readonly run: () => unknown };

let collected: Collected[] = [];

const CONTEXT: Context = { diagnostic: () => {} };

/** The tests that came in since the last time. */
export function takeCollected(): Collected[] {
  const taken = collected;
  collected = [];
  return taken;
}

export function test(name: string, first: Options | Run, second?: Run): void {
  const run = typeof first === 'function' ? first : second;
  if (run === undefined) throw new Error(`the test \`${name}\` does nothing`);
  if (typeof first === 'object' && (first.skip ?? false) !== false) return;
  collected.push({ name, run: () => run(CONTEXT) });
}

export default test;
