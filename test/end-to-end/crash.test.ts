/** Kills under load: what was acknowledged is there, whole, and told by audit log and history. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashDemo } from '../support/crash/crash.ts';
import { randomFrom } from '../support/random.ts';

const skip = process.platform === 'linux' ? false : 'needs Linux';

test('INVARIANT (audit-with-write): killed under load, nothing acknowledged is lost', {
  skip,
  timeout: 280_000,
}, async () => {
  const { crashes, acknowledged, faults } = await crashDemo(2, randomFrom(3));
  assert.deepEqual(faults, []);
  assert.deepEqual(crashes, { server: 1, postgres: 1 });
  assert.ok(acknowledged >= 8, `only ${acknowledged} writes were acknowledged`);
});
