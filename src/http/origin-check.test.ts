import assert from 'node:assert/strict';
import test from 'node:test';
import { originNamedBy, originsOf } from './origin-check.ts';

test('a page on this machine may be reached by each of its names, on its own port only', () => {
  assert.deepEqual(
    originsOf('http://127.0.0.1:8000'),
    new Set(['http://127.0.0.1:8000', 'http://localhost:8000', 'http://[::1]:8000']),
  );
});

test('a public address has the one origin, and no address has none', () => {
  assert.deepEqual(originsOf('https://books.example/desk'), new Set(['https://books.example']));
  assert.deepEqual(originsOf('https://books.example:443'), new Set(['https://books.example']));
  assert.deepEqual(originsOf(''), new Set());
});

test('the origin of a request is one of our own, whatever its Host says', () => {
  const local = originsOf('http://127.0.0.1:8000');
  assert.equal(originNamedBy('LOCALHOST:8000', local), 'http://localhost:8000');
  for (const host of [
    'evil.example',
    '127.0.0.1:8001',
    '127.0.0.1',
    '',
    undefined,
    'x@127.0.0.1:8000',
  ]) {
    assert.equal(originNamedBy(host, local), 'http://127.0.0.1:8000');
  }
  assert.equal(
    originNamedBy('10.0.0.7:8000', originsOf('https://books.example/desk')),
    'https://books.example',
  );
});
