import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import { ALWAYS, NEVER } from '../../src/authz/filter.ts';
import {
  levelsAnywhere,
  levelsEverywhere,
  listFilter,
  uniformLevels,
} from '../../src/authz/list-filter.ts';
import type { World } from '../../src/authz/world.ts';
import { grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

const request = {
  principal: person('ada'),
  action: 'read',
  doctype: 'Invoice',
  now: TODAY,
} as const;
const filterIn = (parts: Partial<World>, level?: number) =>
  listFilter(compileWorld(worldWith(parts)), request, level);
const levelsIn = (parts: Partial<World>) => uniformLevels(compileWorld(worldWith(parts)), request);

const rules = [rule('Accounts', 'Invoice'), rule('HR', 'Invoice', { levels: [0, 1] })];
const all = { Company: ['*', '(blank)'], 'Cost Center': ['*', '(blank)'] };

test('nobody who holds nothing lists anything, and an unknown doctype has no documents', () => {
  assert.equal(filterIn({}), NEVER);
  assert.equal(filterIn({ rules, grants: [grant('ada', 'Accounts')] }), NEVER);
  const compiled = compileWorld(worldWith({ rules, grants: [grant('ada', 'Accounts', all)] }));
  assert.equal(listFilter(compiled, { ...request, doctype: 'Nothing' }), NEVER);
});

test('a reach over everything is no condition at all', () => {
  assert.equal(filterIn({ rules, grants: [grant('ada', 'Accounts', all)] }), ALWAYS);
});

test('a scope becomes one condition for each path that it has to cover', () => {
  const scope = { Company: ['*'], 'Cost Center': ['Leeds/', '(blank)'] };
  assert.deepEqual(filterIn({ rules, grants: [grant('ada', 'Accounts', scope)] }), {
    kind: 'every',
    of: [
      { kind: 'not', of: { kind: 'blank', field: 'company' } },
      {
        kind: 'some',
        of: [
          {
            kind: 'one-of',
            field: 'cost_center',
            values: ['Leeds', 'Leeds Retail', 'Shop Floor'],
          },
          { kind: 'blank', field: 'cost_center' },
        ],
      },
    ],
  });
});

test('a level narrows a list to the documents on which it is open; a share opens level 0', () => {
  const parts = {
    rules,
    grants: [grant('ada', 'Accounts', all)],
    shares: [share('Invoice', 'INV-1', 'ada')],
  };
  assert.equal(filterIn(parts, 0), ALWAYS);
  assert.equal(filterIn(parts, 1), NEVER);
  const { grants: _, ...sharesOnly } = parts;
  const shared = { kind: 'one-of', field: 'name', values: ['INV-1'] };
  assert.deepEqual(filterIn(sharesOnly, 0), shared);
  assert.deepEqual(filterIn(sharesOnly), shared);
  assert.equal(filterIn(sharesOnly, 1), NEVER);
});

test('shared documents stand in the order of their names, whichever was shared first', () => {
  const shares = ['INV-2', 'INV-1', 'INV-3'].map((name) => share('Invoice', name, 'ada'));
  const values = ['INV-1', 'INV-2', 'INV-3'];
  assert.deepEqual(filterIn({ shares }), { kind: 'one-of', field: 'name', values });
});

test('levels are the same on every listed document, or not said to be', () => {
  const accounts = grant('ada', 'Accounts', all);
  assert.deepEqual(levelsIn({ rules, grants: [accounts] }), new Set([0]));
  assert.deepEqual(levelsIn({ rules, grants: [grant('ada', 'HR', all)] }), new Set([0, 1]));
  assert.equal(levelsIn({ rules, grants: [accounts, grant('ada', 'HR', all)] }), null);
  const shares = [share('Invoice', 'INV-1', 'ada')];
  assert.equal(levelsIn({ rules, grants: [grant('ada', 'HR', all)], shares }), null);
  assert.deepEqual(levelsIn({ rules, grants: [accounts], shares }), new Set([0]));
  assert.deepEqual(levelsIn({}), new Set());
});

test('the levels of a doctype: open somewhere, and open everywhere', () => {
  const anywhere = (parts: Partial<World>) => [
    ...levelsAnywhere(compileWorld(worldWith(parts)), request),
  ];
  const everywhere = (parts: Partial<World>) => [
    ...levelsEverywhere(compileWorld(worldWith(parts)), request),
  ];
  const both = { rules, grants: [grant('ada', 'Accounts', all), grant('ada', 'HR', all)] };
  const shares = [share('Invoice', 'INV-1', 'ada')];
  const hr = { rules, grants: [grant('ada', 'HR', all)] };
  assert.deepEqual(anywhere({ rules }), []);
  assert.deepEqual(anywhere(hr), [0, 1]);
  assert.deepEqual(anywhere({ shares }), [0]);
  assert.deepEqual(anywhere({ ...both, shares }), [0, 1]);
  assert.deepEqual(everywhere(hr), [0, 1]);
  assert.deepEqual(everywhere({ ...hr, shares }), [0], 'a share opens level 0 alone');
  assert.deepEqual(everywhere({ rules }), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 'there is nothing');
  const compiled = compileWorld(worldWith(hr));
  const unknown = { ...request, doctype: 'Nothing' };
  assert.deepEqual([...levelsAnywhere(compiled, unknown)], []);
  assert.deepEqual(levelsEverywhere(compiled, unknown).size, 10, 'of no documents, too');
});
