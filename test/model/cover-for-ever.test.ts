/** Which other grants give all that a grant could ever give, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import { coverForEver } from '../../src/authz/cover-for-ever.ts';
import type { Filter } from '../../src/authz/filter.ts';
import type { Grant, Member, World } from '../../src/authz/world.ts';
import { grant, person, rule, TODAY, worldWith } from './example-world.ts';

const DAY = 86_400_000;
const day = (number: number): number => TODAY + number * DAY;
/** Roles that all read notes, which have no dimension. */
const NOTES = ['Accounts', 'HR', 'Approver', 'Employee'].map((role) => rule(role, 'Note'));

const member = (group: string, user: string, parts: Partial<Member> = {}): Member => ({
  ...{ group, user, from: null, until: null },
  ...parts,
});

/** Names of the grants that cover the first of the grants. */
function coverOf(grants: readonly Grant[], parts: Partial<World> = {}, of: string | null = null) {
  const world = compileWorld(worldWith({ rules: NOTES, ...parts, grants: [...grants] }));
  const [asked] = grants as [Grant, ...Grant[]];
  return coverForEver(world, asked, of === null ? null : person(of), TODAY);
}

const accounts = grant('ada', 'Accounts');

test('another grant of the same person covers, and nobody else’s does', () => {
  assert.deepEqual(coverOf([accounts, grant('ada', 'HR')]), ['ada as HR']);
  assert.equal(coverOf([accounts, grant('ben', 'HR')]), null);
  assert.equal(coverOf([accounts]), null, 'and never itself');
});

test('what reaches nothing needs no cover; a grant that is not in force proves nothing', () => {
  assert.deepEqual(coverOf([accounts], { rules: [] }), []);
  const ended = grant('ada', 'Accounts', {}, { until: TODAY });
  assert.deepEqual(coverOf([ended], { rules: [] }), [], 'even where nobody holds it any more');
  const world = compileWorld(worldWith({ rules: NOTES, grants: [grant('ada', 'HR')] }));
  assert.equal(coverForEver(world, accounts, null, TODAY), null);
});

test('of a group each member has to be covered, and nobody of another group', () => {
  const sales = grant('#sales', 'Accounts');
  const users = ['ada', 'ben', 'cleo'];
  const members = [member('sales', 'ada'), member('sales', 'ben'), member('other', 'cleo')];
  const groups = { users, members };
  const adas = grant('ada', 'HR', {}, { name: 'second' });
  const bens = grant('ben', 'HR', {}, { name: 'first' });
  assert.equal(coverOf([sales, adas], groups), null);
  assert.deepEqual(coverOf([sales, adas, bens], groups), ['first', 'second']);
  assert.deepEqual(coverOf([sales, adas], groups, 'ada'), ['second'], 'asked for one of them');
  assert.equal(coverOf([sales, adas], groups, 'cleo'), null, 'who does not hold it');
  // A user who is called as a group is does not hold what the group does.
  assert.equal(coverOf([grant('#ada', 'Accounts'), grant('ada', 'HR')], groups), null);
});

test('of what everybody or every guest holds, only what all new people hold covers', () => {
  for (const group of ['#Everyone', '#Guests']) {
    const own = grant(group, 'Accounts');
    assert.deepEqual(coverOf([own, grant(group, 'HR')]), [`${group} as HR`]);
    assert.equal(coverOf([own, grant('ada', 'HR'), grant('ben', 'HR')]), null);
  }
  assert.equal(coverOf([grant('#Everyone', 'Accounts'), grant('#Guests', 'HR')]), null);
});

test('a cover has to last as long as the grant does', () => {
  const hr = (from: number | null, until: number | null) => grant('ada', 'HR', {}, { from, until });
  const own = (from: number | null, until: number | null) =>
    grant('ada', 'Accounts', {}, { from, until });
  assert.equal(coverOf([accounts, hr(null, day(10))]), null);
  assert.equal(coverOf([accounts, hr(day(1), null)]), null);
  assert.equal(coverOf([accounts, hr(null, day(-1))]), null, 'it has ended');
  assert.equal(coverOf([accounts, hr(null, TODAY)]), null, 'it ends this very moment');
  assert.deepEqual(coverOf([accounts, hr(day(-5), null)]), ['ada as HR']);
  assert.deepEqual(coverOf([own(null, day(10)), hr(null, day(10))]), ['ada as HR']);
  assert.deepEqual(coverOf([own(day(3), null), hr(day(3), null)]), ['ada as HR']);
  assert.equal(coverOf([own(day(3), null), hr(day(5), null)]), null);
  assert.deepEqual(coverOf([own(day(3), day(4)), hr(day(2), day(5))]), ['ada as HR']);
  assert.equal(coverOf([own(null, TODAY), hr(null, null)]), null, 'nobody holds it any more');
});

test('several grants cover one after the other, without a gap', () => {
  const hr = grant('ada', 'HR', {}, { until: day(10) });
  const approver = (from: number) => grant('ada', 'Approver', {}, { from });
  assert.deepEqual(coverOf([accounts, hr, approver(day(10))]), ['ada as Approver', 'ada as HR']);
  assert.deepEqual(coverOf([accounts, hr, approver(day(9))]), ['ada as Approver', 'ada as HR']);
  assert.equal(coverOf([accounts, hr, approver(day(11))]), null);
});

test('before a grant begins, it needs no cover', () => {
  const own = grant('ada', 'Accounts', {}, { from: day(10) });
  const over = grant('ada', 'HR', {}, { from: day(1), until: day(2) });
  const later = grant('ada', 'Approver', {}, { from: day(5) });
  assert.deepEqual(coverOf([own, over, later]), ['ada as Approver']);
});

test('few rather than many: what is needed earlier is taken later as well', () => {
  const of = (name: string, from: number | null, until: number | null) =>
    grant('ada', 'HR', {}, { name, from, until });
  const first = of('first', null, day(10));
  const [second, third] = [of('second', day(10), null), of('third', day(20), null)];
  assert.deepEqual(coverOf([accounts, third, second, first]), ['first', 'second']);
});

test('a membership that ends ends what is held by it', () => {
  const sales = grant('#sales', 'Accounts');
  const members = [member('sales', 'ada', { until: day(10) })];
  const hr = (until: number) => grant('ada', 'HR', {}, { until });
  assert.deepEqual(coverOf([sales, hr(day(10))], { members }), ['ada as HR']);
  assert.equal(coverOf([sales, hr(day(9))], { members }), null);
  const begins = [member('sales', 'ada', { from: day(5) })];
  assert.deepEqual(
    coverOf([sales, grant('ada', 'HR', {}, { from: day(5) })], { members: begins }),
    ['ada as HR'],
  );
});

test('every doctype of the role has to be covered', () => {
  const rules = [
    ...[rule('Accounts', 'Note'), rule('Accounts', 'Company')],
    ...[rule('HR', 'Note'), rule('Approver', 'Company')],
  ];
  const uk = { Company: ['UK'] };
  const own = grant('ada', 'Accounts', uk);
  const [hr, approver] = [grant('ada', 'HR'), grant('ada', 'Approver', uk)];
  assert.equal(coverOf([own, hr], { rules }), null);
  assert.equal(coverOf([own, approver], { rules }), null);
  assert.deepEqual(coverOf([own, hr, approver], { rules }), ['ada as Approver', 'ada as HR']);
});

test('few rather than many: what one needs already is taken for the next, too', () => {
  const sales = grant('#sales', 'Accounts');
  const everybodys = grant('#Everyone', 'Approver');
  const members = [member('sales', 'ada'), member('sales', 'ben')];
  const grants = [sales, grant('ben', 'HR'), everybodys];
  assert.deepEqual(coverOf(grants, { members }), ['#Everyone as Approver']);
});

const INVOICES = ['Accounts', 'HR', 'Approver'].map((role) => rule(role, 'Invoice'));
const ANY = { 'Cost Center': ['*', '(blank)'] };

test('companies are covered by several grants together, and by one alone where that is enough', () => {
  const rules = { rules: INVOICES };
  const own = grant('ada', 'Accounts', { ...ANY, Company: ['UK', 'DE'] });
  const of = (role: string, ...companies: string[]) =>
    grant('ada', role, { ...ANY, Company: companies }, { name: companies.join('+') });
  assert.deepEqual(coverOf([own, of('HR', 'FR'), of('HR', 'UK'), of('HR', 'DE')], rules), [
    'DE',
    'UK',
  ]);
  assert.equal(coverOf([own, of('HR', 'UK'), of('HR', 'FR')], rules), null);
  assert.deepEqual(coverOf([own, of('HR', 'UK'), of('Approver', 'DE', 'UK')], rules), ['DE+UK']);
  assert.deepEqual(coverOf([own, of('HR', 'UK'), of('HR', '*')], rules), ['*']);
  assert.equal(coverOf([of('HR', '*'), own], rules), null, 'less than all is no cover of all');
});

test('what is left in several pieces is covered piece by piece', () => {
  const of = (role: string, companies: string[], centres: string[]) =>
    grant('ada', role, { Company: companies, 'Cost Center': centres }, { name: companies.join() });
  const own = of('Accounts', ['UK', 'DE'], ['Leeds', 'London']);
  const [corner, beside] = [of('HR', ['UK'], ['Leeds']), of('HR', ['DE'], ['Leeds', 'London'])];
  const below = of('Approver', ['UK', 'FR'], ['London']);
  const names = [beside, corner, below].map(({ name }) => name);
  assert.deepEqual(coverOf([own, corner, beside, below], { rules: INVOICES }), names);
});

/** Values one to `count`, by the binary digits of their numbers: by each, those that have it. */
function byDigits(count: number) {
  const all = Array.from({ length: count }, (_, number) => `${number + 1}`);
  const digits = Array.from({ length: Math.ceil(Math.log2(count + 1)) }, (_, digit) => 1 << digit);
  return { all, parts: digits.map((digit) => all.filter((value) => (Number(value) & digit) > 0)) };
}

test('a proof of more than two thousand pieces is given up', () => {
  // Each part of the values, on a condition of its own, cuts each piece that there is in two.
  const cover = (companyCount: number, employeeCount: number): string[] | null => {
    const [companies, employees] = [byDigits(companyCount), byDigits(employeeCount)];
    const parts = [
      ...companies.parts.map((part) => ({ Company: part, Employee: employees.all })),
      ...employees.parts.map((part) => ({ Company: companies.all, Employee: part })),
    ];
    const [half, rest] = [companies.all.slice(0, 9), companies.all.slice(9)];
    const sides = [half, rest].map((part) => ({ Company: part, Employee: employees.all }));
    const when = (role: string): Filter => ({ kind: 'one-of', field: 'net_pay', values: [role] });
    const roles = ['Accounts', 'HR', ...parts.map((_, index) => `${index}`)];
    const rules = roles.map((role, index) =>
      rule(role, 'Payslip', { when: index < 2 ? null : when(role) }),
    );
    const grants = [
      grant('ada', 'Accounts', { Company: companies.all, Employee: employees.all }),
      ...parts.map((part, index) => grant('ada', `${index}`, part)),
      ...sides.map((part, index) => grant('ada', 'HR', part, { name: `side ${index}` })),
    ];
    return coverOf(grants, { rules, roles: roles.map((name) => ({ name })) });
  };
  assert.equal(cover(40, 50)?.filter((name) => name.startsWith('side')).length, 2);
  assert.equal(cover(41, 50), null);
});

test('a centre that will come below counts, and one that will not does not', () => {
  const rules = { rules: INVOICES };
  const of = (role: string, ...centres: string[]) =>
    grant('ada', role, { Company: ['*', '(blank)'], 'Cost Center': centres }, { name: role });
  const leeds = of('Accounts', 'Leeds/');
  assert.deepEqual(coverOf([leeds, of('HR', 'All/')], rules), ['HR']);
  assert.deepEqual(coverOf([leeds, of('HR', 'Leeds/')], rules), ['HR']);
  assert.equal(coverOf([leeds, of('HR', 'Leeds', 'Leeds Retail/')], rules), null);
  assert.deepEqual(coverOf([of('Accounts', 'Leeds'), of('HR', 'Leeds/')], rules), ['HR']);
});

test('rows of two centres are covered by one grant of both, and not by two of one each', () => {
  const doctypes = [
    {
      name: 'Journal',
      paths: [{ dimension: 'Cost Center', path: 'lines.cost_center' }],
      ...{ levels: new Map(), personal: new Set<string>() },
    },
  ];
  const rules = ['Accounts', 'HR'].map((role) => rule(role, 'Journal'));
  const of = (role: string, ...centres: string[]) =>
    grant('ada', role, { 'Cost Center': centres }, { name: `${role} ${centres.join('+')}` });
  const own = of('Accounts', 'Leeds', 'London');
  assert.equal(coverOf([own, of('HR', 'Leeds'), of('HR', 'London')], { doctypes, rules }), null);
  const both = of('HR', 'London', 'Leeds');
  assert.deepEqual(coverOf([own, of('HR', 'Leeds'), both], { doctypes, rules }), [both.name]);
});
