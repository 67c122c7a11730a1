import assert from 'node:assert/strict';
import test from 'node:test';
import { principalNamed } from '../authz/index.ts';
import { guestCaller, systemCaller } from './caller.ts';

test('a name alone tells what it stands for, the same for whoever acts and is asked about', () => {
  const origin = { requestId: 'r', door: 'cli', address: null };
  assert.equal(principalNamed('ann@demo.test').kind, 'user');
  assert.deepEqual(principalNamed('Guest'), guestCaller(origin).principal);
  assert.deepEqual(principalNamed('system:demo'), systemCaller('system:demo', origin).principal);
  for (const name of ['ann@demo.test', 'Guest', 'system:demo']) {
    const { id, actor, ceilings } = principalNamed(name);
    assert.deepEqual({ id, actor, ceilings }, { id: name, actor: null, ceilings: [] });
  }
});
