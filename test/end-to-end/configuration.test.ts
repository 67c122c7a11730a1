/** What the environment says, and that it is refused where it is not understood. */
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

const replicaOf = (text: string, primary = 'postgresql://app:word@one/bailiwick') =>
  readConfig({ DATABASE_REPLICA_URL: text, DATABASE_URL: primary }).replicaAt;

test('a replica is a place, and has no login of its own', () => {
  assert.equal(replicaOf(''), null);
  assert.deepEqual(replicaOf('postgresql://two'), { host: 'two', port: 5432 });
  assert.deepEqual(replicaOf('postgres://two:5433/'), { host: 'two', port: 5433 });
  assert.deepEqual(replicaOf('postgresql://localhost:5433?host=/run/two'), {
    ...{ host: '/run/two', port: 5433 },
  });
});

test('a replica that is not understood, or of no database, stops the start', () => {
  for (const text of [
    'two',
    'http://two',
    'postgresql://',
    'postgresql://app@two',
    'postgresql://app:word@two',
    'postgresql://two/other',
    'postgresql://two?sslmode=disable',
  ]) {
    assert.throws(() => replicaOf(text), Refusal, text);
  }
  assert.throws(() => replicaOf('postgresql://two', ''), Refusal);
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
