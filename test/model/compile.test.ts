import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld, WorldError } from '../../src/authz/compile.ts';
import type { Filter } from '../../src/authz/filter.ts';
import { recompile } from '../../src/authz/recompile.ts';
import type { Separation, World } from '../../src/authz/world.ts';
import { grant, rule, worldWith } from './example-world.ts';

function refusal(parts: Partial<World>): string {
  try {
    compileWorld(worldWith(parts));
  } catch (error) {
    assert.ok(error instanceof WorldError);
    return error.message;
  }
  return 'no refusal';
}

test('a world without anything in it compiles', () => {
  const nothing = { users: [], doctypes: [], trees: [], roles: [] };
  assert.equal(compileWorld(worldWith(nothing)).doctypes.size, 0);
  assert.equal(compileWorld(worldWith({ ...nothing, epoch: 7 })).epoch, 7);
});

test('a world that contradicts itself is refused with the place', () => {
  const cyclic = { dimension: 'Branch', parents: new Map([['A', 'A']]) };
  assert.equal(refusal({ trees: [cyclic] }), 'Branch has a cycle through `A`');
  assert.equal(
    refusal({ grants: [grant('ada', 'Boss')] }),
    'grant `ada as Boss` gives a role that is not there: `Boss`',
  );
  assert.equal(
    refusal({ rules: [rule('Boss', 'Note', { status: 'draft' })] }),
    'rule `Boss on Note` is of a role that is not there: `Boss`',
  );
  assert.equal(
    refusal({ rules: [rule('HR', 'Secret')] }),
    'rule `HR on Secret` is for an unknown doctype: `Secret`',
  );
  assert.equal(
    refusal({ rules: [rule('HR', 'Note', { reach: 'all' as 'everything' })] }),
    'rule `HR on Note` has an unknown reach: `all`',
  );
});

test('a draft may be for a doctype that is not there yet', () => {
  assert.equal(refusal({ rules: [rule('HR', 'Secret', { status: 'draft' })] }), 'no refusal');
});

test('members of a group that is built in are never listed', () => {
  const member = (group: string) => ({ group, user: 'ada', from: null, until: null });
  for (const group of ['Everyone', 'Guests']) {
    const said = `group \`${group}\` is built in and lists \`ada\``;
    assert.equal(refusal({ members: [member(group)] }), said);
    const change = { members: { gone: [], added: [member(group)] } };
    assert.throws(() => recompile(compileWorld(worldWith({})), change), new WorldError(said));
  }
  assert.equal(refusal({ members: [member('sales')] }), 'no refusal');
});

test('a condition that is none of the language is refused, however deep it stands', () => {
  const strange = { kind: 'unless', field: 'owner' } as unknown as Filter;
  const said = 'rule `HR on Note` has an unknown condition: `unless`';
  const nested: Filter = { kind: 'every', of: [{ kind: 'not', of: strange }] };
  for (const when of [strange, nested, { kind: 'some', of: [nested] } as const]) {
    assert.equal(refusal({ rules: [rule('HR', 'Note', { when })] }), said);
  }
  const op = { kind: 'compare', field: 'n', op: '==', value: 1 } as unknown as Filter;
  assert.match(refusal({ rules: [rule('HR', 'Note', { when: op })] }), /condition: `==`/);
  const draft = rule('HR', 'Note', { when: strange, status: 'draft' });
  assert.equal(refusal({ rules: [draft] }), 'no refusal');
});

test('duties that are kept apart are ones that there are', () => {
  const apart: Separation = {
    ...{ name: 'apart', dimension: null, effect: 'refuse' },
    first: { doctype: 'Note', action: 'create' },
    second: { doctype: 'Invoice', action: 'submit' },
  };
  assert.equal(refusal({ separations: [apart] }), 'no refusal');
  assert.equal(refusal({ separations: [{ ...apart, effect: 'flag' }] }), 'no refusal');
  const unknown = { ...apart, second: { doctype: 'Nothing', action: 'read' as const } };
  assert.match(refusal({ separations: [unknown] }), /`apart` is for an unknown doctype: `Nothing`/);
  const action = { ...apart, first: { doctype: 'Note', action: 'reed' as 'read' } };
  assert.match(refusal({ separations: [action] }), /`apart` has an unknown action: `reed`/);
  const effect = { ...apart, effect: 'warn' as 'flag' };
  assert.match(refusal({ separations: [effect] }), /`apart` has an unknown effect: `warn`/);
});

test('a path leads to a field, or to a column of rows, and nowhere else', () => {
  const shape = (path: string) => ({
    name: 'Note',
    paths: [{ dimension: 'Company', path }],
    levels: new Map([['company', 0]]),
    personal: new Set<string>(),
  });
  const doctypes = (path: string) => ({ doctypes: [shape(path)] });
  for (const path of ['', '.company', 'items.', 'items.company.name', '.']) {
    const said = `Note has a path that leads nowhere: \`${path}\``;
    assert.equal(refusal(doctypes(path)), said);
  }
  const placeOf = (path: string) => {
    const compiled = compileWorld(worldWith(doctypes(path))).doctypes.get('Note');
    const [only] = compiled?.compiledPaths ?? [];
    return [only?.table, only?.column];
  };
  assert.deepEqual(placeOf('company'), [null, 'company']);
  assert.deepEqual(placeOf('items.company'), ['items', 'company']);
});

test('a refusal of a tree tells what caused it', () => {
  const cyclic = { dimension: 'Branch', parents: new Map([['A', 'A']]) };
  assert.throws(
    () => compileWorld(worldWith({ trees: [cyclic] })),
    (error: WorldError) => error.name === 'WorldError' && error.cause instanceof Error,
  );
});

test('a dimension has the values of its tree and of scopes, and no `*` or `(blank)` among them', () => {
  const grants = [grant('ada', 'HR', { Company: ['*', 'UK', '(blank)', 'SG'] })];
  const { dimensions } = compileWorld(worldWith({ grants }));
  assert.deepEqual(dimensions.get('Company')?.values, ['UK', 'SG']);
});
