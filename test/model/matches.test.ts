import assert from 'node:assert/strict';
import test from 'node:test';
import type { Comparison, Filter, Scalar } from '../../src/authz/filter.ts';
import { fieldValue, matches } from '../../src/authz/matches.ts';
import { meets } from './reference-filter.ts';

function holds(filter: Filter, value: Scalar | null): boolean {
  const answer = matches(filter, { field: value }, 'ada');
  assert.equal(meets(filter, { field: value }, 'ada'), answer, 'the reference disagrees');
  return answer;
}

const like = (pattern: string): Filter => ({ kind: 'like', field: 'field', pattern });

test('a pattern: `%` any run, `_` one character, `\\` the next as it is, in either case', () => {
  const cases: readonly (readonly [pattern: string, value: string, isLike: boolean])[] = [
    ['INV%', 'inv-2026-1', true],
    ['%2026%', 'INV-2026-1', true],
    ['%-1', 'INV-2026-1', true],
    ['%-1', 'INV-2026-12', false],
    ['a_c', 'abc', true],
    ['a_c', 'ac', false],
    ['a_c', 'abbc', false],
    ['a\\_c', 'abc', false],
    ['a\\_c', 'a_c', true],
    ['100\\%', '100%', true],
    ['100\\%', '1000', false],
    ['a\\\\b', 'a\\b', true],
    ['100\\', '100', true],
    ['100\\', '100\\', false],
    ['', '', false],
    ['%', 'two\nlines', true],
    ['a_b', 'a\nb', true],
    ['_', '𝄞', true],
    ['.*', 'anything', false],
    ['(a|b)[c]{1}^$+?', '(A|B)[C]{1}^$+?', true],
    ['a/b-c', 'a/b-c', true],
  ];
  for (const [pattern, value, isLike] of cases) {
    // An empty text is blank, and a blank is like nothing.
    const seen = value === '' ? null : value;
    assert.equal(holds(like(pattern), seen), isLike, `${pattern} and ${value}`);
  }
  assert.ok(!holds(like('%'), null) && !holds(like('7'), 7));
});

test('texts are in the order of their code points, as the database has it, not of UTF-16', () => {
  const above = (value: string): Filter => ({ kind: 'compare', field: 'field', op: '>', value });
  assert.ok('\u{1F600}' < '\uFF5E', 'what JavaScript thinks');
  assert.ok(holds(above('\uFF5E'), '\u{1F600}'));
  assert.ok(!holds(above('\u{1F600}'), '\uFF5E'));
  assert.ok(holds(above('B'), 'a') && holds(above('a'), 'aa') && !holds(above('a'), 'B'));
});

test('comparisons at and around the bound; a date is a text in ISO order', () => {
  const answers = (op: Comparison, value: Scalar, around: Scalar[]) =>
    around.map((one) => holds({ kind: 'compare', field: 'field', op, value }, one));
  assert.deepEqual(answers('<', 5, [4, 5, 6]), [true, false, false]);
  assert.deepEqual(answers('<=', 5, [4, 5, 6]), [true, true, false]);
  assert.deepEqual(answers('>', 5, [4, 5, 6]), [false, false, true]);
  assert.deepEqual(answers('>=', 5, [4, 5, 6]), [false, true, true]);
  assert.deepEqual(answers('>=', 10, [9, 10, '9', '10']), [false, true, false, false]);
  assert.deepEqual(answers('<', '2026-02-01', ['2026-01-31', '2026-02-01']), [true, false]);
  const around = ['a', 'b', 'ba', 'c'];
  assert.deepEqual(answers('<', 'b', around), [true, false, false, false]);
  assert.deepEqual(answers('<=', 'b', around), [true, true, false, false]);
  assert.deepEqual(answers('<', 'ba', around), [true, true, false, false]);
});

test('conditions have two values: comparing a blank is false, and `not` of it is true', () => {
  const below: Filter = { kind: 'compare', field: 'field', op: '<', value: 5 };
  const listed: Filter = { kind: 'one-of', field: 'field', values: ['', 'a'] };
  for (const filter of [below, listed, like('%'), { kind: 'is-me', field: 'field' } as const]) {
    assert.ok(!holds(filter, null));
    assert.ok(holds({ kind: 'not', of: filter }, null));
  }
  assert.ok(holds({ kind: 'blank', field: 'field' }, null));
  assert.ok(!holds({ kind: 'blank', field: 'field' }, 0), 'zero is a value');
});

test('a blank is none of the values, and meets no bound, even where a blank is among them', () => {
  const blank = null as unknown as Scalar;
  const listed: Filter = { kind: 'one-of', field: 'field', values: [blank] };
  const bound: Filter = { kind: 'compare', field: 'field', op: '>=', value: blank };
  assert.ok(!matches(listed, { field: null }, 'ada') && !matches(bound, { field: '' }, 'ada'));
});

test('a value that is neither text nor number is blank to the kernel', () => {
  for (const value of [null, undefined, true, new Date(0), ['UK'], { name: 'UK' }, '']) {
    assert.equal(fieldValue({ field: value }, 'field'), null);
  }
  assert.deepEqual(
    [fieldValue({ field: 0 }, 'field'), fieldValue({ field: ' ' }, 'field')],
    [0, ' '],
  );
});

test('`every` of nothing holds, `some` of nothing does not', () => {
  assert.ok(holds({ kind: 'every', of: [] }, 1));
  assert.ok(!holds({ kind: 'some', of: [] }, 1));
  assert.ok(holds({ kind: 'always' }, 1) && !holds({ kind: 'never' }, 1));
});

test('what a document inherits from its prototype is not a field of it', () => {
  assert.equal(fieldValue({}, 'constructor'), null);
  assert.equal(fieldValue(Object.create({ owner: 'ada' }), 'owner'), null);
});
