import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Boundaries } from './boundaries.ts';

const moment = fc.option(fc.integer({ min: 0, max: 30 }));
const items = fc.array(fc.record({ from: moment, until: moment }), { maxLength: 12 });

test('what begins or ends is found between two moments, whoever came and went meanwhile', () => {
  let steady = 0;
  let turned = 0;
  fc.assert(
    fc.property(items, items, fc.nat(12), fc.nat(31), fc.nat(31), (first, added, gone, a, b) => {
      const left = first.slice(gone);
      const now = Boundaries.of(first).turned(first.slice(0, gone), added);
      const all = [...left, ...added].flatMap(({ from, until }) => [from, until]);
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const isSteady = !all.some((one) => one !== null && low < one && one <= high);
      assert.equal(now.isSteadyBetween(a, b), isSteady);
      assert.deepEqual(now, Boundaries.of([...left, ...added]));
      if (isSteady) steady += 1;
      else turned += 1;
    }),
    { numRuns: 500, seed: 7 },
  );
  assert.ok(steady > 50 && turned > 50, `${steady} and ${turned}`);
});
