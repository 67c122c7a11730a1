/** What grants reach as boxes, in examples: what two have in common, and what is left of one. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { coverageOf } from '../../src/authz/coverage.ts';
import { every, not } from '../../src/authz/filter.ts';
import { compileWorld, type Filter } from '../../src/authz/index.ts';
import { axesOf, boxOf, cutBox, namesOf, overlaps } from '../../src/authz/region.ts';
import { grant, scope, worldWith } from './example-world.ts';

type Values = Readonly<Record<string, readonly string[]>>;

const NAMED = { Company: ['UK', 'SG'] };
const WORLD = compileWorld(worldWith({ grants: [grant('ada', 'HR', NAMED)] }));

function axes(doctype: string) {
  const compiled = WORLD.doctypes.get(doctype);
  assert.ok(compiled);
  return axesOf(compiled);
}

/** Invoices with these values, and any of the dimensions that are left out. */
function box(values: Values, when: Filter | null = null, actions = 1, levels = 1) {
  const coverage = coverageOf(scope(values), WORLD.dimensions);
  const own = axes('Invoice');
  const coverages = own.map(({ name }) => coverage.get(name) ?? null);
  return { ...boxOf({ actions, levels, when, coverages }, own), levels };
}

/** The names of a box's values by path, null for all. */
function words({ values }: Pick<ReturnType<typeof box>, 'values'>) {
  return values.map((own, index) => {
    const axis = axes('Invoice')[index];
    const names = axis && namesOf(own, axis);
    return names?.values.map(({ value, descendants }) => (descendants ? `${value}/` : value));
  });
}

const MINE: Filter = { kind: 'is-me', field: 'owner' };
const OPEN: Filter = { kind: 'blank', field: 'closed' };

test('boxes have nothing in common without an action, a level and a value of each path', () => {
  const uk = box({ Company: ['UK'] });
  assert.ok(overlaps(uk, box({})));
  assert.equal(overlaps(uk, box({}, null, 2)), null);
  assert.equal(overlaps(uk, box({}, null, 1, 2)), null);
  assert.equal(overlaps(uk, box({ Company: ['SG'] })), null);
  assert.equal(overlaps(uk, box({ Company: ['(blank)'] })), null);
  assert.equal(overlaps(box({ Company: ['*'] }), box({ Company: ['(blank)'] })), null);
  assert.equal(overlaps(box({ Company: ['(blank)'] }), uk), null);
  assert.ok(overlaps(box({ Company: ['(blank)', 'SG'] }), box({ Company: ['(blank)', 'UK'] })));
});

test('what is left where a condition does not hold has nothing in common with it', () => {
  const [left, ...more] = cutBox(box({}), box({}, MINE));
  assert.ok(left);
  assert.deepEqual([left.when, more], [not(MINE), []]);
  assert.equal(overlaps(left, box({}, MINE)), null);
  assert.deepEqual(cutBox(left, box({}, MINE)), [left]);
});

test('a condition holds wherever it does and another one as well', () => {
  const both = every([MINE, OPEN]);
  assert.deepEqual(cutBox(box({}, both), box({}, OPEN)), []);
  assert.deepEqual(cutBox(box({}, both), box({}, MINE)), []);
  assert.deepEqual(cutBox(box({}, MINE), box({}, { kind: 'always' })), []);
  assert.equal(cutBox(box({}, MINE), box({}, OPEN)).length, 1);
  assert.equal(cutBox(box({}, MINE), box({}, both)).length, 1);
});

test('all values but the blank are one word, of a tree too, and all there are are none', () => {
  const centres = (names: string[]) => words(box({ 'Cost Center': names }))[1];
  assert.deepEqual(centres(['*']), ['*']);
  assert.deepEqual(centres(['All/']), ['*']);
  assert.deepEqual(centres(['Leeds/', 'London']), ['Leeds/', 'London']);
  assert.equal(centres(['*', '(blank)']), undefined);
  assert.equal(centres(['All/', '(blank)']), undefined);
});

test('every value there is takes in those that the world names, and no others', () => {
  const all = (doctype: string) => {
    const own = axes(doctype);
    const { values } = boxOf({ actions: 1, levels: 1, when: null, coverages: [] }, own);
    return values.map(({ spans }) => [...spans]);
  };
  assert.deepEqual(all('Invoice'), [
    [0, 1],
    [0, 4],
  ]);
  assert.deepEqual(all('Payslip'), [[0, 1], []], 'no employee is named');
});
