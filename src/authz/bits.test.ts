import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { addBits, bitsFor, countBits, eachBit, hasBit, setBit } from './bits.ts';

const NUMBERS_MAX = 100;

const setOf = (numbers: Iterable<number>): Int32Array => {
  const bits = bitsFor(NUMBERS_MAX);
  for (const number of numbers) setBit(bits, number);
  return bits;
};

const listOf = (bits: Int32Array): number[] => {
  const numbers: number[] = [];
  eachBit(bits, (number) => numbers.push(number));
  return numbers;
};

const numbers = fc.uniqueArray(fc.nat({ max: NUMBERS_MAX - 1 }));

test('there is room for as many numbers as were asked for, and no word more', () => {
  const words = [0, 1, 31, 32, 33, 64, 65].map((count) => bitsFor(count).length);
  assert.deepEqual(words, [0, 1, 1, 1, 2, 2, 3]);
});

test('a set of bits holds what was put in, ascending, and counts it', () => {
  fc.assert(
    fc.property(numbers, (wanted) => {
      const bits = setOf(wanted);
      assert.deepEqual(
        listOf(bits),
        wanted.toSorted((a, b) => a - b),
      );
      assert.equal(countBits(bits), wanted.length);
      for (let number = 0; number < NUMBERS_MAX; number++) {
        assert.equal(hasBit(bits, number), wanted.includes(number));
      }
    }),
    { seed: 1 },
  );
});

test('the highest bit of a word is one like the others', () => {
  const bits = setOf([0, 31, 32, 63]);
  assert.deepEqual(listOf(bits), [0, 31, 32, 63]);
  assert.equal(countBits(bits), 4);
  assert.equal(countBits(setOf(Array.from({ length: NUMBERS_MAX }, (_, n) => n))), NUMBERS_MAX);
});

test('one set put into another leaves both', () => {
  fc.assert(
    fc.property(numbers, numbers, (some, others) => {
      const bits = setOf(some);
      const added = setOf(others);
      addBits(bits, added);
      const all = new Set([...some, ...others]);
      assert.deepEqual(
        listOf(bits),
        [...all].sort((a, b) => a - b),
      );
      assert.equal(countBits(added), others.length);
    }),
    { seed: 1 },
  );
});
