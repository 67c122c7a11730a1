import assert from 'node:assert/strict';
import test from 'node:test';
import { coverageFilter, coverageOf, coveredValues, covers, joinCoverages } from './coverage.ts';
import { compileDimension } from './dimension.ts';
import { ALWAYS, NEVER } from './filter.ts';
import { matches } from './matches.ts';
import { joinSpans } from './spans.ts';

function treeOf(parents: Iterable<readonly [string, string | null]>) {
  return compileDimension('Branch', { dimension: 'Branch', parents: new Map(parents) }, []);
}

/** What these values of one dimension cover; a name that ends in `/` is with descendants. */
function covered(values: readonly string[], dimension = treeOf([])) {
  const scope = values.map((text) => ({
    dimension: 'Branch',
    value: text.replace(/\/$/, ''),
    descendants: text.endsWith('/'),
  }));
  const coverage = coverageOf(scope, new Map([['Branch', dimension]]));
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
  const names = (values: string[]) => coveredValues(covered(values, tree), tree);
  assert.deepEqual(names(['North']), ['North']);
  assert.deepEqual(names(['Leeds/']), ['Leeds', 'Shop']);
  assert.deepEqual(names(['Leeds', 'North/']), ['Leeds', 'North', 'Shop']);
  assert.deepEqual(names(['North', 'North/']), ['Leeds', 'North', 'Shop']);
  assert.deepEqual(names(['Gone/']), ['Gone'], 'a value the tree does not know has no descendants');
});

test('the condition on a field covers what the check covers', () => {
  for (const values of [['*'], ['(blank)'], ['*', '(blank)'], ['Leeds'], ['Leeds', '(blank)']]) {
    const coverage = covered(values);
    const filter = coverageFilter(coverage, treeOf([]), 'branch');
    for (const branch of [null, 'Leeds', 'London', '*', '(blank)', 7]) {
      const isListed = matches(filter, { branch }, 'ada');
      assert.equal(isListed, covers(coverage, treeOf([]), branch), `${values} and ${branch}`);
    }
  }
  assert.equal(coverageFilter(covered(['*', '(blank)']), undefined, 'branch'), ALWAYS);
  const { any, blank, spans, strangers } = covered(['Leeds']);
  assert.deepEqual([any, blank, spans.length, strangers.size], [false, false, 0, 1]);
  const nothing = { any, blank, spans, strangers: new Set<string>() };
  assert.equal(coverageFilter(nothing, undefined, 'branch'), NEVER);
});

test('a number is not the name it looks like', () => {
  assert.ok(covers(covered(['7']), undefined, '7'));
  assert.ok(!covers(covered(['7']), undefined, 7));
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
  assert.equal(coveredValues(covered(['B0/'], deep), deep).length, 10_000);
  const wide = treeOf(
    Array.from({ length: 200_000 }, (_, i) => [`B${i}`, i === 0 ? null : 'B0'] as const),
  );
  assert.equal(coveredValues(covered(['B0/'], wide), wide).length, 200_000);
});

test('spans that overlap, touch or lie inside one another become one', () => {
  const joined = (...pairs: number[]) => [...joinSpans(pairs)];
  assert.deepEqual(joined(), []);
  assert.deepEqual(joined(4, 6), [4, 6]);
  assert.deepEqual(joined(4, 6, 0, 1), [0, 1, 4, 6]);
  assert.deepEqual(joined(4, 6, 0, 3), [0, 6]);
  assert.deepEqual(joined(0, 9, 3, 4, 11, 11), [0, 9, 11, 11]);
  assert.deepEqual(joined(0, 0, 0, 0), [0, 0]);
});

test('without a tree, a blank is covered by `(blank)` alone, and anything else by `*` or its name', () => {
  const answers = (values: readonly string[]) =>
    [null, 'Leeds', 7].map((value) => covers(covered(values), undefined, value));
  assert.deepEqual(answers(['(blank)']), [true, false, false]);
  assert.deepEqual(answers(['*']), [false, true, true]);
  assert.deepEqual(answers(['Leeds']), [false, true, false]);
  assert.deepEqual(answers(['London']), [false, false, false]);
});

test('coverages that are joined cover what any of them does, and no more', () => {
  const tree = treeOf([
    ['North', null],
    ['Leeds', 'North'],
    ['South', null],
  ]);
  const joined = (...all: string[][]) => joinCoverages(all.map((values) => covered(values, tree)));
  const names = (...all: string[][]) => coveredValues(joined(...all), tree);
  assert.deepEqual(names(['Leeds'], ['Gone'], ['South', 'Past']), [
    'Gone',
    'Leeds',
    'Past',
    'South',
  ]);
  const flags = (...all: string[][]) => [joined(...all).any, joined(...all).blank];
  assert.deepEqual(flags(['Leeds'], ['South']), [false, false]);
  assert.deepEqual(flags(['*'], ['South']), [true, false]);
  assert.deepEqual(flags(['South'], ['(blank)']), [false, true]);
  assert.deepEqual(flags(['(blank)'], ['*']), [true, true]);
});
