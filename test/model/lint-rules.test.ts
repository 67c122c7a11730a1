/** Rules, drafts and grants that lint tells of, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type Action,
  compileWorld,
  type DoctypeShape,
  type Rule,
  suspectsIn,
  type World,
} from '../../src/authz/index.ts';
import { type Documents, lint, payslips, people, told } from './example-lint.ts';
import { grant, rule, TODAY, worldWith } from './example-world.ts';

const UK = { Company: ['UK'], Employee: ['E1'] };
/** Opens what is personal of a payslip. */
const PAY = { levels: [0, 1] };
const hr = (parts: Partial<Rule> = {}): Rule => rule('HR', 'Payslip', { ...PAY, ...parts });

/** The fields with their levels, all of which say something of a person. */
function personalNotes(levels: Readonly<Record<string, number>>, more: string[] = []) {
  const shape: DoctypeShape = {
    ...{ name: 'Note', paths: [], levels: new Map(Object.entries(levels)) },
    personal: new Set([...Object.keys(levels), ...more]),
  };
  return [...worldWith({}).doctypes.filter(({ name }) => name !== 'Note'), shape];
}

test('pay that more than ten people read is told, and what is not personal is not', () => {
  const readers = (count: number, parts: Partial<Rule>) => {
    const users = people(count);
    return told(
      { users, rules: [hr(parts)], grants: users.map((user) => grant(user, 'HR', UK)) },
      payslips(1),
    );
  };
  assert.deepEqual(readers(10, {}), []);
  assert.deepEqual(readers(11, {}), ['personal_to_many: HR on Payslip']);
  assert.deepEqual(readers(11, { levels: [0] }), []);
});

test('pay that leaves by one who has more than a hundred slips is told', () => {
  const leaving = (count: number, action: Action) =>
    told({ rules: [hr({ actions: [action] })], grants: [grant('ada', 'HR', UK)] }, payslips(count));
  for (const action of ['print', 'email', 'export', 'share'] as const) {
    assert.deepEqual(leaving(100, action), [], action);
    assert.deepEqual(leaving(101, action), ['personal_leaves: HR on Payslip'], action);
  }
  for (const action of ['read', 'write', 'report'] as const) {
    assert.deepEqual(leaving(101, action), [], action);
  }
});

test('a rule that no dimension limits is told, but of choosing titles', () => {
  const free = (parts: Partial<Rule>) => told({ rules: [rule('Accounts', 'Invoice', parts)] });
  const except = ['Company', 'Cost Center'];
  const found = ['except_every_dimension: Accounts on Invoice'];
  assert.deepEqual(free({ except }), found);
  assert.deepEqual(free({ except, actions: ['select'] }), []);
  assert.deepEqual(free({ except, actions: ['select', 'read'] }), found);
  assert.deepEqual(free({ except, actions: ['create'] }), found);
  assert.deepEqual(free({ except: ['Company'] }), []);
  assert.deepEqual(free({ reach: 'everything' }), [
    'everything_over_dimension: Accounts on Invoice',
  ]);
  const notes = (parts: Partial<Rule>) => told({ rules: [rule('Accounts', 'Note', parts)] });
  assert.deepEqual(notes({ reach: 'everything' }), [], 'where there is no dimension');
  assert.deepEqual(notes({ except }), []);
});

test('a finding says whether it is personal, and of which fields', () => {
  const of = (own: Rule) =>
    lint({ rules: [own] })
      .filter(({ doctype }) => doctype !== null)
      .map(({ isPersonal, fields }) => [isPersonal, fields]);
  assert.deepEqual(of(hr({ reach: 'everything' })), [[true, ['net_pay']]]);
  assert.deepEqual(of(hr({ reach: 'everything', levels: [0] })), [[false, []]]);
});

test('fields are told by name, in order, and only those that the rule lets read', () => {
  const doctypes = personalNotes({ phone: 0, home: 0, health: 2 }, ['of no level']);
  const fields = (own: Rule) =>
    lint({ doctypes, rules: [own], grants: [grant('#Everyone', 'HR')] })
      .filter(({ code }) => code === 'open_to_everyone')
      .map((finding) => finding.fields);
  assert.deepEqual(fields(rule('HR', 'Note', { levels: [0] })), [['home', 'phone']]);
  assert.deepEqual(fields(rule('HR', 'Note', { levels: [1] })), [[]]);
  const users = people(11);
  const grants = users.map((user) => grant(user, 'HR'));
  const created = rule('HR', 'Note', { actions: ['create'] });
  assert.deepEqual(told({ users, doctypes, rules: [created], grants }), []);
});

test('a draft is told by what it would open: fewer pairs where pay is among it', () => {
  const draft = (count: number, parts: Partial<Rule>) => {
    const rules = [hr({ status: 'draft', ...parts })];
    return told({ rules, grants: [grant('ada', 'HR', UK)] }, payslips(count));
  };
  const found = ['draft_opens_much: HR on Payslip'];
  assert.deepEqual([draft(99, {}), draft(100, {})], [[], found]);
  assert.deepEqual([draft(999, { levels: [0] }), draft(1000, { levels: [0] })], [[], found]);
  assert.deepEqual(draft(100, { reach: null, status: 'in force' }), found, 'without a reach');
  assert.deepEqual(draft(100, { status: 'in force' }), [], 'what is in force is no draft');
});

test('a draft with a condition that nobody understands is passed over', () => {
  const strange = { kind: 'sometimes' } as unknown as NonNullable<Rule['when']>;
  const drafts = [hr({ status: 'draft', when: strange }), rule('HR', 'Gone', { status: 'draft' })];
  assert.deepEqual(told({ rules: drafts, grants: [grant('ada', 'HR', UK)] }, payslips(2000)), []);
});

test('what is granted to guests or to everyone is told', () => {
  const rules = [rule('HR', 'Note')];
  const to = (...names: string[]) => {
    const grants = names.map((name) => grant(name, 'HR'));
    return lint({ rules, grants })
      .filter(({ doctype }) => doctype !== null)
      .map(({ code, subject, isPersonal }) => [code, subject.to, isPersonal]);
  };
  assert.deepEqual(to('#Guests', 'Guest', '#Everyone', 'Everyone', 'ada'), [
    ['open_to_everyone', 'group Everyone', false],
    ['open_to_guests', 'group Guests', false],
    ['open_to_guests', 'Guest', false],
  ]);
});

test('a grant is told to be personal where its rules open pay', () => {
  const grants = [grant('#Everyone', 'HR', UK)];
  const isPersonal = (parts: Partial<Rule>) =>
    lint({ rules: [hr(parts)], grants }).map((finding) => [finding.code, finding.isPersonal])[0];
  assert.deepEqual(isPersonal({}), ['open_to_everyone', true]);
  assert.deepEqual(isPersonal({ levels: [0] }), ['open_to_everyone', false]);
});

test('what everyone may read of their own only, or not read at all, is not told', () => {
  const grants = [grant('#Everyone', 'HR', UK)];
  const of = (parts: Partial<Rule>) => told({ rules: [hr(parts)], grants });
  assert.deepEqual(of({ when: { kind: 'is-me', field: 'owner' } }), []);
  assert.deepEqual(of({ actions: ['create'] }), []);
  const when = { kind: 'blank', field: 'title' } as const;
  assert.deepEqual(of({ when }), ['open_to_everyone: #Everyone as HR']);
});

test('a group that more than half of all people are in is told; the system is no people', () => {
  const users = [...people(4), 'system:ledger', 'system:mail', 'system:stock'];
  const rules = [rule('HR', 'Note')];
  const group = (...members: World['members']) =>
    told({ users, rules, members, grants: [grant('#sales', 'HR')] });
  const [a, b, c, d] = people(4).map((user) => ({ group: 'sales', user, from: null, until: null }));
  assert.ok(a && b && c && d);
  assert.deepEqual(group(a, b), []);
  assert.deepEqual(group(a, b, c), ['open_to_large_group: #sales as HR']);
  assert.deepEqual(group(a, b, { ...c, until: TODAY }), [], 'who has left is in it no more');
  assert.deepEqual(group(a, b, { ...c, group: 'books' }), []);
  const system = ['system:ledger', 'system:mail'].map((user) => ({ ...a, user }));
  assert.deepEqual(group(a, b, ...system), []);
  assert.deepEqual(group(a, b, { ...c, user: 'dismissed' }), []);
});

test('a grant of all values is told where pay is read by it, and it reaches anything', () => {
  const all = (values: Record<string, string[]>, parts: Partial<Rule> = {}) =>
    told({ rules: [hr(parts)], grants: [grant('ada', 'HR', values)] });
  const found = ['personal_all_values: ada as HR'];
  assert.deepEqual(all({ Company: ['*'], Employee: ['*'] }), found);
  assert.deepEqual(all({ Company: ['*'], Employee: ['E1'] }), []);
  assert.deepEqual(all({ Company: ['*'] }), [], 'who leaves out a dimension reaches nothing');
  assert.deepEqual(all({ Company: ['*'] }, { except: ['Employee'] }), found);
  assert.deepEqual(all({ Company: ['*'], Employee: ['*'] }, { levels: [0] }), []);
  const except = ['Company', 'Employee'];
  assert.deepEqual(all({}, { except }), ['except_every_dimension: HR on Payslip']);
});

test('of a change, only the doctypes that it touches are looked at', () => {
  const rules = [
    rule('Accounts', 'Invoice', { reach: 'everything' }),
    rule('HR', 'Payslip', { reach: 'everything', ...PAY }),
    hr({ name: 'draft', status: 'draft' }),
  ];
  const [invoices, pay] = [
    { Company: ['UK'], 'Cost Center': ['*'] },
    { ...UK, Employee: ['*'] },
  ];
  const grants = [grant('#Everyone', 'Accounts', invoices), grant('#Guests', 'HR', pay)];
  const world = compileWorld(worldWith({ rules, grants }));
  const codes = (...doctypes: string[]) =>
    suspectsIn(world, new Set(doctypes), TODAY)
      .filter(({ code }) => code !== 'role_nobody_holds')
      .map(({ code, doctype }) => `${code} ${doctype}`);
  assert.deepEqual(codes('Invoice', 'Company'), [
    'everything_over_dimension Invoice',
    'open_to_everyone Invoice',
  ]);
  assert.deepEqual(codes(), []);
});

test('without any document nothing is open to many', () => {
  const users = people(11);
  const grants = users.map((user) => grant(user, 'HR', UK));
  const none: Documents = {};
  assert.deepEqual(told({ users, rules: [hr({ actions: ['export'] })], grants }, none), []);
});
