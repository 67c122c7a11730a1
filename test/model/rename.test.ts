/** Values of dimensions that get another name, or become one: what carries the new name then. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type DocumentFacts,
  personalPairs,
  previewChange,
  recompile,
  type ValueRename,
  type World,
} from '../../src/authz/index.ts';
import { renamedFacts } from '../../src/authz/rename.ts';
import { applyChange } from '../../src/authz/world-change.ts';
import { grant, grantee, rule, scope, share, TODAY, worldWith } from './example-world.ts';

const rename = (dimension: string, value: string, to: string, merges = false): ValueRename => ({
  ...{ dimension, value, to, merges },
});
const UK = rename('Company', 'UK', 'Britain');

const after = (parts: Partial<World>, ...renames: ValueRename[]) =>
  applyChange(worldWith(parts), { renames });

test('a scope names the value of its dimension by the new name, and others as before', () => {
  const grants = [grant('ada', 'Accounts', { Company: ['UK', 'DE'], 'Cost Center': ['UK/'] })];
  const [renamed] = after({ grants }, UK).grants;
  assert.deepEqual(renamed?.scope, scope({ Company: ['Britain', 'DE'], 'Cost Center': ['UK/'] }));
});

test('what no rename concerns stays the very record that a later change takes out', () => {
  const other = grant('ben', 'Accounts', { 'Cost Center': ['UK'] });
  const authority = { roles: ['HR'], exceptRoles: [], scope: scope({ Company: ['DE'] }) };
  const authorities = [{ ...authority, name: 'ada gives', holder: grantee('ada') }];
  const shares = [share('Company', 'DE', 'ada'), share('Note', 'UK', 'ada')];
  const world = after({ grants: [other], authorities, shares }, UK);
  assert.equal(world.grants[0], other);
  assert.equal(world.authorities[0], authorities[0]);
  assert.ok(shares.every((one, index) => world.shares[index] === one));
  assert.equal(world.trees[0], worldWith({}).trees[0], 'the tree of another dimension');
});

test('of a document that is a value itself, a share is one by the new name', () => {
  const shared = (doctype: string, document: string) => share(doctype, document, 'ada');
  const shares = [shared('Company', 'UK'), shared('Invoice', 'UK'), shared('Note', 'UK')];
  const documents = after({ shares }, UK).shares.map(({ document }) => document);
  assert.deepEqual(documents, ['Britain', 'UK', 'UK']);
  assert.deepEqual(after({ shares }, UK).shares[0], shared('Company', 'Britain'));
});

test('a value that another one becomes keeps its own place in the tree', () => {
  const [tree] = after({}, rename('Cost Center', 'London', 'Leeds Retail', true)).trees;
  assert.equal(tree?.parents.get('Leeds Retail'), 'Leeds');
  assert.equal(tree?.parents.has('London'), false);
});

const [COMPANY, CENTRE] = ['Company', 'Cost Center'];

/** Orders of a company, with cost centres in each line; how they are paid is personal. */
const ORDERS: World['doctypes'][number] = {
  name: 'Order',
  paths: [
    { dimension: COMPANY, path: 'company' },
    { dimension: CENTRE, path: 'items.cost_center' },
    { dimension: CENTRE, path: 'items.paid_by' },
  ],
  levels: new Map([['payment', 0]]),
  personal: new Set(['payment']),
};

function factsAfter(facts: DocumentFacts, ...renames: ValueRename[]): DocumentFacts {
  const doctype = compileWorld(worldWith({ doctypes: [ORDERS] })).doctypes.get('Order');
  assert.ok(doctype);
  return renamedFacts(doctype, facts, renames);
}

test('a document carries the new name where it carried the value, in its rows too', () => {
  const line = (cost_center: string, paid_by: string | null) => ({ cost_center, paid_by });
  const order = { name: 'UK', company: 'UK', items: [line('Leeds', 'UK'), line('UK', 'Leeds')] };
  assert.deepEqual(factsAfter(order, UK), { ...order, company: 'Britain' });
  assert.deepEqual(factsAfter(order, rename(CENTRE, 'Leeds', 'York')), {
    ...order,
    items: [line('York', 'UK'), line('UK', 'York')],
  });
});

test('what a document came without it is still without', () => {
  const bare = { name: 'O-1', status: 'open' };
  assert.deepEqual(factsAfter(bare, UK, rename(CENTRE, 'Leeds', 'York')), bare);
});

test('where centres become one, what their lines open is previewed and counted', () => {
  const doctypes = [ORDERS];
  const rules = [rule('Accounts', 'Order')];
  const grants = [grant('ada', 'Accounts', { [COMPANY]: ['UK'], [CENTRE]: ['London'] })];
  const before = compileWorld(worldWith({ doctypes, rules, grants, users: ['ada'] }));
  const change = { renames: [rename(CENTRE, 'Leeds', 'London', true)] };
  const whole = { before, after: recompile(before, change), change };
  const items = ['Leeds', 'London'].map((name) => ({ cost_center: name, paid_by: 'London' }));
  const groups = [{ facts: { name: 'O-1', company: 'UK', items }, count: 3 }];
  const preview = previewChange(whole, () => groups, TODAY);
  assert.deepEqual(preview.lost, []);
  assert.deepEqual(
    preview.gained.map(({ action, people, documents }) => [action, people, documents]),
    [
      ['select', 1, 3],
      ['read', 1, 3],
    ],
  );
  assert.equal(
    personalPairs(whole, () => groups, TODAY),
    3,
  );
});
