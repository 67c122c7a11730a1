/** Separation of duties at the kernel: who could do both, where, from when, and by what. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  conflictsMade,
  conflictsOf,
  type Grant,
  recompile,
  type Separation,
  type World,
  type WorldChange,
} from '../../src/authz/index.ts';
import { grant, rule, share, TODAY, worldWith } from './example-world.ts';

const RULES = [
  rule('Accounts', 'Invoice', { actions: ['create'] }),
  rule('Approver', 'Payslip', { actions: ['submit'], except: ['Employee'] }),
  rule('Employee', 'Note', { actions: ['create'] }),
];

const APART: Separation = {
  ...{ name: 'apart', dimension: 'Company', effect: 'refuse' },
  first: { doctype: 'Invoice', action: 'create' },
  second: { doctype: 'Payslip', action: 'submit' },
};

const CENTRES = { 'Cost Center': ['*'] };

function conflicts(parts: Partial<World>, apart: Separation = APART) {
  const world = compileWorld(worldWith({ rules: RULES, ...parts }));
  return conflictsOf(world, [apart], TODAY);
}

function values(first: readonly string[], second: readonly string[], apart = APART) {
  const grants = [
    grant('ben', 'Accounts', { Company: first, ...CENTRES }),
    grant('ben', 'Approver', { Company: second }),
  ];
  return conflicts({ grants }, apart)[0]?.values ?? null;
}

test('two duties conflict in the companies in which one person has both', () => {
  assert.equal(values(['UK'], ['SG']), null);
  assert.deepEqual(values(['UK', 'SG'], ['SG', 'DE']), ['SG']);
  assert.deepEqual(values(['*'], ['SG']), ['SG']);
  assert.deepEqual(values(['*'], ['*', 'UK']), ['*']);
  assert.equal(values(['*'], ['(blank)']), null);
  assert.deepEqual(values(['UK', '(blank)'], ['SG', '(blank)']), ['(blank)']);
  assert.equal(values(['*', '(blank)'], ['*', '(blank)']), 'everywhere');
  assert.equal(values(['UK'], ['SG'], { ...APART, dimension: null }), 'everywhere');
});

test('a document without the dimension belongs to every value of it', () => {
  const apart = { ...APART, first: { doctype: 'Note', action: 'create' } as const };
  const grants = [
    grant('ben', 'Employee', { Company: ['SG'] }),
    grant('ben', 'Approver', { Company: ['UK'] }),
  ];
  assert.deepEqual(conflicts({ grants }, apart)[0]?.values, ['UK']);
});

test('a conflict names the person, what gives each duty, and when it begins', () => {
  const grants = [
    grant('#books', 'Accounts', { Company: ['UK'], ...CENTRES }),
    grant('ben', 'Approver', { Company: ['UK'] }, { from: TODAY + 5 }),
    grant('cleo', 'Approver', { Company: ['UK'] }),
  ];
  const members = [
    { group: 'books', user: 'ben', from: null, until: null },
    { group: 'books', user: 'cleo', from: null, until: TODAY },
  ];
  assert.deepEqual(conflicts({ grants, members }), [
    {
      ...{ rule: 'apart', effect: 'refuse', user: 'ben', values: ['UK'] },
      ...{ first: ['#books as Accounts'], second: ['ben as Approver'], from: TODAY + 5 },
    },
  ]);
});

test('duties that follow each other are no conflict', () => {
  const grants = (until: number, from: number) => [
    grant('ben', 'Accounts', { Company: ['UK'], ...CENTRES }, { until }),
    grant('ben', 'Approver', { Company: ['UK'] }, { from }),
  ];
  assert.equal(conflicts({ grants: grants(TODAY + 5, TODAY + 5) }).length, 0);
  assert.equal(conflicts({ grants: grants(TODAY + 5, TODAY + 4) }).length, 1);
});

test('a share of a document brings its duty; the system’s own principals are no people', () => {
  const grants = [
    grant('ben', 'Accounts', { Company: ['UK'], ...CENTRES }),
    grant('system:ledger', 'Accounts', { Company: ['UK'], ...CENTRES }),
    grant('system:ledger', 'Approver', { Company: ['UK'] }),
  ];
  assert.equal(conflicts({ grants }).length, 0);
  const shares = [share('Payslip', 'PAY-1', 'ben', { actions: ['submit'] })];
  assert.deepEqual(
    conflicts({ grants, shares }).map(({ user, second }) => [user, second]),
    [['ben', ['shared']]],
  );
});

test('a change makes the conflicts that were not there, and those for more values', () => {
  const own = grant('ben', 'Accounts', { Company: ['UK', 'SG'], ...CENTRES });
  const made = (grants: World['grants'], change: WorldChange) => {
    const before = compileWorld(worldWith({ rules: RULES, grants }));
    const sides = { before, after: recompile(before, change), change };
    return conflictsMade(sides, [APART], TODAY).map(({ user, values: where }) => [user, where]);
  };
  const adding = (...added: World['grants']) => ({ grants: { gone: [], added } });
  const approving = (company: string, to = 'ben') =>
    grant(to, 'Approver', { Company: [company] }, { name: `approving ${company}` });
  assert.deepEqual(made([own], adding(approving('UK'))), [['ben', ['UK']]]);
  assert.deepEqual(made([own], adding(approving('DE'))), []);
  const there = [own, approving('UK')];
  assert.deepEqual(made(there, adding(grant('ben', 'HR'))), [], 'it was there before');
  assert.deepEqual(made(there, { grants: { gone: [own], added: [] } }), []);
  assert.deepEqual(made(there, adding(approving('SG'))), [['ben', ['SG', 'UK']]]);
  assert.deepEqual(made([own], adding(approving('UK', '#all'))), []);
  const everyone = { ...approving('UK'), grantee: { type: 'Group', name: 'Everyone' } as const };
  assert.deepEqual(made([own], adding(everyone)), [['ben', ['UK']]]);
  const rules = {
    gone: [],
    added: [
      rule('Accounts', 'Payslip', { name: 'new', actions: ['submit'], except: ['Employee'] }),
    ],
  };
  assert.deepEqual(made([own], { rules }), [['ben', ['SG', 'UK']]]);
});

/** Grants of both duties in these companies. */
const both = (to: string, companies: readonly string[], parts: Partial<Grant> = {}): Grant[] => [
  grant(to, 'Accounts', { Company: companies, ...CENTRES }, { name: `${to} books`, ...parts }),
  grant(to, 'Approver', { Company: companies }, { name: `${to} approves`, ...parts }),
];

test('conflicts are told in the order of people, and grants in that of their names', () => {
  const second = { name: 'another one' };
  const grants = [
    ...both('ben', ['UK']),
    ...both('ada', ['UK']),
    grant('ben', 'Accounts', { Company: ['UK'], ...CENTRES }, second),
    grant('ben', 'Approver', { Company: ['UK'] }, second),
  ];
  const [ada, ben] = conflicts({ users: ['ben', 'ada'], grants });
  assert.deepEqual([ada?.user, ben?.user], ['ada', 'ben']);
  assert.deepEqual(ben?.first, ['another one', 'ben books']);
  assert.deepEqual(ben?.second, ['another one', 'ben approves']);
});

test('a conflict begins with the first two that meet, when the later one of them begins', () => {
  const day = (number: number): number => TODAY + number * 86_400_000;
  const booking = (name: string, from: number | null) =>
    grant('ben', 'Accounts', { Company: ['UK'], ...CENTRES }, { name, from });
  const approving = (from: number | null) =>
    grant('ben', 'Approver', { Company: ['UK'] }, { from });
  const begins = (...grants: Grant[]) => conflicts({ grants }).map(({ from }) => from);
  assert.deepEqual(begins(booking('a', null), approving(null)), [null]);
  assert.deepEqual(begins(booking('a', day(-3)), approving(null)), [null]);
  assert.deepEqual(begins(booking('a', day(3)), approving(day(5))), [day(5)]);
  assert.deepEqual(begins(booking('a', day(9)), booking('b', day(7)), approving(null)), [day(7)]);
});

test('a moment before 1970 is one like any other', () => {
  const grants = both('ben', ['UK'], { from: -500 });
  const shares = [share('Payslip', 'PAY-1', 'ben', { actions: ['submit'] })];
  const world = compileWorld(worldWith({ rules: RULES, grants: grants.slice(0, 1), shares }));
  assert.deepEqual(
    conflictsOf(world, [APART], -900).map(({ from }) => from),
    [-500],
  );
});

test('duties of a doctype that is not there are nobody’s', () => {
  const shares = [share('Gone', 'G-1', 'ben', { actions: ['submit'] })];
  const duty = { doctype: 'Gone', action: 'submit' } as const;
  assert.deepEqual(conflicts({ shares }, { ...APART, first: duty, second: duty }), []);
});

/** Who can do what where by each rule, of the conflicts that come with more grants. */
function madeBy(held: Grant[], added: Grant[], apart: readonly Separation[] = [APART]) {
  const before = compileWorld(worldWith({ rules: RULES, grants: held }));
  const change = { grants: { gone: [], added } };
  const sides = { before, after: recompile(before, change), change };
  return conflictsMade(sides, apart, TODAY).map(({ rule: name, user, values: where }) => ({
    ...{ name, user, where },
  }));
}

test('what a change makes is told in the order of people, and by each rule', () => {
  const added = [...both('cleo', ['UK']), ...both('ada', ['UK'])];
  assert.deepEqual(
    madeBy([], added).map(({ user }) => user),
    ['ada', 'cleo'],
  );
  const notes: Separation = {
    ...{ ...APART, name: 'notes', dimension: null },
    second: { doctype: 'Note', action: 'create' },
  };
  const found = madeBy(both('ben', ['*', '(blank)']), [grant('ben', 'Employee')], [APART, notes]);
  assert.deepEqual(found, [{ name: 'notes', user: 'ben', where: 'everywhere' }]);
});

test('whoever had it for every value has nothing new for one of them, but for a blank one', () => {
  assert.deepEqual(madeBy(both('ben', ['*']), both('ben', ['UK'], { name: 'more' })), []);
  const all = both('ben', ['*']);
  const before = compileWorld(worldWith({ rules: RULES, grants: all }));
  const change = { grants: { gone: all, added: both('ben', ['(blank)']) } };
  const sides = { before, after: recompile(before, change), change };
  assert.deepEqual(
    conflictsMade(sides, [APART], TODAY).map(({ values: where }) => where),
    [['(blank)']],
  );
});
