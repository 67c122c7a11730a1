/** Whom the environment trusts to state properties: nobody, unless it says so clearly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../src/base/errors.ts';
import { readConfig } from '../../src/config.ts';

const trustOf = (text?: string) =>
  readConfig(text === undefined ? {} : { BAILIWICK_AUTHZEN_PROPERTIES: text }).propertyTrust;

test('callers are trusted by name, for the types that are named', () => {
  assert.deepEqual(trustOf(), new Map());
  assert.deepEqual(trustOf(''), new Map());
  assert.deepEqual(trustOf('{}'), new Map());
  assert.deepEqual(
    trustOf('{"pep@example.com":["Record","Paper"],"b":[]}'),
    new Map([
      ['pep@example.com', new Set(['Record', 'Paper'])],
      ['b', new Set()],
    ]),
  );
});

test('a trust that is not understood stops the start', () => {
  for (const text of [
    'pep@example.com',
    '[]',
    'null',
    'true',
    '"*"',
    '{"pep":"Record"}',
    '{"pep":true}',
    '{"pep":{"types":["Record"]}}',
    '{"pep":[1]}',
    '{"":["Record"]}',
    '{"pep":["Record"],"pep":[]}',
    '{"__proto__":["Record"]}',
  ]) {
    assert.throws(() => trustOf(text), Refusal, text);
  }
  assert.throws(() => readConfig({ BAILIWICK_AUTHZEN: '1' }), /There is no setting/);
});

test('how much one person may give is a whole number from 1, or the usual one', () => {
  const pairsOf = (text: string) => readConfig({ BAILIWICK_APPROVAL_PAIRS: text }).approvalPairs;
  assert.equal(readConfig({}).approvalPairs, 10_000);
  assert.deepEqual(['', '1', '250'].map(pairsOf), [10_000, 1, 250]);
  for (const text of ['0', '-1', '1.5', '1e3', 'many', ' 5', '05', '9'.repeat(20)]) {
    assert.throws(() => pairsOf(text), Refusal, text);
  }
  assert.throws(() => readConfig({ BAILIWICK_APPROVAL_PAIR: '5' }), /There is no setting/);
});
