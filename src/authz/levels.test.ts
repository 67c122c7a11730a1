import assert from 'node:assert/strict';
import test from 'node:test';
import { levelSet, levelsIn } from './levels.ts';

const ALL = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

test('a set has the levels whose bits are set, and no others', () => {
  assert.deepEqual([...levelsIn(0)], []);
  assert.deepEqual([...levelsIn(0b1)], [0]);
  assert.deepEqual([...levelsIn(0b10_0000_0110)], [1, 2, 9]);
  assert.deepEqual([...levelsIn(0b11_1111_1111)], ALL);
});

test('bits that stand for something else are no levels', () => {
  const other = 1 << 10;
  assert.deepEqual([...levelsIn(other | 0b100)], [2]);
  assert.deepEqual([...levelSet(other)], []);
  assert.deepEqual([...levelSet(-1)], ALL);
});

test('of the same levels there is one set', () => {
  assert.equal(levelSet(0b101), levelSet(0b101));
  assert.equal(levelSet(0b101), levelSet((1 << 10) | 0b101));
  assert.notEqual(levelSet(0b101), levelSet(0b100));
  assert.notEqual(levelSet(1 << 9), levelSet(0));
});
