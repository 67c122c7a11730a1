/**
 * All that is tried on a mutant of the kernel. It is loaded from the sandbox, beside the
 * instrumented kernel.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as kernel from '../../src/authz/index.ts';
import { workAsideBy } from '../properties/remembering.ts';
import { SEARCHES, type Search } from '../properties/searches.ts';
import { type Collected, takeCollected } from './collected-tests.ts';

/** Fails by throwing. */
export type KernelTest = { readonly name: string; readonly run: () => void | Promise<void> };

/** The ways of whoever switches mutants on and off. */
export type Switching = {
  /** Does some work with the kernel as it is, and without counting what it covers. */
  readonly aside: <Value>(work: () => Value) => Value;
  /** Does some work with the kernel as it is; true where the kernel had a part in it. */
  readonly usesKernel: (work: () => Promise<void>) => Promise<boolean>;
};

const ROOT = join(import.meta.dirname, '../..');

/** Tests told by example, each file as one. */
const FILES = [
  'src/authz/*.test.ts',
  'test/model/*.test.ts',
  'test/scenarios/scenarios-kernel.test.ts',
];

/** Of searches with many samples: the others take too long for what they still find. */
const SAMPLES_MAX = 1000;

/** The variable with the share of all samples that is tried, from 0 to 1. */
export const SHARE_VARIABLE = 'MUTATION_SAMPLES';

/** Shares of a search's samples: most mutants give themselves away on the first of them. */
const SHARES = [0, 0.03, 0.2, 1];

/** The shortest first: files, then each search's first samples, then the rest of them. */
export function kernelTests(switching: Switching): KernelTest[] {
  workAsideBy(switching.aside);
  const most = Number(process.env[SHARE_VARIABLE] ?? 1);
  const files = globSync(FILES, { cwd: ROOT }).sort();
  const parts = SHARES.slice(1).flatMap((share, index) => {
    const [from, to] = [SHARES[index] ?? 0, Math.min(share, most)];
    if (from >= to) return [];
    return Object.entries(SEARCHES).map(([name, search]) => searchTest(name, search, from, to));
  });
  return [...files.map((path) => fileTest(path, switching)), ...parts];
}

let loadings = 0;

async function testsOf(path: string): Promise<Collected[]> {
  takeCollected();
  await import(`${pathToFileURL(join(ROOT, path)).href}?${++loadings}`);
  return takeCollected();
}

/** Where the kernel is asked while the file loads, the file is loaded anew each time. */
function fileTest(path: string, { usesKernel }: Switching): KernelTest {
  let kept: Collected[] | null | undefined;
  const keep = async (): Promise<void> => {
    kept = await testsOf(path);
  };
  return {
    name: path,
    run: async () => {
      if (kept === undefined && (await usesKernel(keep))) kept = null;
      for (const { run } of kept ?? (await testsOf(path))) await run();
    },
  };
}

function searchTest(name: string, search: Search, from: number, to: number): KernelTest {
  const count = Math.min(search.count, SAMPLES_MAX);
  const [first, last] = [Math.round(from * count), Math.round(to * count)];
  return {
    name: `${name} ${first} to ${last}`,
    run: () => {
      const found = search.find(kernel, first, last);
      if (found !== null) throw new Error(found);
    },
  };
}
