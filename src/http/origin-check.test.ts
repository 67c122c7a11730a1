import assert from 'node:assert/strict';
import test from 'node:test';
import { originsOf } from './origin-check.ts';

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
