/** What is gained where values of a dimension move in their tree, are renamed, or become one. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type Filter,
  type Gain,
  type GrantingAuthority,
  gainsOf,
  type Role,
  type Share,
  type ValueRename,
  type World,
  type WorldChange,
} from '../../src/authz/index.ts';
import { grant, grantee, rule, scope, share, TODAY, worldWith } from './example-world.ts';

function gained(parts: Partial<World>, change: WorldChange): Gain[] {
  return gainsOf(compileWorld(worldWith(parts)), change, TODAY);
}

const TREES: World['trees'] = [
  {
    dimension: 'Warehouse',
    parents: new Map([
      ['North', null],
      ['Leeds', 'North'],
      ['South', null],
    ]),
  },
];
const NORTH = { Warehouse: ['North/'] };
const TO_NORTH = { moves: [{ dimension: 'Warehouse', value: 'South', parent: 'North' }] };

/** One who may give some roles in the north. */
function northern(to: string, roles: readonly string[]): GrantingAuthority {
  const name = `${to} in the north`;
  return { name, holder: grantee(to), roles, exceptRoles: [], scope: scope(NORTH) };
}

test('whoever holds a grant of a part of the tree gains what is moved there', () => {
  const rules = [rule('HR', 'Note')];
  const grants = [grant('ben', 'HR', NORTH), grant('cleo', 'HR', { Warehouse: ['South'] })];
  assert.deepEqual(gained({ trees: TREES, rules, grants }, TO_NORTH), [
    { grantee: grantee('ben'), role: 'HR', scope: scope({ Warehouse: ['South/'] }) },
  ]);
  assert.deepEqual(gained({ trees: TREES, rules, grants: [] }, TO_NORTH), []);
});

test('what is gained lies within what the grant names of other dimensions', () => {
  const grants = [grant('ben', 'HR', { Company: ['UK'], ...NORTH })];
  assert.deepEqual(gained({ trees: TREES, rules: [rule('HR', 'Note')], grants }, TO_NORTH), [
    {
      ...{ grantee: grantee('ben'), role: 'HR' },
      scope: scope({ Company: ['UK'], Warehouse: ['South/'] }),
    },
  ]);
});

test('where a document carries two values, it is gained by the new one and an old one', () => {
  const both = scope({ Warehouse: ['North/', 'South/'] });
  const moved = (roles: Role['name'][], rules: World['rules']) =>
    gained(
      { trees: TREES, rules, grants: roles.map((role) => grant('ben', role, NORTH)) },
      TO_NORTH,
    );
  const rules = [rule('Accounts', 'Stock Move'), rule('HR', 'Note')];
  const gain = { grantee: grantee('ben'), role: 'Accounts', scope: both };
  const alone = scope({ Warehouse: ['South/'] });
  assert.deepEqual(moved(['Accounts'], rules), [gain]);
  assert.deepEqual(moved(['HR'], rules), [{ ...gain, role: 'HR', scope: alone }]);
  assert.deepEqual(moved(['Approver'], rules), [{ ...gain, role: 'Approver', scope: alone }]);
});

test('who may give a role in a part of the tree gains what is moved there, of two values both', () => {
  const [ada, ben] = [northern('ada', ['Accounts', 'HR']), northern('ben', ['HR'])];
  const world = { trees: TREES, authorities: [ada, ben] };
  const gain = (to: string, role: string) => ({
    ...{ grantee: grantee(to), role, exceptRoles: [] },
    scope: scope({ Warehouse: ['North/', 'South/'] }),
  });
  const ofAda = [gain('ada', 'Accounts'), gain('ada', 'HR')];
  assert.deepEqual(gained(world, TO_NORTH), [...ofAda, gain('ben', 'HR')]);
  const going = { authorities: { gone: [ben], added: [] } };
  assert.deepEqual(gained(world, { ...TO_NORTH, ...going }), ofAda);
});

const RENAMED = { dimension: 'Cost Center', value: 'Leeds', to: 'Bradford', merges: false };

test('a condition that reads the renamed value may hold for more than before', () => {
  const named = (field: string): Filter => ({ kind: 'one-of', field, values: ['Bradford'] });
  const grants = [
    grant('ben', 'Accounts', { Company: ['UK'], 'Cost Center': ['*'] }),
    grant('cleo', 'HR'),
  ];
  const conditional = (when: Filter | null) => {
    const rules = [rule('Accounts', 'Invoice', { when }), rule('HR', 'Note')];
    return gained({ rules, grants }, { renames: [RENAMED] });
  };
  const gain = { grantee: grantee('ben'), role: 'Accounts', scope: grants[0]?.scope };
  assert.deepEqual(conditional(named('cost_center')), [gain]);
  assert.deepEqual(conditional(named('company')), [], 'of another dimension');
  assert.deepEqual(conditional(named('title')), [], 'of none');
  assert.deepEqual(conditional(null), []);
});

test('of a dimension that nothing speaks of, nothing is gained', () => {
  const grants = [grant('ben', 'HR', NORTH)];
  const world = { trees: TREES, rules: [rule('HR', 'Note')], grants };
  const renames = [{ dimension: 'Colour', value: 'Red', to: 'Blue', merges: true }];
  const moves = [{ dimension: 'Colour', value: 'Red', parent: 'Blue' }];
  assert.deepEqual(gained(world, { renames }), []);
  assert.deepEqual(gained(world, { moves }), []);
});

const UK_TO_GB: ValueRename = { dimension: 'Company', value: 'UK', to: 'GB', merges: false };
const UK_INTO_GB: ValueRename = { ...UK_TO_GB, merges: true };

/** The documents that are gained by shares where values are renamed. */
function sharedAfter(rename: ValueRename, shares: readonly Share[], more: WorldChange = {}) {
  const found = gained({ shares }, { renames: [rename], ...more });
  return found.map((gain) => ('share' in gain ? gain.share.document : null));
}

test('where two documents become one, a share of either is one of both', () => {
  const of = (document: string) => share('Company', document, 'ben', { actions: ['write'] });
  const [uk, gb, de] = [of('UK'), of('GB'), of('DE')];
  assert.deepEqual(gained({ shares: [uk, de] }, { renames: [UK_INTO_GB] }), [
    { grantee: grantee('ben'), share: { ...uk, document: 'GB' }, levels: [0] },
  ]);
  assert.deepEqual(sharedAfter(UK_INTO_GB, [gb]), ['UK']);
  assert.deepEqual(sharedAfter(UK_INTO_GB, [de]), []);
});

test('a document that only gets another name is gained by no share of it', () => {
  const shares = [share('Company', 'UK', 'ben'), share('Company', 'DE', 'cleo')];
  assert.deepEqual(sharedAfter(UK_TO_GB, shares), []);
});

test('a share that goes or has ended brings nothing, and one that comes does', () => {
  const going = share('Company', 'UK', 'ada');
  const lasting = (until: number) => share('Company', 'UK', 'ben', { until });
  const turnover = (gone: Share[], added: Share[]) => ({ shares: { gone, added } });
  assert.deepEqual(sharedAfter(UK_INTO_GB, [going], turnover([going], [])), []);
  assert.deepEqual(sharedAfter(UK_INTO_GB, [lasting(TODAY)]), []);
  assert.deepEqual(sharedAfter(UK_INTO_GB, [lasting(TODAY + 1)]), ['GB']);
  assert.deepEqual(sharedAfter(UK_INTO_GB, [], turnover([], [going])), ['UK', 'GB']);
});

test('a share of a document that is no value, or is one of another dimension, stays what it is', () => {
  const invoice = share('Invoice', 'UK', 'ben');
  const ofNoDoctype = share('Gone', 'UK', 'ben');
  assert.deepEqual(sharedAfter(UK_INTO_GB, [invoice, ofNoDoctype]), []);
  const centre = { ...UK_INTO_GB, dimension: 'Cost Center' };
  assert.deepEqual(sharedAfter(centre, [share('Company', 'UK', 'ben')]), []);
});
