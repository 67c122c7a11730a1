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

/** Parts of the samples at whose ends the next search has its turn: most bugs are found early. */
const TURNS = [0.01, 0.05, AS_IT_IS_PART, 1];

/** What gives the kernel away: a wrong answer or a crash; null for nothing. */
function given(kernel: Kernel, searches: readonly Search[], part = 1): string | null {
  const ends = TURNS.filter((end) => end <= part);
  try {
    for (const [turn, end] of ends.entries()) {
      for (const { count, find } of searches) {
        const first = Math.ceil(count * (ends[turn - 1] ?? 0));
        const found = find(kernel, first, Math.ceil(count * end));
        if (found !== null) return found;
      }
    }
    return null;
  } catch (error) {
    return String(error);
  }
}
