import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import type { Ceiling } from '../../src/authz/principal.ts';
import { isVisible } from '../../src/authz/profiles.ts';
import { ask, canRead, grant, person, rule, scope, share, worldWith } from './example-world.ts';

const invoice = { name: 'INV-1', company: 'UK', cost_center: 'Leeds' };
const world = worldWith({
  rules: [rule('Accounts', 'Invoice', { actions: ['write'] }), rule('Accounts', 'Note')],
  grants: [grant('ada', 'Accounts', { Company: ['UK'], 'Cost Center': ['*', '(blank)'] })],
  shares: [share('Invoice', 'INV-9', 'ada')],
});

const reads = (ceiling: Omit<Ceiling, 'name'>, document = invoice) =>
  canRead(world, person('ada', [{ name: 'token', ...ceiling }]), 'Invoice', document);

test('a ceiling that says nothing limits nothing', () => {
  assert.ok(reads({}));
});

test('a ceiling by action, by doctype and by scope', () => {
  assert.ok(reads({ actions: ['read'] }));
  assert.ok(reads({ actions: ['write'] }), 'writing is no use without reading');
  assert.ok(!reads({ actions: ['create'] }) && !reads({ actions: [] }));
  assert.ok(reads({ doctypes: ['Invoice'] }) && !reads({ doctypes: ['Note'] }));
  assert.ok(reads({ scope: scope({ 'Cost Center': ['Leeds/'] }) }));
  assert.ok(!reads({ scope: scope({ 'Cost Center': ['London'] }) }));
  assert.ok(reads({ scope: scope({ Employee: ['EMP-1'] }) }), 'invoices carry no employee');
});

test('`*` in a ceiling leaves no blank either', () => {
  const blank = { ...invoice, cost_center: '' };
  assert.ok(reads({}, blank));
  assert.ok(!reads({ scope: scope({ 'Cost Center': ['*'] }) }, blank));
});

test('INVARIANT (ceiling-narrows): a ceiling that names more than the grant adds nothing', () => {
  const wide = { name: 'wide', scope: scope({ Company: ['*', '(blank)'] }) };
  assert.ok(!canRead(world, person('ada', [wide]), 'Invoice', { ...invoice, company: 'SG' }));
  assert.ok(!canRead(world, person('ben', [wide]), 'Invoice', invoice));
});

test('several ceilings all have to allow it, and the refusal names the one that does not', () => {
  const ceilings = [{ name: 'token' }, { name: 'assistants', doctypes: ['Note'] }];
  const decision = ask(world, person('ada', ceilings), 'read', 'Invoice', invoice);
  assert.ok(!decision.allowed);
  assert.equal(decision.missing[0]?.kind, 'ceiling');
  assert.match(decision.missing[0]?.detail ?? '', /`assistants`/);
});

test('a shared document is below the ceiling too', () => {
  const shared = { name: 'INV-9', company: 'DE', cost_center: 'Berlin' };
  assert.ok(reads({}, shared));
  assert.ok(!reads({ scope: scope({ Company: ['UK'] }) }, shared));
});

test('a doctype that a ceiling leaves out is not visible', () => {
  const compiled = compileWorld(world);
  const under = (doctypes: string[]) => person('ada', [{ name: 'token', doctypes }]);
  assert.ok(isVisible(compiled, under(['Invoice']), 'Invoice', 0));
  assert.ok(!isVisible(compiled, under(['Note']), 'Invoice', 0));
});
