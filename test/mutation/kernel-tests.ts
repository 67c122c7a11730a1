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
import { takeCollected } from './collected-tests.ts';

/** Fails by throwing. */
export type KernelTest = { readonly name: string; readonly run: () => void | Promise<void> };

const ROOT = join(import.meta.dirname, '../..');

/** Tests told by example, each file as one. */
const FILES = [
  'src/authz/*.test.ts',
  'test/model/*.test.ts',
  'test/scenarios/scenarios-kernel.test.ts',
];

/** Shares of a search's samples: most mutants give themselves away on the first of them. */
const SHARES = [0, 0.04, 0.2, 1];

/** Of searches with many samples: the others take too long for what they still find. */
const SAMPLES_MAX = 1000;

/** The shortest first: files, then each search's first samples, then the rest of them. */
export function kernelTests(aside: <Value>(work: () => Value) => Value): KernelTest[] {
  workAsideBy(aside);
  const files = globSync(FILES, { cwd: ROOT }).sort();
  const shares = SHARES.slice(1).flatMap((to, index) =>
    Object.entries(SEARCHES).map(([name, search]) =>
      searchTest(name, search, SHARES[index] ?? 0, to),
    ),
  );
  return [...files.map(fileTest), ...shares];
}

let loadings = 0;

/** The file is loaded anew each time: much of what it tests happens while it loads. */
function fileTest(path: string): KernelTest {
  return {
    name: path,
    run: async () => {
      takeCollected();
      await import(`${pathToFileURL(join(ROOT, path)).href}?${++loadings}`);
      for (const { run } of takeCollected()) await run();
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
