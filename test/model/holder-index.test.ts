/** Who can, where many grants are held: read from the side of what they cover. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setBit } from '../../src/authz/bits.ts';
import { compileWorld, type Grant, type Rule, whoCan } from '../../src/authz/index.ts';
import { grant, rule, TODAY, worldWith } from './example-world.ts';

const DAY = 86_400_000;
const UK = { Company: ['UK'] };
const UNTIL_TOMORROW = { from: null, until: TODAY + DAY };
const COMPANIES = rule('HR', 'Company');

const people = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `p-${String(first + index)}`);

function worldOf(grants: readonly Grant[], rules: readonly Rule[] = [COMPANIES]) {
  const users = [...new Set(grants.map(({ grantee }) => grantee.name))];
  return compileWorld(worldWith({ users, rules, grants }));
}

/** Some hold HR of the UK for ever, others until tomorrow; who reads it today, and then. */
function whoReads(steady: readonly string[], others: readonly string[]) {
  const world = worldOf([
    ...steady.map((name) => grant(name, 'HR', UK)),
    ...others.map((name) => grant(name, 'HR', UK, UNTIL_TOMORROW)),
  ]);
  const request = { action: 'read' as const, doctype: 'Company', document: { name: 'UK' } };
  return [TODAY, TODAY + DAY].map((now) => whoCan(world, { ...request, now }));
}

test('INVARIANT (revoked-means-now) of many, those whose grant ends are gone when it does', () => {
  const all = people(100, 199);
  for (const count of [0, 1, 2, 5, 31, 32, 33, 63, 64, 99, 100]) {
    const steady = all.slice(0, count);
    assert.deepEqual(whoReads(steady, all.slice(count)), [all, steady], `${count} for ever`);
  }
});

test('one whose grant ends is gone, whoever else holds one of another company', () => {
  const steady = people(100, 139).map((name) => grant(name, 'HR', { Company: ['DE'] }));
  for (const count of [1, 20, 34, 70]) {
    const ending = people(200, 199 + count);
    // Each has a scope of their own, and the last one reads what is asked for.
    const others = ending.map((name, index) =>
      grant(name, 'HR', { Company: [index === count - 1 ? 'UK' : name] }, UNTIL_TOMORROW),
    );
    const world = worldOf([...steady, ...others]);
    const request = { action: 'read' as const, doctype: 'Company', document: { name: 'UK' } };
    assert.deepEqual(whoCan(world, { ...request, now: TODAY }), ending.slice(-1));
    assert.deepEqual(whoCan(world, { ...request, now: TODAY + DAY }), []);
  }
});

test('grants without end come first, in the order of their holders', () => {
  const names = ['dan', 'ada', 'eve', 'ben'];
  const grants = [
    grant('#hr', 'HR', UK),
    grant('cleo', 'HR', UK, UNTIL_TOMORROW),
    grant('finn', 'HR', UK, { from: TODAY, until: null }),
    ...names.map((name) => grant(name, 'HR', UK)),
  ];
  const { index } = worldOf(grants).population();
  const holders = index.bundles.map(({ first }) => first.source.grantee.name);
  assert.deepEqual(holders.slice(0, 4), names.toSorted());
  assert.deepEqual(holders.slice(4).sort(), ['cleo', 'finn', 'hr']);
  assert.equal(index.steady, 4);
});

test('a set is steady where all in it have no end', () => {
  const some = (steady: number, others: number) => {
    const { index } = worldOf([
      ...people(100, 99 + steady).map((name) => grant(name, 'HR', UK)),
      ...people(200, 199 + others).map((name) => grant(name, 'HR', UK, UNTIL_TOMORROW)),
    ]).population();
    return (...numbers: number[]) => {
      const set = new Int32Array((steady + others + 31) >>> 5);
      for (const number of numbers) setBit(set, number);
      return index.isSteady(set);
    };
  };
  assert.equal(some(3, 2)(), true);
  assert.equal(some(3, 2)(0, 1, 2), true);
  assert.equal(some(3, 2)(3), false);
  assert.equal(some(3, 2)(4), false);
  assert.equal(some(40, 40)(0, 31, 32, 39), true);
  for (const number of [40, 63, 64, 79]) assert.equal(some(40, 40)(0, number), false);
  assert.equal(some(32, 32)(31), true);
  assert.equal(some(32, 32)(32), false);
});

test('what is asked for is worked out once: lists of names are kept by it', () => {
  const rules = [COMPANIES, rule('HR', 'Note'), rule('Accounts', 'Note')];
  const world = worldOf([grant('ada', 'HR', UK)], rules);
  const { index } = world.population();
  const demandsOf = (doctype: string, action: 'read' | 'write' = 'read', level?: number) => {
    const compiled = world.doctypes.get(doctype);
    assert.ok(compiled);
    return index.demandsOf(compiled, action, level);
  };
  const asked = demandsOf('Company');
  assert.equal(demandsOf('Company'), asked);
  assert.equal(demandsOf('Company', 'read', 0), demandsOf('Company', 'read', 0));
  for (const other of [
    demandsOf('Note'),
    demandsOf('Company', 'write'),
    demandsOf('Company', 'read', 0),
  ]) {
    assert.notEqual(other, asked);
  }
  assert.deepEqual([demandsOf('Note').length, demandsOf('Company', 'write').length], [1, 0]);
});

test('rules that ask for the same are one demand, and each condition is one of its own', () => {
  const mine = { kind: 'is-me' as const, field: 'owner' };
  const blank = { kind: 'blank' as const, field: 'note' };
  const roles = ['Accounts', 'HR', 'Approver', 'Employee'];
  const demands = (...parts: Partial<Rule>[]) => {
    const rules = parts.map((one, index) => rule(roles[index] as string, 'Invoice', one));
    const grants = rules.map(({ role }) => grant('ada', role, UK));
    const world = worldOf(grants, rules);
    const invoices = world.doctypes.get('Invoice');
    assert.ok(invoices);
    return world.population().index.demandsOf(invoices, 'read').length;
  };
  assert.equal(demands({}, {}), 1);
  assert.equal(demands({}, { when: mine }, { when: mine }), 2);
  assert.equal(demands({ when: mine }, { when: blank }, {}, { when: blank }), 3);
  assert.equal(demands({}, { reach: 'everything' }), 2);
  const both = ['Company', 'Cost Center'];
  assert.equal(demands({ except: both }, { except: both.toReversed() }), 1);
  assert.equal(demands({ except: both }, { except: both.slice(1) }), 2);
});

const readers = (grants: readonly Grant[], rules: readonly Rule[]) => {
  const world = worldOf(grants, rules);
  return (name: string, level?: number) =>
    whoCan(world, {
      ...{ action: 'read', doctype: 'Company', document: { name }, now: TODAY },
      ...(level === undefined ? {} : { level }),
    });
};

test('a rule that reaches everything is for all who hold its role, whatever their scope', () => {
  const rules = [COMPANIES, rule('Accounts', 'Company', { reach: 'everything' })];
  const scopes = [{}, { Company: ['DE'] }, UK];
  const grants = scopes.flatMap((scope, index) => [
    grant(`hr-${index}`, 'HR', scope),
    grant(`accounts-${index}`, 'Accounts', scope),
  ]);
  const who = readers(grants, rules);
  assert.deepEqual(who('UK'), ['accounts-0', 'accounts-1', 'accounts-2', 'hr-2']);
});

test('where a rule leaves a dimension out, whoever names it reaches what they name', () => {
  const free = rule('HR', 'Company', { except: ['Company'] });
  const grants = [grant('ada', 'HR'), grant('ben', 'HR', UK), grant('cleo', 'HR', UK)];
  const who = readers([...grants, grant('dan', 'HR', { Company: ['DE'] })], [free]);
  assert.deepEqual(who('UK'), ['ada', 'ben', 'cleo']);
  assert.deepEqual(who('DE'), ['ada', 'dan']);
  assert.deepEqual(who('FR'), ['ada']);
  assert.deepEqual(who('UK'), ['ada', 'ben', 'cleo']);
});

test('asked for fields of a level, those count whose rule opens it', () => {
  const rules = [COMPANIES, rule('Accounts', 'Company', { levels: [1] }), rule('Approver', 'Note')];
  const roles = ['HR', 'Accounts', 'Approver'];
  const who = readers(
    roles.map((role) => grant(role, role, UK)),
    rules,
  );
  assert.deepEqual(who('UK'), ['Accounts', 'HR']);
  assert.deepEqual(who('UK', 0), ['HR']);
  assert.deepEqual(who('UK', 1), ['Accounts']);
  assert.deepEqual(who('UK', 2), []);
});

test('documents that come without their rows are read by grants that leave rows out', () => {
  const doctypes = [
    {
      name: 'Journal',
      paths: [{ dimension: 'Cost Center', path: 'lines.cost_center' }],
      ...{ levels: new Map(), personal: new Set<string>() },
    },
  ];
  const rules = [rule('HR', 'Journal', { except: ['Cost Center'] }), rule('Accounts', 'Journal')];
  const grants = [
    ...[grant('ada', 'HR'), grant('ben', 'HR', { 'Cost Center': ['*', '(blank)'] })],
    grant('cleo', 'Accounts', { 'Cost Center': ['*', '(blank)'] }),
  ];
  const users = ['ada', 'ben', 'cleo'];
  const world = compileWorld(worldWith({ users, doctypes, trees: [], rules, grants }));
  const who = (document: Record<string, unknown>) =>
    whoCan(world, { action: 'read', doctype: 'Journal', document, now: TODAY });
  assert.deepEqual(who({ name: 'J-1' }), ['ada']);
  assert.deepEqual(who({ name: 'J-1', lines: [] }), users);
});
