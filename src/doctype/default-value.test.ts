import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultOf } from './default-value.ts';
import type { Field } from './definition.ts';
import { ValueError } from './value-error.ts';

const of = (fieldtype: Field['fieldtype'], text: string, options?: string) =>
  defaultOf({ fieldname: 'x', fieldtype, default: text, ...(options ? { options } : {}) });

test('a default is read as a value of its field', () => {
  assert.deepEqual(of('Check', '1'), { kind: 'value', value: 1 });
  assert.deepEqual(of('Int', '-3'), { kind: 'value', value: -3 });
  assert.deepEqual(of('Float', '1.5'), { kind: 'value', value: 1.5 });
  assert.deepEqual(of('Currency', '0.10'), { kind: 'value', value: 1000n });
  assert.deepEqual(of('JSON', '{"a":1}'), { kind: 'value', value: '{"a":1}' });
  assert.deepEqual(of('Select', 'Open', 'Open\nDone'), { kind: 'value', value: 'Open' });
  assert.equal(defaultOf({ fieldname: 'x', fieldtype: 'Data' }), null);
});

test('words stand for what is known only later', () => {
  assert.deepEqual(of('Date', 'Today'), { kind: 'today' });
  assert.deepEqual(of('Datetime', 'now'), { kind: 'now' });
  assert.deepEqual(of('Link', '__user', 'User'), { kind: 'user' });
  assert.deepEqual(of('Data', 'Today'), { kind: 'value', value: 'Today' });
});

test('a default that does not fit is an error', () => {
  const wrong: [Field['fieldtype'], string, string?][] = [
    ['Check', '2'],
    ['Check', 'true'],
    ['Int', '1.5'],
    ['Int', '0x10'],
    ['Float', '1e400'],
    ['Date', 'Yesterday'],
    ['Date', '2026-02-30'],
    ['JSON', '{'],
    ['Select', 'Closed', 'Open\nDone'],
    ['Link', ':Company', 'Company'],
    ['Link', '__user', 'Company'],
  ];
  for (const [type, text, options] of wrong) {
    assert.throws(() => of(type, text, options), ValueError, `${type} ${text}`);
  }
});
