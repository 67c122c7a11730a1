/** The properties are only worth something if they find bugs: these are planted, and found. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Principal } from '../../src/authz/principal.ts';
import { randomChanges } from '../model/random-gains.ts';
import { randomWorlds } from '../model/random-world.ts';
import { findDisagreement, type Kernel, referenceRefusal } from './agreement.ts';
import { kernelWith } from './kernel-copy.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';

// Always the same worlds, so that a bug is not found today and missed tomorrow.
const worlds = fc.sample(randomWorlds, { seed: 20261122, numRuns: 200 });
const changes = fc.sample(randomChanges, { seed: 20261122, numRuns: 1500 });

const NOBODY: Principal = { id: '', kind: 'user', actor: null, ceilings: [] };

/** What gives the kernel away: a wrong judgement, a wrong answer or a crash; null for nothing. */
function findBug(kernel: Kernel): string | null {
  try {
    for (const change of changes) {
      const { sample, actor, gains } = change;
      const compiled = kernel.compileWorld(sample.world);
      const refusal = kernel.judgeGains(compiled, { ...NOBODY, id: actor }, gains, sample.now);
      if (refusal !== referenceRefusal(change)) return `judged as ${refusal}`;
    }
    for (const sample of worlds) {
      const found = findDisagreement(kernel, sample, ['read', 'write', 'select', 'create']);
      if (found !== null) return found;
    }
    for (const sample of worlds.slice(0, 60)) {
      const moments = [sample.now, sample.now - 2, sample.now, sample.now + 1];
      const found = findDisagreement(kernel, sample, ['read'], () => {}, moments);
      if (found !== null) return found;
    }
  } catch (error) {
    return String(error);
  }
  return null;
}

test('a copy of the kernel without a planted bug agrees with the reference', async () => {
  assert.equal(findBug(await kernelWith(null, 'as-it-is')), null);
});

for (const [index, planted] of PLANTED_BUGS.entries()) {
  test(`a planted bug is caught: ${planted.bug}`, async () => {
    assert.notEqual(findBug(await kernelWith(planted, `bug-${index + 1}`)), null);
  });
}
