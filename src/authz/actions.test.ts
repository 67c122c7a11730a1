import assert from 'node:assert/strict';
import test from 'node:test';
import { ACTIONS, type Action, isAction, withImplied } from './actions.ts';

test('every action on an existing document brings `read` and `select` along, and no other', () => {
  const alone: readonly Action[] = ['select', 'inspect', 'create', 'import'];
  for (const action of ACTIONS) {
    const expected = alone.includes(action) ? [action] : [action, 'read', 'select'];
    assert.deepEqual(withImplied([action]), new Set(expected), action);
  }
  assert.deepEqual(withImplied([]), new Set());
});

test('an action is one of the model, in exactly its spelling', () => {
  assert.ok(isAction('read') && isAction('inspect'));
  assert.ok(!isAction('Read') && !isAction('') && !isAction('toString'));
});
