import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld, WorldError } from '../../src/authz/compile.ts';
import type { World } from '../../src/authz/world.ts';
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
