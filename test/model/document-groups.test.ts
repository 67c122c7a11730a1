/** Documents in groups: what is told apart, and that a group is reached exactly as a check says. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { coverageOf } from '../../src/authz/coverage.ts';
import {
  compileWorld,
  type DocumentGroup,
  DocumentGroups,
  type Filter,
  groupingOf,
  type World,
} from '../../src/authz/index.ts';
import { rule, scope, share, worldWith } from './example-world.ts';

type Values = Readonly<Record<string, readonly string[]>>;

/** Orders carry a warehouse in each of their rows, a cost centre, a company and a project. */
const ORDER: World['doctypes'][number] = {
  name: 'Order',
  paths: [
    { dimension: 'Warehouse', path: 'items.warehouse' },
    { dimension: 'Cost Center', path: 'cost_center' },
    { dimension: 'Company', path: 'company' },
    { dimension: 'Project', path: 'project' },
  ],
  levels: new Map(),
  personal: new Set(),
};
const EXAMPLE = worldWith({});
const WORLD = compileWorld({
  ...EXAMPLE,
  doctypes: [...EXAMPLE.doctypes, ORDER],
  // What no tree and no scope of the world names is covered by `*` alone.
  authorities: [
    {
      ...{ name: 'all', roles: [], exceptRoles: [] },
      holder: { type: 'User', name: 'ada' },
      scope: scope({ Company: ['UK', 'DE'], Project: ['P1', 'P2'], Warehouse: ['W1', 'W2'] }),
    },
  ],
});

function groupsOf(doctype: string, facts: readonly DocumentGroup['facts'][]): DocumentGroups {
  const compiled = WORLD.doctypes.get(doctype);
  assert.ok(compiled);
  return new DocumentGroups(
    compiled,
    facts.map((own) => ({ facts: own, count: 1 })),
  );
}

/** Names of the documents that a scope reaches for Ada, asked in both ways. */
function reached(groups: DocumentGroups, values: Values, when: Filter | null = null): string[] {
  const covered = coverageOf(scope(values), WORLD.dimensions);
  const coverages = groups.doctype.compiledPaths.map(
    ({ dimension }) => covered.get(dimension.name) ?? null,
  );
  const part = { coverages, when };
  const marks = new Int32Array(groups.groups.length);
  groups.mark(part, 4, 'ada', marks);
  const places = groups.reachedBy(part, 'ada');
  assert.deepEqual(
    [...marks].flatMap((bits, place) => (bits === 0 ? [] : [[place, bits]])),
    places.toSorted((a, b) => a - b).map((place) => [place, 4]),
    'both ways tell the same, and each place once',
  );
  return places.map((place) => String(groups.groups[place]?.facts['name'])).sort();
}

test('documents are told apart by paths and conditions, and by name where a share names one', () => {
  const owner = rule('Accounts', 'Invoice', { when: { kind: 'is-me', field: 'owner' } });
  const late = rule('HR', 'Invoice', { when: { kind: 'blank', field: 'amended_from' } });
  const elsewhere = rule('HR', 'Note', { when: { kind: 'blank', field: 'title' } });
  const world = worldWith({
    rules: [owner, late, elsewhere],
    shares: [
      share('Invoice', 'INV-2', 'ada'),
      share('Note', 'NOTE-1', 'ada'),
      share('Invoice', 'INV-1', 'ben'),
    ],
  });
  assert.deepEqual(groupingOf([compileWorld(world)], 'Invoice'), {
    fields: ['amended_from', 'company', 'cost_center', 'owner'],
    names: ['INV-1', 'INV-2'],
  });
});

test('of several worlds, what any of them tells apart is told apart', () => {
  const worlds = [worldWith({}), worldWith({ shares: [share('Note', 'NOTE-1', 'ada')] })];
  assert.deepEqual(groupingOf(worlds.map(compileWorld), 'Note'), { fields: [], names: ['NOTE-1'] });
});

test('of a doctype that is not there, nothing is told apart', () => {
  assert.deepEqual(groupingOf([WORLD], 'Gone'), { fields: [], names: [] });
});

test('what a scope covers stands together, and each group knows where it was in the list', () => {
  const centres = ['London', 'Shop Floor', 'Leeds', 'All', 'Leeds Retail', 'London', null];
  const groups = groupsOf(
    'Invoice',
    centres.map((cost_center, index) => ({ company: cost_center, cost_center, name: `${index}` })),
  );
  const orders = groupsOf(
    'Order',
    centres.map((cost_center, index) => ({ cost_center, items: [], name: `${index}` })),
  );
  const inOrder = orders.groups.map(({ facts }) => facts['cost_center']);
  assert.deepEqual(inOrder, [
    ...[null, 'All'],
    ...['Leeds', 'Leeds Retail', 'Shop Floor'],
    ...['London', 'London'],
  ]);
  for (const { groups: placed, origins } of [groups, orders]) {
    const names = placed.map(({ facts }) => Number(facts['name']));
    assert.deepEqual([...origins], names);
  }
  assert.deepEqual([...orders.origins].slice(-2), [0, 5], 'of equal ones, the earlier first');
});

test('every path must be covered, and a blank only by `(blank)`', () => {
  const groups = groupsOf('Invoice', [
    { name: 'both', company: 'UK', cost_center: 'Leeds' },
    { name: 'below', company: 'UK', cost_center: 'Shop Floor' },
    { name: 'company', company: 'UK', cost_center: 'London' },
    { name: 'centre', company: 'DE', cost_center: 'Leeds' },
    { name: 'no centre', company: 'UK', cost_center: null },
    { name: 'no company', company: null, cost_center: 'Leeds' },
    { name: 'a stranger', company: 'US', cost_center: 'Leeds' },
    { name: 'neither', company: null, cost_center: null },
  ]);
  const within = (Company: string[], centres: string[]) =>
    reached(groups, { Company, 'Cost Center': centres });
  assert.deepEqual(within(['UK'], ['Leeds/']), ['below', 'both']);
  assert.deepEqual(within(['UK'], ['*']), ['below', 'both', 'company']);
  assert.deepEqual(within(['UK'], ['(blank)']), ['no centre']);
  assert.deepEqual(within(['UK'], ['(blank)', 'London']), ['company', 'no centre']);
  assert.deepEqual(within(['*'], ['Leeds']), ['a stranger', 'both', 'centre']);
  assert.deepEqual(within(['*', 'UK'], ['Leeds']), ['a stranger', 'both', 'centre']);
  assert.deepEqual(within(['(blank)'], ['*', '(blank)']), ['neither', 'no company']);
  assert.deepEqual(within(['(blank)'], ['*']), ['no company']);
  assert.deepEqual(within(['DE', 'UK'], ['Leeds']), ['both', 'centre']);
});

test('a path that nothing must cover keeps nothing away', () => {
  const groups = groupsOf('Invoice', [
    { name: 'both', company: 'UK', cost_center: 'Leeds' },
    { name: 'company', company: 'UK', cost_center: 'London' },
    { name: 'neither', company: null, cost_center: null },
  ]);
  assert.deepEqual(reached(groups, {}), ['both', 'company', 'neither']);
  assert.deepEqual(reached(groups, { Company: ['UK'] }), ['both', 'company']);
  assert.deepEqual(reached(groups, { 'Cost Center': ['London'] }), ['company']);
});

test('of several paths that must be covered, none is passed over', () => {
  const order = { cost_center: 'Leeds', items: [], company: 'UK', project: 'P1' };
  const groups = groupsOf('Order', [
    { ...order, name: 'all' },
    { ...order, name: 'other project', project: 'P2' },
    { ...order, name: 'other company', company: 'DE' },
    { ...order, name: 'other centre', cost_center: 'London' },
  ]);
  const values = { 'Cost Center': ['Leeds'], Company: ['UK'], Project: ['P1'] };
  assert.deepEqual(reached(groups, values), ['all']);
  assert.deepEqual(reached(groups, { ...values, Warehouse: ['(blank)'] }), ['all']);
  assert.deepEqual(reached(groups, { ...values, Warehouse: ['W1'] }), []);
});

test('every row must be covered, none counts as blank, and rows that are not known are not', () => {
  const rows = (...all: (string | null)[]) => all.map((warehouse) => ({ warehouse }));
  const groups = groupsOf('Order', [
    { name: 'one', items: rows('W1') },
    { name: 'two', items: rows('W1', 'W2') },
    { name: 'none', items: [] },
    { name: 'blank', items: rows('W1', null) },
    { name: 'unknown' },
  ]);
  const within = (...warehouses: string[]) => reached(groups, { Warehouse: warehouses });
  assert.deepEqual(within('W1'), ['one']);
  assert.deepEqual(within('*'), ['one', 'two']);
  assert.deepEqual(within('W1', '(blank)'), ['blank', 'none', 'one']);
  assert.deepEqual(within('*', '(blank)'), ['blank', 'none', 'one', 'two']);
});

test('a condition holds of each group by itself, besides what must be covered', () => {
  const facts = { company: 'UK', cost_center: 'Leeds', owner: 'ada', paid_on: null };
  const groups = groupsOf('Invoice', [
    { ...facts, name: 'hers' },
    { ...facts, name: 'his', owner: 'ben' },
    { ...facts, name: 'paid', paid_on: '2026-01-01' },
    { ...facts, name: 'of no one', owner: null },
    { ...facts, name: 'elsewhere', cost_center: 'London' },
    { ...facts, name: 'abroad', company: 'DE' },
  ]);
  const hers: Filter = { kind: 'is-me', field: 'owner' };
  const unpaid: Filter = { kind: 'blank', field: 'paid_on' };
  const both: Filter = { kind: 'every', of: [unpaid, hers] };
  const leeds = { Company: ['UK'], 'Cost Center': ['Leeds'] };
  assert.deepEqual(reached(groups, leeds, hers), ['hers', 'paid']);
  assert.deepEqual(reached(groups, leeds, both), ['hers']);
  assert.deepEqual(reached(groups, leeds, unpaid), ['hers', 'his', 'of no one']);
  assert.deepEqual(reached(groups, { Company: ['UK'] }, both), ['elsewhere', 'hers']);
  assert.deepEqual(reached(groups, {}, { kind: 'is-me', field: 'approver' }), []);
});

test('bits are added to those that stand there, and to one document by its name', () => {
  const groups = groupsOf('Note', [{ name: 'NOTE-1' }, { name: 'NOTE-2' }, { name: 'NOTE-1' }]);
  const marks = Int32Array.from([3, 5, 0]);
  groups.mark({ coverages: [], when: null }, 6, 'ada', marks);
  assert.deepEqual([...marks], [7, 7, 6]);
  groups.markNamed('NOTE-1', 8, marks);
  groups.markNamed('NOTE-3', 16, marks);
  assert.deepEqual([...marks], [15, 7, 14]);
  assert.deepEqual([groups.named('NOTE-1'), groups.named('NOTE-3')], [[0, 2], []]);
});

test('documents are counted, in all and by value: by each of its rows’ values once', () => {
  const compiled = WORLD.doctypes.get('Order');
  assert.ok(compiled);
  const rows = (...all: (string | null)[]) => all.map((warehouse) => ({ warehouse }));
  const groups = new DocumentGroups(compiled, [
    { facts: { cost_center: 'Leeds', items: rows('W1', 'W2', 'W1') }, count: 3 },
    { facts: { cost_center: 'Leeds', items: rows('W2', null) }, count: 5 },
    { facts: { cost_center: 'Leeds', items: [] }, count: 7 },
    { facts: { cost_center: 'Leeds' }, count: 11 },
  ]);
  const counted = (path: number, ...places: number[]) => [...groups.valuesAt(path, places)];
  assert.deepEqual([groups.count([0, 1, 3]), groups.count([])], [19, 0]);
  assert.deepEqual(counted(0, 0, 1, 2), [
    ['W1', 3],
    ['W2', 8],
    ['(blank)', 12],
  ]);
  assert.deepEqual(counted(1, 0, 1, 2), [['Leeds', 15]]);
  assert.deepEqual(counted(0, 3), [], 'nobody knows what rows say that did not come');
  assert.deepEqual(counted(0), []);
});
