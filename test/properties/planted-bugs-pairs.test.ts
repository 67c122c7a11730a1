/** The count of personal pairs is only worth something if bugs in it are found. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { randomWorldChanges } from '../model/random-change.ts';
import { randomGainChanges } from '../model/random-gain-change.ts';
import type { Kernel } from './agreement.ts';
import { kernelWith } from './kernel-copy.ts';
import { NARROW_CHANGES } from './narrow-changes.ts';
import { eachAlone, findPairsMistake } from './personal-pairs.ts';
import { PAIRS_BUGS } from './planted-bugs-pairs.ts';

// Always the same, so that a bug is not found today and missed tomorrow.
const worldChanges = fc.sample(randomWorldChanges, { seed: 20261122, numRuns: 100 });
const gainChanges = fc.sample(randomGainChanges, { seed: 20261122, numRuns: 100 });
const narrow = NARROW_CHANGES.map(([change]) => change);
const all = [...narrow, ...worldChanges, ...gainChanges, ...worldChanges.flatMap(eachAlone)];

/** What gives the kernel away: a wrong number or a crash; null for nothing. */
function given(kernel: Kernel): string | null {
  try {
    for (const change of all) {
      const found = findPairsMistake(kernel, change);
      if (found !== null) return found;
    }
    return null;
  } catch (error) {
    return String(error);
  }
}

test('a copy of the kernel without a planted bug counts like the reference', async () => {
  assert.equal(given(await kernelWith(null, 'as-it-is')), null);
});

for (const [index, planted] of PAIRS_BUGS.entries()) {
  test(`a planted bug is caught: ${planted.bug}`, async () => {
    assert.notEqual(given(await kernelWith(planted, `pairs-${index + 1}`)), null);
  });
}
