/** What people reach of all documents, in examples: by what, and in which order it is told. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DocumentGroups } from '../../src/authz/document-groups.ts';
import { compileWorld } from '../../src/authz/index.ts';
import { reachesOf } from '../../src/authz/reach.ts';
import { grant, rule, share, TODAY, worldWith } from './example-world.ts';

/** Invoices of these companies, and what ada reaches: all together, and by what. */
function reached(grants: readonly string[][], shared: readonly string[] = []) {
  const parts = {
    users: ['ada'],
    rules: [rule('Accounts', 'Invoice', { except: ['Cost Center'] })],
    grants: grants.map((names, index) =>
      grant('ada', 'Accounts', { Company: names }, { name: `grant ${index + 1}` }),
    ),
    shares: shared.map((name) => share('Invoice', name, 'ada')),
  };
  const world = compileWorld(worldWith(parts));
  const doctype = world.doctypes.get('Invoice');
  assert.ok(doctype);
  const companies = ['DE', 'SG', null, 'UK', 'FR'];
  const groups = new DocumentGroups(
    doctype,
    companies.map((company) => ({ facts: { name: company ?? 'none', company }, count: 1 })),
  );
  const [ada] = reachesOf(world, groups, { action: 'read', now: TODAY });
  assert.deepEqual(
    ada?.groups,
    ada?.groups.toSorted((a, b) => a - b),
    'ascending',
  );
  const names = (places: readonly number[] = []) =>
    places.map((place) => groups.groups[place]?.facts['name']).sort();
  return [
    names(ada?.groups),
    ...(ada?.by ?? []).map((by) => {
      assert.deepEqual(
        by.groups,
        by.groups.toSorted((a, b) => a - b),
      );
      return [by.witness.kind, ...names(by.groups)];
    }),
  ];
}

test('documents of any company and of none are told in one order', () => {
  const all = ['DE', 'FR', 'SG', 'UK', 'none'];
  assert.deepEqual(reached([['*', '(blank)', 'UK', 'DE']]), [all, ['grant', ...all]]);
});

test('what is reached by several ways is told once, and of each way by itself', () => {
  assert.deepEqual(
    reached(
      [
        ['UK', 'FR'],
        ['SG', 'UK'],
      ],
      ['DE'],
    ),
    [
      ['DE', 'FR', 'SG', 'UK'],
      ['grant', 'FR', 'UK'],
      ['grant', 'SG', 'UK'],
      ['share', 'DE'],
    ],
  );
  assert.deepEqual(reached([]), [[]]);
});
