import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Field, FieldType } from './definition.ts';
import { ValueError } from './value-error.ts';
import { parseValue, renderValue, type StoredValue } from './values.ts';

const field = (fieldtype: FieldType, more: Partial<Field> = {}): Field => ({
  fieldname: 'x',
  fieldtype,
  ...more,
});

function takes(of: Field, input: unknown, stored: StoredValue): void {
  assert.equal(parseValue(of, input), stored);
}

function refuses(of: Field, ...inputs: unknown[]): void {
  for (const input of inputs) {
    assert.throws(
      () => parseValue(of, input),
      isValueError,
      `${of.fieldtype} took ${typeof input}`,
    );
  }
}

function isValueError(error: unknown): boolean {
  return error instanceof ValueError && error.code === 'bad_value' && error.field === 'x';
}

test('blank is null, and 0 for a Check', () => {
  for (const type of ['Data', 'Int', 'Currency', 'Date', 'JSON', 'Link', 'Select'] as const) {
    takes(field(type, { options: 'A' }), null, null);
    takes(field(type, { options: 'A' }), '', null);
  }
  takes(field('Check'), null, 0);
  assert.equal(renderValue(field('Check'), null), 0);
  assert.equal(renderValue(field('Currency'), null), null);
  refuses(field('Data'), undefined);
});

test('a Check is 0 or 1 and nothing like it', () => {
  takes(field('Check'), 1, 1);
  takes(field('Check'), -0, 0);
  refuses(field('Check'), true, false, '0', '1', 2, -1, 0.5, [], [1]);
});

test('whole numbers are safe integers', () => {
  takes(field('Int'), -5, -5);
  takes(field('Long Int'), Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  assert.ok(Object.is(parseValue(field('Int'), -0), 0));
  refuses(field('Int'), 2 ** 53, 1.5, '5', true, Number.NaN, 5n, [5]);
  refuses(field('Int', { non_negative: true }), -1);
  refuses(field('Duration'), -1);
});

test('decimals are finite, and a Rating lies between 0 and 1', () => {
  takes(field('Float'), -1.5e300, -1.5e300);
  takes(field('Percent'), 250, 250);
  takes(field('Rating'), 0.6, 0.6);
  refuses(field('Float'), Number.NaN, Infinity, '1.5', true);
  refuses(field('Percent', { non_negative: true }), -0.1);
  refuses(field('Rating'), 1.1, -0.1);
});

test('money is kept as a scaled bigint', () => {
  takes(field('Currency'), 12.34, 123_400n);
  takes(field('Currency'), '12.50', 125_000n);
  assert.equal(renderValue(field('Currency'), 125_000n), 12.5);
  refuses(field('Currency'), 1e16, 0.123_45, '1e3', '1,000', true, Number.NaN, Infinity, [12]);
  refuses(field('Currency', { non_negative: true }), -0.01);
});

test('text holds nothing that PostgreSQL cannot, and no more than its length', () => {
  takes(field('Data'), 'Zoë \u{1f9fe}', 'Zoë \u{1f9fe}');
  takes(field('Data'), '\u{1f9fe}'.repeat(140), '\u{1f9fe}'.repeat(140));
  refuses(field('Data'), 'a\0b', '\ud800', 'x'.repeat(141), 5, true, ['a'], { toString: 'x' });
  refuses(field('Data', { length: 3 }), 'four');
  takes(field('Data', { length: 300 }), 'x'.repeat(300), 'x'.repeat(300));
  refuses(field('Small Text'), 'é'.repeat(32 * 1024 + 1));
  takes(field('Small Text'), 'é'.repeat(32 * 1024), 'é'.repeat(32 * 1024));
  refuses(field('Long Text'), 'x'.repeat(1024 * 1024 + 1));
});

test('an error never repeats the value', () => {
  const secret = `hunter2${'x'.repeat(70_000)}`;
  assert.throws(
    () => parseValue(field('Password'), secret),
    (error) => error instanceof Error && !error.message.includes('hunter2'),
  );
});

test('a Select takes its options only', () => {
  const select = field('Select', { options: 'Open\nDone' });
  takes(select, 'Open', 'Open');
  refuses(select, 'open', 'Open\n', ' Open', 'Open\nDone', 'toString', '__proto__', 0);
  refuses(field('Select', { options: 'Open\nDone', reqd: true }), '', null);
  takes(field('Select', { options: '\nOpen', reqd: true }), '', null);
});

test('forms of Data are held to', () => {
  const email = field('Data', { options: 'Email' });
  takes(email, 'ann@demo.test', 'ann@demo.test');
  refuses(email, 'ann', 'ann@', '@demo.test', 'a@b@c.d', 'ann@demo', 'Ann <ann@demo.test>');
  refuses(email, 'a b@demo.test', 'ann@demo.test\nBcc: x@y.z', 'a@demo..test', 'a@.test');
  const url = field('Data', { options: 'URL' });
  takes(url, 'https://demo.test/a?b=c', 'https://demo.test/a?b=c');
  refuses(url, 'javascript:alert(1)', 'JAVASCRIPT:alert(1)', 'data:text/html,x', '//demo.test');
  refuses(url, 'https://', 'https://a b', ' https://demo.test', 'java\nscript:x', 'ftp://x');
  const phone = field('Data', { options: 'Phone' });
  takes(phone, '+44 (113) 496-0000', '+44 (113) 496-0000');
  refuses(phone, 'call me', '+++', '1'.repeat(31), '12<script>');
  takes(field('Color'), '#1A2b3c', '#1A2b3c');
  refuses(field('Color'), 'red', '#123', '#1a2b3g', '#1a2b3c;x');
});

test('dates, datetimes and times are canonical', () => {
  takes(field('Date'), '2024-02-29', '2024-02-29');
  refuses(field('Date'), '2023-02-29', 20_240_229, '2024-02-29 00:00:00', new Date(0), 'Today');
  takes(field('Datetime'), '2026-02-28T17:30:05.5Z', '2026-02-28 17:30:05.500000');
  refuses(field('Datetime'), '2026-02-28', 0, '2026-02-28T17:30:05');
  takes(field('Time'), '07:05:00', '07:05:00');
  // PostgreSQL leaves zeros at the end of a fraction out.
  assert.equal(
    renderValue(field('Datetime'), '2026-02-28 17:30:05.5'),
    '2026-02-28 17:30:05.500000',
  );
});

test('JSON is any JSON, and nothing that only looks like it', () => {
  takes(field('JSON'), { b: [1, null, 'x'] }, '{"b":[1,null,"x"]}');
  takes(field('JSON'), 'text', '"text"');
  assert.deepEqual(renderValue(field('JSON'), '{"b":[1]}'), { b: [1] });
  refuses(field('JSON'), { a: 'x\0' }, ['\ud800'], { toJSON: () => 1 }, new Date(0), undefined);
  refuses(field('JSON'), JSON.parse('{"__proto__":{"a":1}}'), 1n, 'x'.repeat(1024 * 1024));
  refuses(field('JSON'), JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`));
});

test('tables and layout hold no value of their own', () => {
  refuses(field('Table'), [], null);
  refuses(field('Section Break'), 'x', '');
  assert.throws(() => renderValue(field('Table'), null), TypeError);
});

test('stored values of another kind are a bug, not a value', () => {
  assert.throws(() => renderValue(field('Currency'), 12.5), TypeError);
  assert.throws(() => renderValue(field('Data'), 5), TypeError);
  assert.throws(() => renderValue(field('Int'), '5'), TypeError);
  assert.throws(() => renderValue(field('Datetime'), 'soon'), TypeError);
});

test('what is stored comes back the same after a way out and in', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  const inputs: [Field, fc.Arbitrary<unknown>][] = [
    [field('Data'), text],
    [field('Text Editor'), text],
    [field('Check'), fc.constantFrom(0, 1)],
    [field('Int'), fc.maxSafeInteger()],
    [field('Float'), fc.double({ noNaN: true })],
    [field('Currency'), fc.integer().map((cents) => Number((cents / 100).toFixed(2)))],
    [field('JSON'), fc.jsonValue()],
    [
      field('Date'),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10)),
    ],
    [field('Datetime'), fc.date({ noInvalidDate: true }).map((date) => date.toISOString())],
    [
      field('Time'),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString().slice(11, 23)),
    ],
  ];
  for (const [of, arbitrary] of inputs) {
    fc.assert(
      fc.property(arbitrary, (input) => {
        const stored = parsedOrNothing(of, input);
        if (stored === undefined) return;
        const wire = renderValue(of, stored);
        assert.equal(parseValue(of, wire), stored);
        assert.deepEqual(renderValue(of, parseValue(of, wire)), wire);
        assert.doesNotThrow(() => JSON.stringify(wire));
      }),
      { numRuns: 100 },
    );
  }
});

test('no input whatever gives anything but a value or a ValueError', () => {
  const types: FieldType[] = ['Data', 'Check', 'Int', 'Float', 'Currency', 'Date', 'JSON', 'Link'];
  fc.assert(
    fc.property(fc.constantFrom(...types), fc.anything(), (type, input) => {
      const stored = parsedOrNothing(field(type), input);
      if (stored !== undefined) renderValue(field(type), stored);
    }),
    { numRuns: 500 },
  );
});

function parsedOrNothing(of: Field, input: unknown): StoredValue | undefined {
  try {
    return parseValue(of, input);
  } catch (error) {
    if (isValueError(error)) return undefined;
    throw error;
  }
}
