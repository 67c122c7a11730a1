import assert from 'node:assert/strict';
import test from 'node:test';
import { childrenOf, coverageFilter, coverageOf, covers } from './coverage.ts';
import { ALWAYS, NEVER } from './filter.ts';
import { matches } from './matches.ts';

function treeOf(parents: Iterable<readonly [string, string | null]>) {
  return childrenOf({ dimension: 'Branch', parents: new Map(parents) });
}

/** What these values of one dimension cover; a name that ends in `/` is with descendants. */
function covered(values: readonly string[], children = treeOf([])) {
  const scope = values.map((text) => ({
    dimension: 'Branch',
    value: text.replace(/\/$/, ''),
    descendants: text.endsWith('/'),
  }));
  const coverage = coverageOf(scope, new Map([['Branch', children]]));
  const [only] = coverage.values();
  assert.ok(only);
  return only;
}

test('a value stands for itself first, and with its descendants when it comes again', () => {
  const tree = treeOf([
    ['North', null],
    ['Leeds', 'North'],
    ['Shop', 'Leeds'],
  ]);
  const names = (values: string[]) => [...covered(values, tree).values].sort();
  assert.deepEqual(names(['North']), ['North']);
  assert.deepEqual(names(['Leeds/']), ['Leeds', 'Shop']);
  assert.deepEqual(names(['Leeds', 'North/']), ['Leeds', 'North', 'Shop']);
  assert.deepEqual(names(['North', 'North/']), ['Leeds', 'North', 'Shop']);
  assert.deepEqual(names(['Gone/']), ['Gone'], 'a value the tree does not know has no descendants');
});

test('the condition on a field covers what the check covers', () => {
  for (const values of [['*'], ['(blank)'], ['*', '(blank)'], ['Leeds'], ['Leeds', '(blank)']]) {
    const coverage = covered(values);
    const filter = coverageFilter(coverage, 'branch');
    for (const branch of [null, 'Leeds', 'London', '*', '(blank)', 7]) {
      const isListed = matches(filter, { branch }, 'ada');
      assert.equal(isListed, covers(coverage, branch), `${values} and ${branch}`);
    }
  }
  assert.equal(coverageFilter(covered(['*', '(blank)']), 'branch'), ALWAYS);
  assert.equal(coverageFilter({ any: false, blank: false, values: new Set() }, 'branch'), NEVER);
});

test('a number is not the name it looks like', () => {
  assert.ok(covers(covered(['7']), '7'));
  assert.ok(!covers(covered(['7']), 7));
});

test('a cycle, however long, and a missing parent are errors that name the place', () => {
  assert.throws(() => treeOf([['A', 'A']]), /Branch has a cycle through `A`/);
  const ring = [
    ['Root', null],
    ['A', 'C'],
    ['B', 'A'],
    ['C', 'B'],
  ] as const;
  assert.throws(() => treeOf(ring), /cycle/);
  assert.throws(() => treeOf([['A', 'Z']]), /`A` has a parent that is not there: `Z`/);
});

test('a tree ten thousand deep, and one two hundred thousand wide, are walked', () => {
  const deep = treeOf(
    Array.from({ length: 10_000 }, (_, i) => [`B${i}`, i === 0 ? null : `B${i - 1}`] as const),
  );
  assert.equal(covered(['B0/'], deep).values.size, 10_000);
  const wide = treeOf(
    Array.from({ length: 200_000 }, (_, i) => [`B${i}`, i === 0 ? null : 'B0'] as const),
  );
  assert.equal(covered(['B0/'], wide).values.size, 200_000);
});
