/** Sets of numbers as spans: what they have in common, within each other, and left over. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { areSpansWithin, commonSpans, doSpansMeet } from '../../src/authz/spans.ts';

const spans = (...numbers: number[]) => Int32Array.from(numbers);
const NONE = spans();

test('nothing meets nothing, whatever the first number is', () => {
  for (const some of [spans(0, 0), spans(0, 3), spans(4, 6)]) {
    assert.equal(doSpansMeet(NONE, some), false);
    assert.equal(doSpansMeet(some, NONE), false);
    assert.deepEqual(commonSpans(some, NONE), NONE);
    assert.deepEqual(commonSpans(NONE, some), NONE);
    assert.equal(areSpansWithin(some, NONE), false);
    assert.equal(areSpansWithin(NONE, some), true);
  }
});

test('spans beside each other do not meet, and those that share one number do', () => {
  for (const [one, other, meets] of [
    [spans(1, 2), spans(3, 6), false],
    [spans(1, 3), spans(3, 6), true],
    [spans(1, 2, 7, 9), spans(3, 6), false],
    [spans(1, 2, 6, 9), spans(3, 6), true],
  ] as const) {
    assert.equal(doSpansMeet(one, other), meets);
    assert.equal(doSpansMeet(other, one), meets);
    assert.equal(commonSpans(one, other).length > 0, meets);
  }
});

test('what is in both is the same either way', () => {
  for (const [one, other, common] of [
    [spans(0, 9), spans(1, 2, 4, 5), spans(1, 2, 4, 5)],
    [spans(1, 4, 6, 9), spans(3, 7), spans(3, 4, 6, 7)],
    [spans(1, 2, 4, 5), spans(2, 2, 5, 8), spans(2, 2, 5, 5)],
    [spans(1, 2), spans(4, 5), NONE],
  ] as const) {
    assert.deepEqual(commonSpans(one, other), common);
    assert.deepEqual(commonSpans(other, one), common);
  }
});
