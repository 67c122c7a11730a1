import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import {
  type Action,
  type Filter,
  isVisible,
  openLevels,
  type Principal,
  type World,
} from '../../src/authz/index.ts';
import { ask, canRead, grant, person, rule, share, worldWith } from './example-world.ts';

const leedsInvoice = { name: 'INV-1', owner: 'ada', company: 'UK', cost_center: 'Leeds' };
const payslip = { name: 'PAY-1', company: 'UK', employee: 'EMP-ada' };

const accounts = [rule('Accounts', 'Invoice')];

test('a role without a grant opens nothing: the missing row is a refusal', () => {
  const world = worldWith({ rules: accounts });
  const decision = ask(world, 'ada', 'read', 'Invoice', leedsInvoice);
  assert.equal(decision.allowed, false);
  assert.deepEqual(decision.because, []);
  assert.equal(decision.missing[0]?.kind, 'role');
});

test('two shares of one document add up, whichever comes first', () => {
  const of = (action: Action) =>
    share('Note', 'NOTE-1', 'ada', { name: `to ${action}`, actions: [action] });
  for (const actions of [['write', 'inspect'] as const, ['inspect', 'write'] as const]) {
    const world = worldWith({ shares: actions.map(of) });
    for (const action of ['read', ...actions] as const) {
      assert.ok(ask(world, 'ada', action, 'Note', { name: 'NOTE-1' }).allowed, action);
    }
  }
});

test('a grant without a rule opens nothing', () => {
  const world = worldWith({ grants: [grant('ada', 'Accounts', { Company: ['*'] })] });
  assert.equal(canRead(world, 'ada', 'Invoice', leedsInvoice), false);
});

test('an unknown doctype is refused, and so is an action that no rule names', () => {
  const grants = [grant('ada', 'Accounts', { Company: ['UK'], 'Cost Center': ['Leeds'] })];
  const world = worldWith({ rules: accounts, grants });
  assert.equal(canRead(world, 'ada', 'Invoice', leedsInvoice), true);
  assert.equal(ask(world, 'ada', 'read', 'Invoices', leedsInvoice).missing[0]?.kind, 'doctype');
  assert.equal(ask(world, 'ada', 'write', 'Invoice', leedsInvoice).allowed, false);
});

test('the branch user sees the branch with what is below it, in the one company', () => {
  const scope = { Company: ['UK'], 'Cost Center': ['Leeds/'] };
  const world = worldWith({ rules: accounts, grants: [grant('ada', 'Accounts', scope)] });
  const reads = (values: object) =>
    canRead(world, 'ada', 'Invoice', { ...leedsInvoice, ...values });
  assert.ok(reads({}));
  assert.ok(reads({ cost_center: 'Shop Floor' }), 'two levels down');
  assert.ok(!reads({ cost_center: 'All' }), 'the parent is not below');
  assert.ok(!reads({ cost_center: 'London' }));
  assert.ok(!reads({ company: 'SG' }), 'the branch does not carry into another company');
});

test('a value without descendants is just itself', () => {
  const scope = { Company: ['UK'], 'Cost Center': ['Leeds'] };
  const world = worldWith({ rules: accounts, grants: [grant('ada', 'Accounts', scope)] });
  assert.ok(canRead(world, 'ada', 'Invoice', leedsInvoice));
  assert.ok(!canRead(world, 'ada', 'Invoice', { ...leedsInvoice, cost_center: 'Leeds Retail' }));
});

test('`*` does not cover a blank; `(blank)` covers nothing else', () => {
  const blank = { ...leedsInvoice, cost_center: null };
  const reads = (values: string[], document: object) => {
    const scope = { Company: ['UK'], 'Cost Center': values };
    const world = worldWith({ rules: accounts, grants: [grant('ada', 'Accounts', scope)] });
    return canRead(world, 'ada', 'Invoice', document as typeof blank);
  };
  assert.ok(reads(['*'], leedsInvoice));
  assert.ok(!reads(['*'], blank));
  assert.ok(!reads(['*'], { ...leedsInvoice, cost_center: '' }), 'an empty text is blank');
  assert.ok(!reads(['*'], { name: 'INV-2', company: 'UK' }), 'a missing value is blank');
  assert.ok(reads(['(blank)'], blank));
  assert.ok(!reads(['(blank)'], leedsInvoice));
  assert.ok(reads(['*', '(blank)'], blank) && reads(['*', '(blank)'], leedsInvoice));
  assert.ok(!reads(['(blank)'], { ...leedsInvoice, cost_center: '(blank)' }), 'only a name');
});

test('a dimension that the grant does not name is not covered', () => {
  const world = worldWith({
    rules: accounts,
    grants: [grant('ada', 'Accounts', { Company: ['UK'] })],
  });
  const decision = ask(world, 'ada', 'read', 'Invoice', leedsInvoice);
  assert.equal(decision.allowed, false);
  assert.equal(decision.missing[0]?.kind, 'dimension');
  assert.match(decision.missing[0]?.detail ?? '', /names no Cost Center/);
});

test('`except` lets a grant leave the dimension out, and means nothing where it names it', () => {
  const rules = [rule('Accounts', 'Invoice', { except: ['Cost Center'] })];
  const free = worldWith({ rules, grants: [grant('ada', 'Accounts', { Company: ['UK'] })] });
  assert.ok(canRead(free, 'ada', 'Invoice', leedsInvoice));
  assert.ok(canRead(free, 'ada', 'Invoice', { ...leedsInvoice, cost_center: null }));
  assert.ok(!canRead(free, 'ada', 'Invoice', { ...leedsInvoice, company: 'SG' }));
  const scope = { Company: ['UK'], 'Cost Center': ['London'] };
  const named = worldWith({ rules, grants: [grant('ada', 'Accounts', scope)] });
  assert.ok(!canRead(named, 'ada', 'Invoice', leedsInvoice));
});

test('two links to one dimension have both to be covered', () => {
  const world = worldWith({
    rules: [rule('Accounts', 'Stock Move')],
    grants: [grant('ada', 'Accounts', { Warehouse: ['Leeds Store'] })],
  });
  const move = { name: 'MOVE-1', from_warehouse: 'Leeds Store', to_warehouse: 'Leeds Store' };
  assert.ok(canRead(world, 'ada', 'Stock Move', move));
  assert.ok(!canRead(world, 'ada', 'Stock Move', { ...move, to_warehouse: 'London Store' }));
  assert.ok(!canRead(world, 'ada', 'Stock Move', { ...move, from_warehouse: 'London Store' }));
});

test('two grants do not lend each other their scopes', () => {
  const world = worldWith({
    rules: accounts,
    grants: [
      grant('ada', 'Accounts', { Company: ['UK'], 'Cost Center': ['London'] }),
      grant('ada', 'Accounts', { Company: ['SG'], 'Cost Center': ['Leeds'] }),
    ],
  });
  assert.ok(!canRead(world, 'ada', 'Invoice', leedsInvoice));
  assert.ok(canRead(world, 'ada', 'Invoice', { ...leedsInvoice, company: 'SG' }));
});

test('a document that is the dimension itself is covered by its name', () => {
  const world = worldWith({
    rules: [rule('Accounts', 'Company')],
    grants: [grant('ada', 'Accounts', { Company: ['UK'] })],
  });
  assert.ok(canRead(world, 'ada', 'Company', { name: 'UK' }));
  assert.ok(!canRead(world, 'ada', 'Company', { name: 'SG' }));
});

test('an approver who is also an employee has both, and neither narrows the other', () => {
  const world = worldWith({
    rules: [
      rule('Employee', 'Payslip', { levels: [0, 1] }),
      rule('Approver', 'Payslip', { except: ['Employee'], actions: ['transition'] }),
    ],
    grants: [
      grant('ada', 'Employee', { Company: ['UK'], Employee: ['EMP-ada'] }),
      grant('ada', 'Approver', { Company: ['UK'] }),
    ],
  });
  const colleagues = { ...payslip, name: 'PAY-2', employee: 'EMP-ben' };
  assert.deepEqual(openLevels(ask(world, 'ada', 'read', 'Payslip', payslip)), new Set([0, 1]));
  assert.deepEqual(openLevels(ask(world, 'ada', 'read', 'Payslip', colleagues)), new Set([0]));
  assert.equal(ask(world, 'ada', 'read', 'Payslip', payslip).because.length, 2);
});

test('what remains after the last grant is nothing, not everything', () => {
  const grants = [grant('ada', 'HR', { Company: ['UK'], Employee: ['*'] })];
  const rules = [rule('HR', 'Payslip')];
  assert.ok(canRead(worldWith({ rules, grants }), 'ada', 'Payslip', payslip));
  assert.ok(!canRead(worldWith({ rules, grants: [] }), 'ada', 'Payslip', payslip));
});

test('a role with no scope shows the doctype and none of its documents', () => {
  const world = worldWith({
    rules: [rule('Employee', 'Payslip')],
    grants: [grant('ada', 'Employee')],
  });
  assert.ok(!canRead(world, 'ada', 'Payslip', payslip));
  assert.ok(!canRead(world, 'ada', 'Payslip', { name: 'PAY-3' }), 'not even with blanks');
  const compiled = compileWorld(world);
  assert.ok(isVisible(compiled, person('ada'), 'Payslip', 0));
  assert.ok(!isVisible(compiled, person('ben'), 'Payslip', 0));
  assert.ok(!isVisible(compiled, person('ada'), 'Nothing', 0));
});

test('a doctype without dimensions is open to the role in any scope', () => {
  const world = worldWith({
    rules: [rule('Employee', 'Note')],
    grants: [grant('ada', 'Employee')],
  });
  assert.ok(canRead(world, 'ada', 'Note', { name: 'NOTE-1' }));
  assert.ok(!canRead(world, 'ben', 'Note', { name: 'NOTE-1' }));
});

test('`everything` reaches past every scope, blanks included', () => {
  const rules = [rule('Accounts', 'Invoice', { reach: 'everything' })];
  const world = worldWith({ rules, grants: [grant('ada', 'Accounts', { Company: ['SG'] })] });
  assert.ok(canRead(world, 'ada', 'Invoice', leedsInvoice));
  assert.ok(canRead(world, 'ada', 'Invoice', { name: 'INV-2' }));
});

test('a draft rule, or one without a reach, is not in force', () => {
  const grants = [grant('ada', 'Accounts', { Company: ['UK'], 'Cost Center': ['Leeds'] })];
  for (const parts of [{ status: 'draft' }, { reach: null }] as const) {
    const world = worldWith({ rules: [rule('Accounts', 'Invoice', parts)], grants });
    assert.ok(!canRead(world, 'ada', 'Invoice', leedsInvoice));
    assert.ok(!isVisible(compileWorld(world), person('ada'), 'Invoice', 0));
  }
});

test('`owner = $me` opens what one owns, and only within the scope', () => {
  const rules = [rule('Accounts', 'Invoice', { when: { kind: 'is-me', field: 'owner' } })];
  const scope = { Company: ['UK'], 'Cost Center': ['*'] };
  const grants = [grant('ada', 'Accounts', scope), grant('ben', 'Accounts', scope)];
  const world = worldWith({ rules, grants });
  assert.ok(canRead(world, 'ada', 'Invoice', leedsInvoice));
  assert.ok(!canRead(world, 'ada', 'Invoice', { ...leedsInvoice, company: 'SG' }));
  assert.equal(ask(world, 'ben', 'read', 'Invoice', leedsInvoice).missing[0]?.kind, 'when');
});

test('a shared document opens at level 0, for its action, and no other document', () => {
  const world = worldWith({ shares: [share('Payslip', 'PAY-1', 'ben')] });
  const decision = ask(world, 'ben', 'read', 'Payslip', payslip);
  assert.ok(decision.allowed);
  assert.deepEqual(openLevels(decision), new Set([0]));
  assert.ok(!ask(world, 'ben', 'write', 'Payslip', payslip).allowed);
  assert.ok(!canRead(world, 'ben', 'Payslip', { ...payslip, name: 'PAY-2' }));
  assert.ok(!canRead(world, 'ben', 'Invoice', { ...leedsInvoice, name: 'PAY-1' }));
  assert.ok(!canRead(world, 'ada', 'Payslip', payslip), 'it is shared with somebody else');
  assert.ok(isVisible(compileWorld(world), person('ben'), 'Payslip', 0));
});

test('a share beside a grant adds level 0 to what the grant opens', () => {
  const world = worldWith({
    rules: [rule('HR', 'Payslip', { levels: [1] })],
    grants: [grant('ben', 'HR', { Company: ['UK'], Employee: ['*'] })],
    shares: [share('Payslip', 'PAY-1', 'ben')],
  });
  assert.deepEqual(openLevels(ask(world, 'ben', 'read', 'Payslip', payslip)), new Set([0, 1]));
});

test('the nearest miss names the grant and the dimension, and no value of the document', () => {
  const world = worldWith({
    rules: accounts,
    grants: [
      grant('ada', 'Accounts', { Company: ['SG'], 'Cost Center': ['London'] }, { name: 'far' }),
      grant('ada', 'Accounts', { Company: ['UK'], 'Cost Center': ['London'] }, { name: 'near' }),
    ],
  });
  const { missing } = ask(world, 'ada', 'read', 'Invoice', leedsInvoice);
  assert.deepEqual(missing, [
    {
      kind: 'scope',
      detail: 'role Accounts is held; no Cost Center of grant `near` covers it',
      field: 'cost_center',
    },
  ]);
});

test('a refusal says in whole sentences what is missing', () => {
  const said = (parts: Partial<World>, doctype = 'Invoice', who: string | Principal = 'ada') =>
    ask(worldWith(parts), who, 'read', doctype, leedsInvoice).missing;
  assert.deepEqual(said({}, 'Nothing'), [{ kind: 'doctype', detail: 'no such doctype' }]);
  assert.deepEqual(said({}), [
    { kind: 'role', detail: 'no role held now has a rule in force to read Invoice' },
  ]);
  const scope = { Company: ['UK'], 'Cost Center': ['London'] };
  const when: Filter = { kind: 'is-me', field: 'modified_by' };
  assert.deepEqual(
    said({
      rules: [rule('Accounts', 'Invoice', { when })],
      grants: [grant('ada', 'Accounts', scope)],
    }),
    [
      {
        kind: 'scope',
        detail: 'role Accounts is held; no Cost Center of grant `ada as Accounts` covers it',
        field: 'cost_center',
      },
      {
        kind: 'when',
        detail: "role Accounts is held; this Invoice does not meet the rule's condition",
      },
    ],
  );
  const free = { Company: ['*'], 'Cost Center': ['*'] };
  const token = person('ada', [{ name: 'a token', actions: ['create'] }]);
  const held = { rules: accounts, grants: [grant('ada', 'Accounts', free)] };
  assert.deepEqual(said(held, 'Invoice', token), [
    { kind: 'ceiling', detail: '`a token` does not reach that far' },
  ]);
});

test('of several near misses the first of the nearest is told', () => {
  const far = grant('ada', 'Accounts', { 'Cost Center': ['London'] }, { name: 'far' });
  const near = grant('ada', 'Accounts', { Company: ['UK'] }, { name: 'near' });
  const other = grant('ada', 'Accounts', { Company: ['UK'] }, { name: 'as near' });
  const world = worldWith({ rules: accounts, grants: [far, near, other] });
  const { missing } = ask(world, 'ada', 'read', 'Invoice', leedsInvoice);
  assert.deepEqual(
    missing.map(({ detail }) => detail),
    ['role Accounts is held by grant `near`, which names no Cost Center'],
  );
});
