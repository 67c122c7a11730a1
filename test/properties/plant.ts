/** Tests that bugs are found which are planted in a copy of the kernel. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Kernel } from './agreement.ts';
import { kernelWith } from './kernel-copy.ts';
import type { PlantedBug } from './planted-bugs.ts';
import type { Search } from './searches.ts';

/** Of the samples: enough to see that a copy works. The properties ask the kernel about all. */
const AS_IT_IS_PART = 0.25;

export type Suite = {
  readonly name: string;
  readonly bugs: readonly PlantedBug[];
  /** What has to find each of the bugs, and nothing in the kernel as it is. */
  readonly searches: readonly Search[];
};

/** One test for the kernel as it is, and one for each bug. */
export function plant(suites: readonly Suite[]): void {
  test('a copy of the kernel without a planted bug agrees with the reference', async () => {
    const kernel = await kernelWith(null, 'as-it-is');
    for (const { searches, name } of suites) {
      assert.equal(given(kernel, searches, AS_IT_IS_PART), null, name);
    }
  });
  for (const { name, bugs, searches } of suites) {
    for (const [index, planted] of bugs.entries()) {
      test(`a planted bug is caught: ${planted.bug}`, async () => {
        assert.notEqual(given(await kernelWith(planted, `${name}-${index + 1}`), searches), null);
      });
    }
  }
}

/** What gives the kernel away: a wrong answer or a crash; null for nothing. */
function given(kernel: Kernel, searches: readonly Search[], part = 1): string | null {
  try {
    for (const search of searches) {
      const found = search.find(kernel, 0, Math.ceil(search.count * part));
      if (found !== null) return found;
    }
    return null;
  } catch (error) {
    return String(error);
  }
}
