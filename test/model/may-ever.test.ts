/** What a menu offers: whether somebody could do an action on some document at all. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld, mayEver, type Rule, type World } from '../../src/authz/index.ts';
import { grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

type Action = Parameters<typeof mayEver>[1]['action'];

/** Whether ada, of Accounts in the UK unless it says otherwise, may ever. */
function may(action: Action, rules: readonly Rule[], parts: Partial<World> = {}): boolean {
  const grants = [grant('ada', 'Accounts', { Company: ['UK'] })];
  const world = compileWorld(worldWith({ grants, rules, ...parts }));
  return mayEver(world, { principal: person('ada'), action, doctype: 'Invoice', now: TODAY });
}

const invoices = (parts: Partial<Rule> = {}) => rule('Accounts', 'Invoice', parts);

test('a grant has to name each dimension that the rule does not except', () => {
  assert.equal(may('read', [invoices()]), false);
  assert.equal(may('read', [invoices({ except: ['Company'] })]), false);
  assert.equal(may('read', [invoices({ except: ['Cost Center'] })]), true);
  assert.equal(may('read', [invoices({ reach: 'everything' })]), true);
  for (const scope of [{ Company: ['UK'], 'Cost Center': ['Leeds'] }, { 'Cost Center': ['*'] }]) {
    const grants = [grant('ada', 'Accounts', scope)];
    assert.equal(may('read', [invoices({ except: ['Company'] })], { grants }), true);
    assert.equal(may('read', [invoices()], { grants }), 'Company' in scope);
  }
});

test('it has to be the rule with the action, among those of a role', () => {
  const select = invoices({ name: 'select', actions: ['select'], reach: 'everything' });
  const create = invoices({ name: 'create', actions: ['create'] });
  const rules = [select, create];
  assert.equal(may('select', rules), true);
  assert.equal(may('create', rules), false, 'its grant names no cost centre');
  assert.equal(may('submit', rules), false);
  const free = { ...create, except: ['Cost Center'] };
  assert.equal(may('create', [select, free]), true);
  assert.equal(may('create', [free, select]), true);
  assert.equal(may('select', [create, select]), true);
});

test('one of several grants is enough, and of several roles', () => {
  const create = rule('HR', 'Invoice', { actions: ['create'] });
  const leeds = { Company: ['UK'], 'Cost Center': ['Leeds'] };
  const grants = [grant('ada', 'Accounts', leeds), grant('ada', 'HR', leeds)];
  assert.equal(may('create', [invoices(), create], { grants }), true);
  assert.equal(may('create', [invoices(), create], { grants: grants.slice(0, 1) }), false);
  const narrow = grant('ada', 'HR', { Company: ['UK'] });
  assert.equal(may('create', [create], { grants: [narrow] }), false);
  assert.equal(may('create', [create], { grants: [narrow, ...grants] }), true);
});

test('a share is offered with the actions that it gives', () => {
  const parts = { grants: [], shares: [share('Invoice', 'INV-1', 'ada', { actions: ['print'] })] };
  assert.equal(may('print', [], parts), true);
  assert.equal(may('read', [], parts), true);
  assert.equal(may('write', [], parts), false);
});
