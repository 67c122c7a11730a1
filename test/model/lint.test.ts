/** All that lint tells together: its codes, its order, and what it asks of documents. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type Finding,
  findingsAdded,
  groupingsForLint,
  LINT_CODES,
  suspectsOf,
  type World,
} from '../../src/authz/index.ts';
import { lint, payslips, people } from './example-lint.ts';
import { grant, grantee, rule, share, TODAY, worldWith } from './example-world.ts';

const UK = { Company: ['UK'], Employee: ['E1'] };
const ALL = { Company: ['*'], Employee: ['*'] };
const except = ['Company', 'Employee'];
const pay = { levels: [0, 1] };

/** A payslip is personal at level 0 as well. */
const doctypes = worldWith({}).doctypes.map((shape) =>
  shape.name === 'Payslip'
    ? {
        ...shape,
        levels: new Map(Object.entries({ net_pay: 1, home: 0 })),
        personal: new Set(['net_pay', 'home']),
      }
    : shape,
);
const USERS = people(12);
const member = (user: string, group = 'sales') => ({ group, user, from: null, until: null });
const superuser = { name: 'all', holder: grantee('ada'), roles: ['*'], exceptRoles: [], scope: [] };

/** Everything wrong at once. */
const CARELESS: Partial<World> = {
  ...{ users: USERS, doctypes },
  rules: [
    rule('HR', 'Payslip', { ...pay, actions: ['export'] }),
    rule('Accounts', 'Payslip', { except }),
    rule('Approver', 'Invoice', { reach: 'everything' }),
    rule('HR', 'Payslip', { ...pay, name: 'draft', status: 'draft' }),
  ],
  grants: [
    grant('#Guests', 'HR', UK),
    grant('#Everyone', 'HR', UK),
    grant('#sales', 'HR', UK),
    grant('person 000', 'HR', ALL),
    grant('gone', 'HR', UK),
  ],
  members: [...USERS.map((user) => member(user)), member('gone')],
  shares: [share('Payslip', 'PAY', 'person 001')],
  authorities: [superuser],
};

test('every code that lint tells of is listed, and every listed one is told of', () => {
  const codes = new Set(lint(CARELESS, payslips(101)).map(({ code }) => code));
  assert.deepEqual([...codes].sort(), [...LINT_CODES].sort());
});

const names = (findings: readonly Finding[]): string[] =>
  findings.map(({ code, subject }) => `${code} ${subject.name}`);

test('what is personal is told first, then what opens more, then by code and by name', () => {
  const rules = [
    rule('HR', 'Payslip', { ...pay, reach: 'everything', name: 'pay' }),
    rule('Accounts', 'Invoice', { reach: 'everything', name: 'few' }),
    rule('Approver', 'Stock Move', { reach: 'everything', name: 'many' }),
    rule('Employee', 'Company', { reach: 'everything', name: 'z' }),
    rule('Employee', 'Company', { except: ['Company'], name: 'b' }),
    rule('Employee', 'Company', { reach: 'everything', name: 'a' }),
  ];
  const grants = ['HR', 'Accounts', 'Approver', 'Employee'].map((role) => grant('ada', role));
  const documents = (count: number) => [{ facts: { name: 'one' }, count }];
  const found = lint({ rules, grants }, { Invoice: documents(2), 'Stock Move': documents(3) });
  assert.deepEqual(names(found), [
    'everything_over_dimension pay',
    'everything_over_dimension many',
    'everything_over_dimension few',
    'everything_over_dimension a',
    'everything_over_dimension z',
    'except_every_dimension b',
  ]);
});

test('documents are asked for what tells them apart, conditions of drafts and shares included', () => {
  const named = (field: string) => ({ kind: 'blank', field }) as const;
  const rules = [
    rule('HR', 'Payslip', { ...pay, when: named('month') }),
    rule('HR', 'Payslip', { name: 'draft', status: 'draft', when: named('bonus') }),
    rule('Accounts', 'Invoice', { name: 'plain draft', status: 'draft' }),
  ];
  const shares = [share('Payslip', 'PAY-1', 'ben')];
  const world = compileWorld(worldWith({ doctypes, rules, shares }));
  const groupings = groupingsForLint(world, suspectsOf(world, TODAY));
  assert.deepEqual(Object.fromEntries(groupings), {
    Payslip: { fields: ['bonus', 'company', 'employee', 'month'], names: ['PAY-1'] },
    Invoice: { fields: ['company', 'cost_center'], names: [] },
  });
  const shared = compileWorld(worldWith({ doctypes, shares }));
  assert.deepEqual(Object.fromEntries(groupingsForLint(shared, suspectsOf(shared, TODAY))), {
    Payslip: { fields: ['company', 'employee'], names: ['PAY-1'] },
  });
});

test('what a change adds is what was not there before, however much it opens now', () => {
  const before = lint(CARELESS, payslips(101));
  assert.deepEqual(findingsAdded(before, lint(CARELESS, payslips(500))), []);
  const grants = [...(CARELESS.grants ?? []), grant('gone', 'Accounts', UK)];
  const after = lint({ ...CARELESS, grants }, payslips(101));
  assert.deepEqual(names(findingsAdded(before, after)), ['grant_to_disabled gone as Accounts']);
  assert.deepEqual(findingsAdded(after, before), []);
});

test('somebody who may not act and comes into one more group is told of that one, too', () => {
  const inOne = [member('gone')];
  const inTwo = [...inOne, member('gone', 'books')];
  const [before, after] = [inOne, inTwo].map((members) => lint({ members }));
  assert.ok(before && after);
  assert.deepEqual(
    findingsAdded(before, after).map(({ subject }) => subject.to),
    ['group books'],
  );
});
