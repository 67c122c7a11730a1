import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFromThisMachine } from './this-machine.ts';

const host = '127.0.0.1:8000';

test('a request of this machine itself is known as one', () => {
  for (const address of ['127.0.0.1', '127.8.9.10', '::1']) {
    for (const name of [host, 'localhost', 'LocalHost:8000', '[::1]:8000', '127.1']) {
      assert.equal(isFromThisMachine(address, { host: name }), true, `${address} ${name}`);
    }
  }
});

test('a request from elsewhere is not, by whatever way it came', () => {
  for (const address of ['192.0.2.1', '10.0.0.1', '0.0.0.0', '::', '2001:db8::1', '', 'x', null]) {
    assert.equal(isFromThisMachine(address, { host }), false, String(address));
  }
  for (const name of [
    ...[
      'forwarded',
      'x-forwarded-for',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-real-ip',
      'via',
    ],
  ]) {
    assert.equal(isFromThisMachine('127.0.0.1', { host, [name]: '127.0.0.1' }), false, name);
  }
  for (const name of ['books.example', 'localhost.example', '127.0.0.1.example', '', 'a b']) {
    assert.equal(isFromThisMachine('127.0.0.1', { host: name }), false, name);
  }
  assert.equal(isFromThisMachine('127.0.0.1', {}), false);
});
