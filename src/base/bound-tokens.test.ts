import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundTokens } from './bound-tokens.ts';

const tokens = boundTokens('one key');

test('a token gives its position back, whatever that holds', () => {
  for (const position of ['', 'INV-1', 'größer als ein "Name"', '日本.語']) {
    assert.equal(tokens.read(tokens.make(position, 'a list'), 'a list'), position);
  }
});

test('a token of another request, another key, or with any character changed is none', () => {
  const token = tokens.make('INV-1', 'a list');
  assert.equal(tokens.read(token, 'another list'), null);
  assert.equal(boundTokens('another key').read(token, 'a list'), null);
  for (let index = 0; index < token.length; index++) {
    for (const other of ['A', 'B', '.', '=', '-']) {
      const changed = token.slice(0, index) + other + token.slice(index + 1);
      if (changed !== token) assert.equal(tokens.read(changed, 'a list'), null, changed);
    }
  }
  for (const text of ['', '.', token.slice(0, -1), `${token}=`, ` ${token}`]) {
    assert.equal(tokens.read(text, 'a list'), null, text);
  }
});
