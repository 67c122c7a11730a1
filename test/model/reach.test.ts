/** What people reach of all documents, in examples: by what, and in which order it is told. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { DocumentGroups } from '../../src/authz/document-groups.ts';
import { compileWorld, type DocumentFacts } from '../../src/authz/index.ts';
import { coversOf, type Reach, reachesOf } from '../../src/authz/reach.ts';
import type { World } from '../../src/authz/world.ts';
import { grant, rule, share, TODAY, worldWith } from './example-world.ts';

/** Who reaches which of these invoices, each a group of its own. */
function reachesIn(parts: Partial<World>, invoices: readonly DocumentFacts[]) {
  const world = compileWorld(worldWith(parts));
  const doctype = world.doctypes.get('Invoice');
  assert.ok(doctype);
  const groups = new DocumentGroups(
    doctype,
    invoices.map((facts) => ({ facts, count: 1 })),
  );
  return { groups, reaches: reachesOf(world, groups, { action: 'read', now: TODAY }) };
}

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
  const companies = ['DE', 'SG', null, 'UK', 'FR'];
  const invoices = companies.map((company) => ({ name: company ?? 'none', company }));
  const { groups, reaches } = reachesIn(parts, invoices);
  const [ada] = reaches;
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

test('of one grant, each member of the group reaches what speaks of them', () => {
  const parts = {
    users: ['ada', 'ben'],
    members: ['ada', 'ben'].map((user) => ({ group: 'sales', user, from: null, until: null })),
    rules: [rule('Accounts', 'Invoice', { when: { kind: 'is-me', field: 'owner' } })],
    grants: [grant('#sales', 'Accounts', { Company: ['UK'], 'Cost Center': ['*'] })],
  };
  const invoice = { company: 'UK', cost_center: 'Leeds' };
  const { groups, reaches } = reachesIn(parts, [
    { ...invoice, name: 'INV-1', owner: 'ada' },
    { ...invoice, name: 'INV-2', owner: 'ben' },
  ]);
  const owners = ({ groups: own }: Reach) =>
    own.map((place) => groups.groups[place]?.facts['owner']);
  assert.deepEqual(
    reaches.map((reach) => [reach.principal, ...owners(reach)]),
    [
      ['ada', 'ada'],
      ['ben', 'ben'],
    ],
  );
});

test('a way is told with what it covers of each dimension path', () => {
  const parts = {
    users: ['ada'],
    rules: [rule('Accounts', 'Invoice', { except: ['Cost Center'] })],
    grants: [grant('ada', 'Accounts', { Company: ['UK', '(blank)'] })],
  };
  const { groups, reaches } = reachesIn(parts, [{ name: 'INV-1', company: 'UK' }]);
  const witness = reaches[0]?.by[0]?.witness;
  assert.ok(witness?.kind === 'grant');
  const values = ['UK', '(blank)'].map((value) => ({ value, descendants: false }));
  assert.deepEqual(coversOf(groups.doctype, witness.way), [
    { dimension: 'Company', path: 'company', names: { values, except: [] } },
    { dimension: 'Cost Center', path: 'cost_center', names: null },
  ]);
});
