import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { SignInLimit } from './sign-in-limit.ts';

const fail = async () => await Promise.reject(new Error('wrong'));
const succeed = async () => 'in';

async function outcome(attempt: Promise<unknown>): Promise<string> {
  return await attempt.then(String, (error: Error) =>
    error instanceof Refusal ? `${error.code} ${error.retryAfterSeconds}` : error.message,
  );
}

test('after too many failures even the right password waits, until the minute is over', async () => {
  let now = 0;
  const limit = new SignInLimit(() => now);
  for (let i = 0; i < LIMITS.failedSignInsPerMinute; i++) {
    assert.equal(await outcome(limit.attempt('a', 'ann', fail)), 'wrong');
  }
  now = 20_000;
  assert.equal(await outcome(limit.attempt('a', 'ann', succeed)), 'too_many_requests 40');
  // Somebody else at the address, and the same person elsewhere, are not held up.
  assert.equal(await outcome(limit.attempt('a', 'ben', succeed)), 'in');
  assert.equal(await outcome(limit.attempt('b', 'ann', succeed)), 'in');
  now = 60_000;
  assert.equal(await outcome(limit.attempt('a', 'ann', succeed)), 'in');
});

test('successes never count, and a burst in parallel is counted while it runs', async () => {
  const limit = new SignInLimit(() => 0);
  for (let i = 0; i < 200; i++) assert.equal(await limit.attempt('a', 'ann', succeed), 'in');
  const burst = Array.from({ length: 200 }, () => outcome(limit.attempt('a', 'ann', fail)));
  const wrong = (await Promise.all(burst)).filter((one) => one === 'wrong');
  assert.equal(wrong.length, LIMITS.failedSignInsPerMinute);
});

test('many names from one address are slowed down together', async () => {
  const limit = new SignInLimit(() => 0);
  const burst = Array.from({ length: 300 }, (_, i) => outcome(limit.attempt('a', `n${i}`, fail)));
  const wrong = (await Promise.all(burst)).filter((one) => one === 'wrong');
  assert.equal(wrong.length, LIMITS.failedSignInsPerAddressPerMinute);
});
