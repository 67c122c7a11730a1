/** How the values of a dimension are numbered, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { compileDimension, numberOf, UNNAMED_NUMBER } from '../../src/authz/dimension.ts';
import { compileWorld, decide, type Grant, recompile, type World } from '../../src/authz/index.ts';
import { ask, grant, person, rule, TODAY, worldWith } from './example-world.ts';

const tree = (parents: Readonly<Record<string, string | null>>) => ({
  dimension: 'Branch',
  parents: new Map(Object.entries(parents)),
});

test('a value stands before all that is below it, and what is in no tree comes last', () => {
  const parents = { Leeds: 'North', North: null, South: null, Shop: 'Leeds', York: 'North' };
  const { values, lasts } = compileDimension('Branch', tree(parents), ['Elsewhere', 'York']);
  assert.deepEqual(values, ['North', 'Leeds', 'Shop', 'York', 'South', 'Elsewhere']);
  assert.deepEqual([...lasts], [3, 2, 2, 3, 4, 5]);
});

test('a cycle is told by one who is on it, however one comes there', () => {
  const parents = { Shop: 'Leeds', Leeds: 'North', North: 'South', South: 'North', Top: null };
  assert.throws(
    () => compileDimension('Branch', tree(parents), []),
    /^Error: Branch has a cycle through `North`$/,
  );
});

test('a number is a value that nothing names', () => {
  const branches = compileDimension('Branch', undefined, ['7']);
  assert.equal(numberOf(branches, '7'), 0);
  assert.equal(numberOf(branches, 7), UNNAMED_NUMBER);
});

const INVOICES = [rule('Accounts', 'Invoice')];
const invoice = (company: string) => ({ name: 'INV-1', company, cost_center: 'Leeds' });
const of = (who: string, company: string) =>
  grant(who, 'Accounts', { Company: [company], 'Cost Center': ['Leeds'] });

test('values that a new grant is the first to name are its own, and nobody else’s', () => {
  const before = compileWorld(worldWith({ rules: INVOICES, grants: [of('ada', 'UK')] }));
  const adding = (world: typeof before, one: Grant) =>
    recompile(world, { grants: { gone: [], added: [one] } });
  const world = adding(adding(before, of('ben', 'SG')), of('cleo', 'DE'));
  const readers = (company: string) =>
    ['ada', 'ben', 'cleo'].filter((who) => {
      const asked = { action: 'read', doctype: 'Invoice', document: invoice(company) } as const;
      return decide(world, { principal: person(who), ...asked, now: TODAY }).allowed;
    });
  assert.deepEqual(['UK', 'SG', 'DE', 'FR'].map(readers), [['ada'], ['ben'], ['cleo'], []]);
  assert.deepEqual(world.dimensions.get('Company')?.values, ['UK', 'SG', 'DE']);
});

test('a value that one world names first is named by no grant of the world before', () => {
  const parts: Partial<World> = { rules: INVOICES, grants: [of('ada', '*'), of('ben', 'UK')] };
  const before = compileWorld(worldWith(parts));
  recompile(before, { grants: { gone: [], added: [of('cleo', 'SG')] } });
  const allowed = (who: string) =>
    decide(before, {
      ...{ principal: person(who), action: 'read', doctype: 'Invoice', now: TODAY },
      document: invoice('SG'),
    }).allowed;
  assert.deepEqual(['ada', 'ben', 'cleo'].map(allowed), [true, false, false]);
  assert.equal(ask(worldWith(parts), 'ben', 'read', 'Invoice', invoice('UK')).allowed, true);
});
