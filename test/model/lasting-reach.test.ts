/** What a grant reaches of documents that could ever be, told by what covers it for ever. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import { coverForEver } from '../../src/authz/cover-for-ever.ts';
import type { Grant, Rule, World } from '../../src/authz/world.ts';
import { grant, rule, TODAY, worldWith } from './example-world.ts';

const COMPANIES = ['Accounts', 'HR'].map((role) => rule(role, 'Company'));
const INVOICES = ['Accounts', 'HR'].map((role) => rule(role, 'Invoice'));

/** True where ada's second grant holds all that her first one does, and will. */
function isCovered(
  rules: readonly Rule[],
  own: Grant['scope'],
  other: Grant['scope'],
  parts: Partial<World> = {},
): boolean {
  const first = { ...grant('ada', 'Accounts'), scope: own };
  const second = { ...grant('ada', 'HR'), scope: other };
  const world = worldWith({ rules, ...parts, grants: [first, second] });
  const cover = coverForEver(compileWorld(world), first, null, TODAY);
  if (cover !== null) assert.deepEqual(cover, [second.name]);
  return cover !== null;
}

const scopeOf = (dimension: string, names: readonly string[]) =>
  names.map((name) => ({
    ...{ dimension, value: name.replace(/\/$/, '') },
    descendants: name.endsWith('/'),
  }));
const companies = (...names: string[]) => scopeOf('Company', names);
const centres = (...names: string[]) => [
  ...companies('*', '(blank)'),
  ...scopeOf('Cost Center', names),
];

test('blank is covered by what names it, and by nothing else', () => {
  const blank = companies('UK', '(blank)');
  assert.equal(isCovered(COMPANIES, blank, companies('UK')), false);
  assert.equal(isCovered(COMPANIES, blank, companies('*')), false);
  assert.equal(isCovered(COMPANIES, blank, companies('(blank)', 'UK')), true);
  assert.equal(isCovered(COMPANIES, companies('UK'), companies('(blank)')), false);
  assert.equal(isCovered(COMPANIES, companies('UK', 'DE'), companies('(blank)', 'DE')), false);
  assert.equal(isCovered(COMPANIES, companies('DE', 'FR'), companies('DE', '(blank)')), false);
  assert.equal(isCovered(COMPANIES, companies('*', '(blank)'), companies('*')), false);
});

test('every value is covered by no number of names', () => {
  assert.equal(isCovered(COMPANIES, companies('*'), companies('UK', 'DE')), false);
  assert.equal(isCovered(COMPANIES, companies('UK', 'DE'), companies('*')), true);
  const all = centres('All/', '(blank)');
  assert.equal(isCovered(INVOICES, centres('*', '(blank)'), all), false, 'other trees may come');
  assert.equal(isCovered(INVOICES, all, centres('*', '(blank)')), true);
});

test('the last centre of a tree is below all that is above it, with what will be below it', () => {
  assert.equal(isCovered(INVOICES, centres('Shop Floor'), centres('Leeds/')), true);
  assert.equal(isCovered(INVOICES, centres('Shop Floor/'), centres('Leeds Retail/')), true);
  assert.equal(isCovered(INVOICES, centres('Shop Floor/'), centres('Shop Floor')), false);
  assert.equal(isCovered(INVOICES, centres('Shop Floor'), centres('Shop Floor/')), true);
  assert.equal(isCovered(INVOICES, centres('London/'), centres('Leeds/')), false);
});

test('in a flat dimension there is nothing below a value', () => {
  assert.equal(isCovered(COMPANIES, companies('UK/'), companies('UK')), true);
});

test('a dimension that nothing names yet has documents of any value, or none', () => {
  const free = COMPANIES.map((one) => ({ ...one, except: ['Company'] }));
  assert.equal(isCovered(free, [], []), true);
  assert.equal(isCovered(free, [], companies('*')), false);
  assert.equal(isCovered(free, companies('*'), []), true);
  assert.equal(isCovered(free, [], companies('(blank)')), false);
  assert.equal(isCovered(free, companies('(blank)'), []), true);
  assert.equal(isCovered(free, [], companies('*', '(blank)')), true);
});

test('a rule without an action gives nothing that would need a cover', () => {
  const [accounts, hr] = ['Accounts', 'HR'].map((role) => rule(role, 'Note')) as [Rule, Rule];
  const idle = rule('Accounts', 'Company', { actions: [] });
  assert.equal(isCovered([accounts, hr, idle], companies('UK'), []), true);
});

test('a grant that leaves out a dimension reaches nothing: it needs no cover, and is none', () => {
  assert.equal(isCovered(INVOICES, centres('Leeds'), companies('*', '(blank)')), false);
  const own = grant('ada', 'Accounts', { Company: ['UK'] });
  const world = compileWorld(worldWith({ rules: INVOICES, grants: [own] }));
  assert.deepEqual(coverForEver(world, own, null, TODAY), []);
});

test('levels have to be covered that have fields, and no others', () => {
  const opening = (role: string, ...levels: number[]) => rule(role, 'Payslip', { levels });
  const uk = [...companies('UK'), ...scopeOf('Employee', ['*', '(blank)'])];
  const isEnough = (own: number[], other: number[]) =>
    isCovered([opening('Accounts', ...own), opening('HR', ...other)], uk, uk);
  assert.equal(isEnough([0, 1], [0]), false);
  assert.equal(isEnough([0, 1], [0, 1]), true);
  assert.equal(isEnough([0, 7], [0]), true);
});
