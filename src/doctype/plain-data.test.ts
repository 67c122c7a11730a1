import assert from 'node:assert/strict';
import test from 'node:test';
import { DefinitionError } from './definition-error.ts';
import { plainCopy } from './plain-data.ts';

const refused = (source: unknown) =>
  assert.throws(() => plainCopy(source), DefinitionError, String(typeof source));

test('a copy is frozen at every level and keeps nothing of the source', () => {
  const source = { list: [{ key: 'before' }] };
  const copy = plainCopy(source) as { list: { key: string }[] };
  const first = source.list[0];
  assert.ok(first);
  first.key = 'after';
  assert.equal(copy.list[0]?.key, 'before');
  assert.ok(Object.isFrozen(copy) && Object.isFrozen(copy.list) && Object.isFrozen(copy.list[0]));
});

test('keys that reach a prototype are refused at any depth', () => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    refused(JSON.parse(`{"${key}":{"polluted":1}}`));
    refused(JSON.parse(`{"fields":[{"deep":{"${key}":1}}]}`));
  }
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('what JSON cannot say is refused', () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const sparse = [1, 2];
  delete sparse[0];
  const odd = [undefined, () => 1, Symbol('x'), 1n, Number.NaN, Infinity, new Date(0), new Map()];
  for (const source of [...odd, cycle, sparse, { when: new (class Rule {})() }]) refused(source);
  refused({ [Symbol('key')]: 1 });
});

test('an accessor is refused without being read', () => {
  let isRead = false;
  const source = Object.defineProperty({}, 'name', {
    enumerable: true,
    get: () => {
      isRead = true;
      return 'Sales Invoice';
    },
  });
  refused(source);
  assert.equal(isRead, false);
});

test('own properties hidden from enumeration are not hidden from the check', () => {
  refused(Object.defineProperty({}, 'constructor', { enumerable: false, value: 1 }));
});

test('text that PostgreSQL cannot hold is refused, in keys as well', () => {
  for (const text of ['a\0b', '\ud800', 'x\udc00y']) {
    refused(text);
    refused({ [text]: 1 });
  }
  assert.equal(plainCopy('\u{1f9fe}'), '\u{1f9fe}');
});

test('size is limited: depth, values and characters', () => {
  const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;
  assert.doesNotThrow(() => plainCopy(nested(32)));
  refused(nested(34));
  refused(nested(5000));
  refused(Array.from({ length: 200_001 }, () => 0));
  refused(Array.from({ length: 6 }, () => 'x'.repeat(1024 * 1024)));
});
