/** What is joined so that many grants are asked as few, in examples: just what reaches the same. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld } from '../../src/authz/compile.ts';
import type { CompiledWorld } from '../../src/authz/compiled.ts';
import { ContentIds } from '../../src/authz/content-ids.ts';
import { coveredValues } from '../../src/authz/coverage.ts';
import { heldScopes } from '../../src/authz/held-scope.ts';
import { HolderIndex } from '../../src/authz/holder-index.ts';
import { wayBy } from '../../src/authz/holdings.ts';
import { joinWays } from '../../src/authz/join-ways.ts';
import type { DoctypeShape, Grant, World } from '../../src/authz/world.ts';
import { grant, rule, worldWith } from './example-world.ts';

const JOURNAL: DoctypeShape = {
  name: 'Journal',
  paths: [
    { dimension: 'Project', path: 'project' },
    { dimension: 'Cost Center', path: 'lines.cost_center' },
  ],
  levels: new Map(),
  personal: new Set(),
};
const ROLES = ['Accounts', 'HR'];
const RULES = ROLES.flatMap((role) =>
  ['Invoice', 'Payslip', 'Stock Move', 'Journal'].map((doctype) => rule(role, doctype)),
);
const UK = ['UK'];

function worldOf(grants: readonly Grant[], parts: Partial<World> = {}): CompiledWorld {
  const doctypes = [...worldWith({}).doctypes, JOURNAL];
  return compileWorld(worldWith({ doctypes, rules: RULES, ...parts, grants: [...grants] }));
}

const adas = ({ userGrants }: CompiledWorld) => userGrants.get('ada') ?? [];
const of = (role: string, values: Readonly<Record<string, readonly string[]>>) =>
  grant('ada', role, values, { name: `${role} ${JSON.stringify(values)}` });

/** The scopes of ada's grants when joined: roles, and the values by dimension. */
function scopesOf(...grants: Grant[]): string[] {
  const world = worldOf(grants);
  const { slots } = world.profiles;
  return heldScopes(adas(world), slots).map(({ roles, coverages }) => {
    const values = coverages.flatMap((coverage, slot) => {
      const name = slots.names[slot] ?? '';
      const dimension = world.dimensions.get(name);
      return coverage && dimension
        ? [`${name}=${coveredValues(coverage, dimension).sort().join('+')}`]
        : [];
    });
    return [roles.join('+'), ...values].join(' ');
  });
}

test('grants of one role that differ in one dimension are one scope', () => {
  assert.deepEqual(scopesOf(of('HR', { Company: UK }), of('HR', { Company: ['DE'] })), [
    'HR Company=DE+UK',
  ]);
  assert.deepEqual(scopesOf(of('HR', { Company: UK })), ['HR Company=UK']);
  assert.deepEqual(scopesOf(), []);
});

test('grants of one scope are one with both roles', () => {
  const scopes = scopesOf(of('HR', { Company: UK }), of('Accounts', { Company: UK }));
  assert.deepEqual(scopes, ['Accounts+HR Company=UK']);
});

test('what would reach more when joined stays apart', () => {
  const apart = (one: Grant, other: Grant) => assert.equal(scopesOf(one, other).length, 2);
  apart(of('HR', { Company: UK }), of('Accounts', { Company: ['DE'] }));
  apart(
    of('HR', { Company: UK, Employee: ['ada'] }),
    of('HR', { Company: ['DE'], Employee: ['ben'] }),
  );
  // One that does not name a dimension reaches nothing that carries it, or all of it by `except`.
  apart(of('HR', { Company: UK, Employee: ['ada'] }), of('HR', { Company: UK }));
});

test('a dimension that a doctype carries twice, or in its rows, is never joined', () => {
  assert.equal(
    scopesOf(of('HR', { Warehouse: ['North'] }), of('HR', { Warehouse: ['South'] })).length,
    2,
  );
  assert.equal(
    scopesOf(of('HR', { 'Cost Center': ['Leeds'] }), of('HR', { 'Cost Center': ['London'] }))
      .length,
    2,
  );
  assert.deepEqual(scopesOf(of('HR', { Project: ['A'] }), of('HR', { Project: ['B'] })), [
    'HR Project=A+B',
  ]);
});

/** How many tests ada's ways to a doctype are. */
function partsOf(world: CompiledWorld, name: string) {
  const doctype = world.doctypes.get(name);
  assert.ok(doctype);
  const ways = adas(world).flatMap((held) =>
    (world.rules.get(held.source.role)?.get(name) ?? []).map((one) =>
      wayBy({ grant: held, member: null }, one, doctype),
    ),
  );
  return joinWays(ways, doctype);
}

test('many grants of a customer each are one list of customers', () => {
  const any = ['*', '(blank)'];
  const many = ['UK', 'DE', 'FR'].map((name) => of('HR', { Company: [name], Employee: any }));
  assert.equal(partsOf(worldOf(many), 'Payslip').length, 1);
  const people = ['a', 'b', 'c'].map((name) => of('HR', { Company: UK, Employee: [name] }));
  assert.equal(partsOf(worldOf(people), 'Payslip').length, 1);
  const crossed = [...many, of('HR', { Company: UK, Employee: ['a'] })];
  assert.equal(partsOf(worldOf(crossed), 'Payslip').length, 2);
  assert.equal(partsOf(worldOf([]), 'Payslip').length, 0);
});

test('rows are covered by one grant, so journals of two centres are two tests', () => {
  const centres = ['Leeds', 'London'].map((name) =>
    of('HR', { Project: ['A'], 'Cost Center': [name] }),
  );
  assert.equal(partsOf(worldOf(centres), 'Journal').length, 2);
  const projects = ['A', 'B'].map((name) =>
    of('HR', { Project: [name], 'Cost Center': ['Leeds'] }),
  );
  assert.equal(partsOf(worldOf(projects), 'Journal').length, 1);
});

test('a rule that leaves a path open is no part of a list of values', () => {
  const rules = [
    rule('HR', 'Payslip', { except: ['Employee'] }),
    rule('Accounts', 'Payslip', { actions: ['read', 'print'] }),
  ];
  const grants = [
    of('HR', { Company: UK }),
    of('Accounts', { Company: UK, Employee: ['a'] }),
    of('Accounts', { Company: ['DE'], Employee: ['a'] }),
  ];
  const parts = partsOf(worldOf(grants, { rules }), 'Payslip');
  assert.deepEqual(parts.map(({ coverages }) => coverages.map((one) => one !== null)).sort(), [
    [true, false],
    [true, true],
  ]);
});

test('who needs no value is no part of a list of values, whoever comes first', () => {
  const rules = [rule('HR', 'Payslip'), rule('Accounts', 'Payslip', { except: ['Employee'] })];
  const grants = [
    of('HR', { Company: UK, Employee: ['a'] }),
    of('Accounts', { Company: UK }),
    of('HR', { Company: UK, Employee: ['b'] }),
  ];
  const isNeeded = (own: Grant[]) =>
    partsOf(worldOf(own, { rules }), 'Payslip').map(({ coverages }) => coverages[1] !== null);
  assert.deepEqual(isNeeded(grants), [true, false]);
  assert.deepEqual(isNeeded(grants.slice(1)), [false, true]);
});

test('the same content has the same number, and nothing else has', () => {
  const world = worldOf([
    of('HR', { Company: ['UK', 'a stranger', 'another'] }),
    of('HR', { Company: ['another', 'a stranger', 'UK'] }),
    of('HR', { Company: ['UK', 'a stranger'] }),
    of('HR', { Company: ['UK', '(blank)'] }),
    of('HR', { Company: ['*'] }),
  ]);
  const ids = new ContentIds();
  const numbers = adas(world).map(({ coverage }) => ids.of(coverage.get('Company') ?? null));
  assert.deepEqual(numbers, [1, 1, 2, 3, 4]);
  assert.equal(ids.of(null), 0);
  const same = () => ({ kind: 'one-of', field: 'owner', values: ['ada'] }) as const;
  assert.equal(ids.of(same()), ids.of(same()));
  assert.notEqual(ids.of(same()), ids.of({ ...same(), values: ['ben'] }));
  const [first, , third] = adas(world).map(({ coverage }) => coverage.get('Company') ?? null);
  const two = [first ?? null, third ?? null];
  assert.equal(ids.all(two, -1), '1,2');
  assert.equal(ids.all(two, 0), ',2');
  assert.equal(ids.all([null, ...two], 1), '0,,2');
});

test('grants that hold at all times come first, in the order of who holds them', () => {
  const until = { until: 1 };
  const given = [
    grant('#sales', 'HR', {}, { name: 'a group’s' }),
    grant('ben', 'HR', {}, { name: 'ben’s' }),
    grant('ada', 'HR', {}, { name: 'ada’s, for a while', ...until }),
    grant('ada', 'HR', { Company: UK }, { name: 'ada’s' }),
    grant('ada', 'Accounts', { Company: UK }, { name: 'ada’s, of another role' }),
  ];
  const world = worldOf(given);
  const all = [...world.userGrants.values(), ...world.groupGrants.values()].flat();
  const index = new HolderIndex(all, world.rules);
  assert.equal(index.steady, 2);
  const names = index.bundles.map(({ first }) => first.source.name);
  assert.deepEqual(names.slice(0, 2), ['ada’s', 'ben’s']);
  assert.deepEqual(names.slice(2).sort(), ['a group’s', 'ada’s, for a while']);
  assert.deepEqual([...(index.bundles[0]?.roles ?? [])].sort(), ['Accounts', 'HR']);
  assert.ok(index.isSteady(Int32Array.of(0b11)));
  assert.ok(index.isSteady(Int32Array.of(0)));
  assert.ok(!index.isSteady(Int32Array.of(0b111)));
  assert.ok(!index.isSteady(Int32Array.of(0b1000)));
  assert.ok(!index.isSteady(Int32Array.of(0b1, 0b1)));
});
