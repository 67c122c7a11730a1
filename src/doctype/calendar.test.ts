import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { canonicalDate, canonicalDatetime, canonicalTime, isoWeek } from './calendar.ts';

test('only days that exist are dates', () => {
  for (const day of ['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31', '2026-04-30']) {
    assert.equal(canonicalDate(day), day);
  }
  const none = ['2023-02-29', '1900-02-29', '2100-02-29', '2026-04-31', '2026-13-01', '2026-00-10'];
  const odd = ['0000-01-01', '2026-1-1', '10000-01-01', '2026-01-00', '2026-01-32', ' 2026-01-01'];
  const forms = ['2026-01-01\n', '20260101', '2026/01/01', '٢٠٢٦-٠١-٠١', '-001-01-01', ''];
  for (const day of [...none, ...odd, ...forms]) assert.equal(canonicalDate(day), null, day);
});

test('dates agree with the calendar of JavaScript', () => {
  const part = (max: number) => fc.integer({ min: 0, max });
  fc.assert(
    fc.property(part(9999), part(13), part(32), (year, month, day) => {
      const two = (number: number) => String(number).padStart(2, '0');
      const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
      const date = new Date(`${text}T00:00:00Z`);
      const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
      assert.equal(canonicalDate(text) !== null, exists && year > 0, text);
    }),
  );
});

test('a datetime has one canonical form', () => {
  const canonical = '2026-02-28 17:30:05.120000';
  for (const text of ['2026-02-28 17:30:05.12', '2026-02-28T17:30:05.120Z', canonical]) {
    assert.equal(canonicalDatetime(text), canonical);
  }
  assert.equal(canonicalDatetime('2026-02-28 17:30:05'), '2026-02-28 17:30:05.000000');
});

test('a datetime that would have to be guessed or converted is refused', () => {
  const zones = ['2026-02-28T17:30:05', '2026-02-28T17:30:05+02:00', '2026-02-28 17:30:05Z'];
  const wrong = ['2026-02-30 17:30:05', '2026-02-28 24:00:00', '2026-02-28 17:60:00'];
  const odd = ['2026-02-28 17:30:60', '2026-02-28 17:30', '2026-02-28', 'now', 'infinity', 'epoch'];
  const fine = ['2026-02-28 17:30:05.1234567', '2026-02-28 17:30:05.', '2026-02-28  17:30:05'];
  for (const text of [...zones, ...wrong, ...odd, ...fine]) {
    assert.equal(canonicalDatetime(text), null, text);
  }
});

test('a time shows a fraction only where there is one', () => {
  assert.equal(canonicalTime('07:05:00'), '07:05:00');
  assert.equal(canonicalTime('07:05:00.000'), '07:05:00');
  assert.equal(canonicalTime('07:05:00.5'), '07:05:00.500000');
  for (const text of ['7:05:00', '24:00:00', '07:05', '07:05:61', '-1:00:00', '07:05:00Z']) {
    assert.equal(canonicalTime(text), null, text);
  }
});

test('weeks are those of ISO 8601', () => {
  const weeks = { '2026-01-01': 1, '2021-01-03': 53, '2024-12-30': 1, '2026-12-31': 53 };
  const early = { '1969-12-28': 52, '1970-01-01': 1, '1960-01-03': 53, '0001-01-01': 1 };
  for (const [date, week] of Object.entries({ ...weeks, ...early })) {
    assert.equal(isoWeek(date), week, date);
  }
});
