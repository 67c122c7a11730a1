/** What is gained where a doctype's fields get other levels, or other dimension paths. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  compileWorld,
  type DimensionPath,
  type Gain,
  type GrantingAuthority,
  gainsOf,
  type Rule,
  type World,
  type WorldChange,
} from '../../src/authz/index.ts';
import { grant, grantee, rule, scope, share, TODAY, worldWith } from './example-world.ts';

const UK = { Company: ['UK'], Employee: ['E1'] };

function gained(parts: Partial<World>, change: WorldChange): Gain[] {
  return gainsOf(compileWorld(worldWith(parts)), change, TODAY);
}

/** Payslips, of which a field gets another level, and who gains what by it. */
function relevelled(from: number, to: number, parts: Partial<World>, more: WorldChange = {}) {
  const doctypes = worldWith({}).doctypes.map((shape) =>
    shape.name === 'Payslip' ? { ...shape, levels: new Map([['net_pay', from]]) } : shape,
  );
  const levels = [{ doctype: 'Payslip', field: 'net_pay', level: to }];
  return gained({ doctypes, ...parts }, { levels, ...more });
}

const READERS: Partial<World> = {
  rules: [rule('HR', 'Payslip', { levels: [0, 2] })],
  grants: [grant('ben', 'HR', UK)],
};
const SHARED = { shares: [share('Payslip', 'PAY-1', 'cleo')] };

test('whoever reads at the new level of a field gains it, and nobody else', () => {
  const [power, role, ...more] = relevelled(1, 2, READERS);
  assert.deepEqual(more, []);
  assert.ok(power && 'power' in power && role && 'role' in role);
  assert.deepEqual([power.power.role, power.power.levels], ['HR', [1]]);
  assert.deepEqual([role.grantee, role.role], [grantee('ben'), 'HR']);
  assert.deepEqual(relevelled(1, 3, READERS), [], 'no rule opens the level');
  assert.deepEqual(relevelled(2, 0, READERS), [], 'who reads it reads the old level as well');
});

test('whom a document is shared with gains a field that comes to level 0, and no other', () => {
  const gain = { grantee: grantee('cleo'), share: SHARED.shares[0], levels: [0, 1] };
  assert.deepEqual(relevelled(1, 0, SHARED), [gain]);
  assert.deepEqual(relevelled(1, 2, SHARED), []);
  assert.deepEqual(relevelled(0, 1, SHARED), []);
  assert.deepEqual(relevelled(0, 0, SHARED), [], 'it was there already');
});

test('a share shows what its document is, for as long as it lasts', () => {
  const shares = [
    share('Payslip', 'ended', 'ben', { until: TODAY }),
    share('Payslip', 'ending', 'ben', { until: TODAY + 1 }),
    share('Payslip', 'to come', 'ben', { from: TODAY + 9 }),
    share('Note', 'other', 'ben'),
    share('Payslip', 'going', 'ben'),
  ];
  const going = { shares: { gone: shares.slice(4), added: [] } };
  const found = relevelled(1, 0, { shares }, going);
  assert.deepEqual(
    found.map((gain) => 'share' in gain && gain.share.document),
    ['ending', 'to come'],
  );
});

test('a secret that is none any more is gained, and one that becomes secret is not', () => {
  const sensitivity = (is: 'none' | 'secret', level: number) => {
    const field = { doctype: 'Payslip', field: 'net_pay', sensitivity: is, level };
    return gained(SHARED, { sensitivities: [field] });
  };
  assert.equal(sensitivity('none', 0).length, 1);
  assert.deepEqual(sensitivity('secret', 0), []);
});

test('a doctype that is not there gives nothing', () => {
  const doctype = 'Gone';
  assert.deepEqual(gained(SHARED, { levels: [{ doctype, field: 'title', level: 0 }] }), []);
  assert.deepEqual(gained(SHARED, { paths: [{ doctype, paths: [] }] }), []);
});

const COMPANY = { dimension: 'Company', path: 'company' };
const CENTRE = { dimension: 'Cost Center', path: 'cost_center' };
const CUSTOMER = { dimension: 'Customer', path: 'customer' };

/** Invoices get these paths instead of company and cost centre. */
function repathed(paths: readonly DimensionPath[], parts: Partial<World>, more: WorldChange = {}) {
  return gained(parts, { paths: [{ doctype: 'Invoice', paths }], ...more });
}

const INVOICES = rule('Accounts', 'Invoice');
const LEEDS = { 'Cost Center': ['Leeds/'], Company: ['UK'] };
const ACCOUNTS = { rules: [INVOICES], grants: [grant('ben', 'Accounts', LEEDS)] };

/** What Ben gains of whom nothing but the cost centre keeps documents away any more. */
const OPENED = {
  grantee: grantee('ben'),
  role: 'Accounts',
  scope: scope({ 'Cost Center': ['Leeds/'], Company: ['*', '(blank)'] }),
};

test('whom a path kept documents away from gains all values of its dimension', () => {
  assert.deepEqual(repathed([CENTRE], ACCOUNTS), [OPENED]);
  const all = { ...LEEDS, Company: ['*', '(blank)'] };
  for (const [companies, count] of [
    [['*', '(blank)'], 0],
    [['*'], 1],
    [['UK', '(blank)'], 1],
  ] as const) {
    const grants = [grant('ben', 'Accounts', { ...all, Company: companies })];
    assert.equal(repathed([CENTRE], { ...ACCOUNTS, grants }).length, count, companies.join());
  }
});

test('a path on the same field, but of another dimension, is another path', () => {
  const companies = { ...LEEDS, Customer: ['C1'] };
  const grants = [grant('ben', 'Accounts', companies)];
  const paths = [{ dimension: 'Customer', path: 'company' }, CENTRE];
  const [gain, ...more] = repathed(paths, { ...ACCOUNTS, grants });
  assert.deepEqual(more, []);
  const [centre, customer] = [scope({ 'Cost Center': ['Leeds/'] }), scope({ Customer: ['C1'] })];
  const opened = scope({ Company: ['*', '(blank)'] });
  assert.deepEqual(gain, { ...OPENED, scope: [...centre, ...customer, ...opened] });
});

test('who leaves out a dimension of the new paths reaches nothing by them', () => {
  assert.deepEqual(repathed([CENTRE, CUSTOMER], ACCOUNTS), []);
  const excepting = { ...INVOICES, except: ['Customer'] };
  assert.deepEqual(repathed([CENTRE, CUSTOMER], { ...ACCOUNTS, rules: [excepting] }), [OPENED]);
});

test('a path that comes gives nothing, and what comes with it is told once', () => {
  const paths = [COMPANY, CENTRE, CUSTOMER];
  assert.deepEqual(repathed(paths, ACCOUNTS), []);
  const added = [rule('HR', 'Invoice')];
  const authorities = [authority('ada', {})];
  const found = repathed(paths, { authorities }, { rules: { gone: [], added } });
  assert.deepEqual(
    found.map((gain) => 'power' in gain && gain.power.role),
    ['HR'],
  );
});

/** One who may give every role within these values. */
function authority(to: string, values: Record<string, string[]>): GrantingAuthority {
  const roles = ['Accounts', 'HR'];
  const name = `${to} may give`;
  return { name, holder: grantee(to), roles, exceptRoles: [], scope: scope(values) };
}

test('who gives a role only within what the path kept apart could not give as much', () => {
  const limited = authority('ada', { Company: ['UK'] });
  const opening = (authorities: GrantingAuthority[], parts: Partial<Rule> = {}) => {
    const rules = [{ ...INVOICES, ...parts }, rule('HR', 'Note')];
    const found = repathed([CENTRE], { rules, authorities });
    return found.map((gain) => ('power' in gain ? [gain.opened, gain.scopes] : null));
  };
  assert.deepEqual(opening([limited]), [[['Company'], [limited.scope]]]);
  assert.deepEqual(opening([authority('ada', { 'Cost Center': ['Leeds'] })]), []);
  assert.deepEqual(opening([authority('ada', {})]), []);
  assert.deepEqual(opening([limited], { reach: 'everything' }), []);
});

test('what reaches everything is kept away by no path', () => {
  const rules = [rule('Accounts', 'Invoice', { reach: 'everything' })];
  assert.deepEqual(repathed([CENTRE], { ...ACCOUNTS, rules }), []);
});
