/** What a rule puts into its role beyond what roles can do already, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld, type GrantingAuthority, type Rule } from '../../src/authz/index.ts';
import { couldGive, powerGain, roleCovers } from '../../src/authz/rule-power.ts';
import { grantee, rule, scope, worldWith } from './example-world.ts';

type RuleParts = Parameters<typeof rule>[2];
type Values = Readonly<Record<string, readonly string[]>>;

const MINE = { kind: 'is-me', field: 'owner' } as const;
const OTHER = { kind: 'is-me', field: 'modified_by' } as const;

/** True where the role, which has the one rule, can do already what the other one says. */
function covers(one: RuleParts, other: RuleParts, doctype = 'Invoice'): boolean {
  const world = compileWorld(worldWith({ rules: [rule('Accounts', doctype, one)] }));
  return roleCovers(world, 'Accounts', rule('Accounts', doctype, { name: 'new', ...other }));
}

test('what reaches within scopes is covered by everything, and everything by nothing less', () => {
  const [within, everything] = [{ reach: 'within' }, { reach: 'everything' }] as const;
  assert.equal(covers(within, within), true);
  assert.equal(covers(everything, within), true);
  assert.equal(covers(everything, everything), true);
  assert.equal(covers(within, everything), false);
  assert.equal(covers(within, everything, 'Note'), true, 'which no dimension keeps apart');
});

test('an exception opens more, so that only a rule with the same one covers it', () => {
  const both = { except: ['Company', 'Cost Center'] };
  assert.equal(covers({}, { except: ['Company'] }), false);
  assert.equal(covers({ except: ['Company'] }, { except: ['Company'] }), true);
  assert.equal(covers({ except: ['Company'] }, both), false);
  assert.equal(covers(both, { except: ['Company'] }), true);
  assert.equal(covers({}, { except: ['Employee'] }), true, 'invoices have no employee');
});

test('a condition opens less, so that a rule without one covers it', () => {
  assert.equal(covers({}, { when: MINE }), true);
  assert.equal(covers({ when: MINE }, { when: MINE }), true);
  assert.equal(covers({ when: MINE }, { when: OTHER }), false);
  assert.equal(covers({ when: MINE }, {}), false);
});

/** One who may give these roles within these values. */
function authority(to: string, roles: readonly string[], values: Values = {}): GrantingAuthority {
  const name = `${to} may give ${roles.join()}`;
  return { name, holder: grantee(to), roles, exceptRoles: [], scope: scope(values) };
}

/** Scopes of the authorities that a rule of Accounts is worth something to; HR may the same. */
function empowered(authorities: readonly GrantingAuthority[]) {
  const notes = rule('Accounts', 'Note');
  const world = compileWorld(worldWith({ rules: [rule('HR', 'Note')], authorities }));
  const { power, opened, scopes } = powerGain(world, notes);
  assert.deepEqual([power, opened], [notes, []]);
  return scopes;
}

test('a rule is worth something to who gives its role, and cannot give the same otherwise', () => {
  const [uk, all] = [{ Company: ['UK'] }, { Company: ['*', '(blank)'] }];
  const own = authority('ada', ['Accounts'], uk);
  const everywhere = authority('ada', ['Accounts'], all);
  const hr = (to: string, values: Values) => authority(to, ['HR'], values);
  assert.deepEqual(empowered([own]), [own.scope]);
  assert.deepEqual(empowered([own, hr('ada', uk)]), []);
  assert.deepEqual(empowered([own, hr('ada', all)]), []);
  assert.deepEqual(empowered([everywhere, hr('ada', uk)]), [everywhere.scope]);
  assert.deepEqual(empowered([own, hr('ben', all)]), [own.scope], 'somebody else');
  assert.deepEqual(empowered([own, hr('#ada', all)]), [own.scope], 'a group of that name');
  assert.deepEqual(empowered([hr('ada', uk)]), [], 'who does not give the role at all');
});

/**
 * Whether one who gives every role but Approver could give a rule of HR: what Accounts can do they
 * give anyway, and of what Approver can do, nothing else.
 */
function isGivable(given: RuleParts, left: RuleParts, asked: RuleParts): boolean {
  const submit = { actions: ['submit'] as const, levels: [0] };
  const on = (role: string, parts: RuleParts): Rule =>
    rule(role, 'Invoice', { ...submit, ...parts });
  const giver = { ...authority('ada', ['*']), exceptRoles: ['Approver'] };
  const rules = [on('Accounts', given), on('Approver', left)];
  const world = compileWorld(worldWith({ rules, authorities: [giver] }));
  return couldGive(world, giver, on('HR', asked), []);
}

test('what no role left out can do may be given, though another rule comes near', () => {
  const none = { actions: ['create'] as const };
  assert.equal(isGivable({ when: MINE }, none, { when: OTHER }), true);
  assert.equal(isGivable({}, {}, { levels: [0, 1] }), true, 'a level that nobody has');
  assert.equal(isGivable(none, {}, {}), false);
  assert.equal(isGivable(none, {}, { levels: [] }), false, 'submitting at all');
});

const EVERYTHING = { reach: 'everything' } as const;

test('of a rule for everything, what a role left out has within scopes is asked about', () => {
  assert.equal(isGivable({}, {}, EVERYTHING), true);
  assert.equal(isGivable({}, EVERYTHING, EVERYTHING), false);
  assert.equal(isGivable({}, { except: ['Company'] }, EVERYTHING), false);
  assert.equal(isGivable({ except: ['Company'] }, { except: ['Company'] }, EVERYTHING), true);
});

test('of a rule without a condition, what a role left out has on a condition is asked about', () => {
  assert.equal(isGivable({ when: MINE }, { when: MINE }, {}), true);
  assert.equal(isGivable({ when: MINE }, { when: OTHER }, {}), false);
  assert.equal(isGivable({ when: MINE }, { ...EVERYTHING, when: MINE }, {}), true);
});

test('of exceptions, those that both have are asked about', () => {
  const [company, both] = [{ except: ['Company'] }, { except: ['Company', 'Cost Center'] }];
  assert.equal(isGivable(company, company, both), true);
  assert.equal(isGivable({}, company, both), false);
  assert.equal(isGivable({ when: MINE }, { ...company, when: MINE }, {}), true);
  assert.equal(isGivable({ when: MINE }, { ...EVERYTHING, when: MINE }, company), false);
});
