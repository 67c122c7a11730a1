/** A short soak, and the proof that a contradiction would be found. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomFrom } from '../support/random.ts';
import { growthIn, type Sample } from '../support/soak/memory.ts';
import { type SoakOptions, soak } from '../support/soak/soak.ts';
import { copyDemoFolder } from '../support/test-server.ts';

/** Memory is read from /proc. */
const skip = process.platform === 'linux' ? false : 'needs Linux';
const LIMIT = { skip, timeout: 200_000 };

const shortly = (seed: number, more: Partial<SoakOptions> = {}) =>
  soak({
    ...{ seconds: 5, random: randomFrom(seed), password: 'a password that was said' },
    ...{ prepare: copyDemoFolder },
    ...more,
  });

test(
  'INVARIANT (one-truth): under load, no answer contradicts the worlds in force',
  LIMIT,
  async (t) => {
    const { faults, table } = await shortly(1);
    t.diagnostic(table);
    assert.deepEqual(faults, []);
  },
);

// Stops at the first that is found. The other one, an end that is not told, shows too little.
test('a contradiction is found: an end that is not done', LIMIT, async () => {
  const { faults } = await shortly(2, { seconds: 60, planted: 'an end that is not done' });
  const found = faults.filter((fault) => / in none of \d+ possible worlds /.test(fault));
  assert.ok(found.length > 0, faults.join('\n'));
});

test('memory that grows is told from memory that only wavers, and from too few samples', () => {
  const samples = (megabytes: (at: number) => number): Sample[] =>
    Array.from({ length: 150 }, (_, at) => {
      const bytes = megabytes(at) * 1_000_000;
      return { server: bytes, 'server heap': bytes, PostgreSQL: 100_000_000 };
    });
  assert.deepEqual(growthIn(samples((at) => 200 + (at % 7) * 10)), []);
  assert.deepEqual(growthIn(samples((at) => 200 + at)), [
    'memory of server grew from 245 MB to 335 MB',
    'memory of server heap grew from 245 MB to 335 MB',
  ]);
  assert.equal(growthIn(samples(() => 200).slice(0, 100)), null);
});
