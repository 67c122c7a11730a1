import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealedTokens } from './sealed-tokens.ts';

const tokens = sealedTokens('a key');
const POSITION = JSON.stringify(['Ünd so weiter', null, '42']);

test('a token holds for what it is bound to, and for nothing else', () => {
  const token = tokens.make(POSITION, 'ada');
  assert.equal(tokens.read(token, 'ada'), POSITION);
  assert.equal(tokens.make(POSITION, 'ada'), token);
  assert.equal(tokens.read(token, 'ben'), null);
  assert.equal(tokens.read(token, ''), null);
  assert.equal(sealedTokens('another key').read(token, 'ada'), null);
});

test('no byte of it can be changed, left out or added, and no second spelling is taken', () => {
  const token = tokens.make(POSITION, 'ada');
  const bytes = Buffer.from(token, 'base64url');
  for (const [index, byte] of bytes.entries()) {
    const changed = Buffer.from(bytes);
    changed[index] = byte ^ 1;
    assert.equal(tokens.read(changed.toString('base64url'), 'ada'), null, `byte ${index}`);
    assert.equal(tokens.read(bytes.subarray(0, index).toString('base64url'), 'ada'), null);
  }
  for (const other of [`${token}=`, ` ${token}`, `${token}AA`, '', 'x', bytes.toString('base64')]) {
    if (other !== token) assert.equal(tokens.read(other, 'ada'), null, other);
  }
});

test('it shows neither the position nor how long it is', () => {
  const short = tokens.make(JSON.stringify(['1']), 'ada');
  const long = tokens.make(JSON.stringify(['a salary of 123456']), 'ada');
  assert.equal(short.length, long.length);
  assert.ok(!Buffer.from(long, 'base64url').toString('latin1').includes('salary'));
});
