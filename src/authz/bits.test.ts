import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { addBits, bitsFor, hasBit, setBit } from './bits.ts';

const NUMBERS_MAX = 100;

const setOf = (numbers: Iterable<number>): Int32Array => {
  const bits = bitsFor(NUMBERS_MAX);
  for (const number of numbers) setBit(bits, number);
  return bits;
};

const listOf = (bits: Int32Array): number[] =>
  Array.from({ length: NUMBERS_MAX }, (_, number) => number).filter((one) => hasBit(bits, one));

const ascending = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

const numbers = fc.uniqueArray(fc.nat({ max: NUMBERS_MAX - 1 }));

test('there is room for as many numbers as were asked for, and no word more', () => {
  const words = [0, 1, 31, 32, 33, 64, 65].map((count) => bitsFor(count).length);
  assert.deepEqual(words, [0, 1, 1, 1, 2, 2, 3]);
});

test('a set of bits holds what was put in, and nothing else', () => {
  fc.assert(
    fc.property(numbers, (wanted) => {
      assert.deepEqual(listOf(setOf(wanted)), ascending(wanted));
    }),
    { seed: 1 },
  );
});

test('the highest bit of a word is one like the others', () => {
  assert.deepEqual(listOf(setOf([0, 31, 32, 63])), [0, 31, 32, 63]);
});

test('one set put into another leaves both', () => {
  fc.assert(
    fc.property(numbers, numbers, (some, others) => {
      const bits = setOf(some);
      const added = setOf(others);
      addBits(bits, added);
      assert.deepEqual(listOf(bits), ascending(new Set([...some, ...others])));
      assert.deepEqual(listOf(added), ascending(others));
    }),
    { seed: 1 },
  );
});
