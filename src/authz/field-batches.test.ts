import assert from 'node:assert/strict';
import test from 'node:test';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { fieldBatches } from './field-batches.ts';
import { CLOSED_LEVEL } from './gain.ts';

/** A doctype with fields of these levels, of which some say something of a person. */
function payslip(
  levels: Readonly<Record<string, number>>,
  personal: readonly string[] = [],
): CompiledDoctype {
  return {
    name: 'Payslip',
    paths: [],
    levels: new Map(Object.entries(levels)),
    personal: new Set(personal),
    number: 0,
    compiledPaths: [],
  };
}

test('fields that had one level and have one level now are told of together', () => {
  const before = payslip({ title: 0, net_pay: 1, gross_pay: 1, bonus: 1 });
  const after = payslip({ title: 0, net_pay: 2, gross_pay: 2, bonus: 1 });
  assert.deepEqual(fieldBatches(before, after), [
    { from: 0, to: 0, fields: ['title'], isPersonal: false },
    { from: 1, to: 2, fields: ['net_pay', 'gross_pay'], isPersonal: false },
    { from: 1, to: 1, fields: ['bonus'], isPersonal: false },
  ]);
});

test('a field that comes, and one that goes, is closed on the other side', () => {
  const [without, withField] = [payslip({ title: 0 }), payslip({ title: 0, iban: 3 })];
  const title = { from: 0, to: 0, fields: ['title'], isPersonal: false };
  const iban = { fields: ['iban'], isPersonal: false };
  assert.deepEqual(fieldBatches(without, withField), [
    title,
    { ...iban, from: CLOSED_LEVEL, to: 3 },
  ]);
  assert.deepEqual(fieldBatches(withField, without), [
    title,
    { ...iban, from: 3, to: CLOSED_LEVEL },
  ]);
});

test('of a doctype that is not there on one side, all fields are closed there', () => {
  for (const isPersonal of [true, false]) {
    const doctype = payslip({ title: 0 }, isPersonal ? ['title'] : []);
    const fields = { fields: ['title'], isPersonal };
    assert.deepEqual(fieldBatches(undefined, doctype), [{ from: CLOSED_LEVEL, to: 0, ...fields }]);
    assert.deepEqual(fieldBatches(doctype, undefined), [{ from: 0, to: CLOSED_LEVEL, ...fields }]);
  }
  assert.deepEqual(fieldBatches(undefined, undefined), []);
});

test('fields are personal where any of them is, before the change or after it', () => {
  const [plain, personal] = [{ title: 0, net_pay: 0 }, ['net_pay']];
  const isPersonal = (before: readonly string[], after: readonly string[]) =>
    fieldBatches(payslip(plain, before), payslip(plain, after)).map((one) => one.isPersonal);
  assert.deepEqual(isPersonal([], []), [false]);
  assert.deepEqual(isPersonal(personal, []), [true]);
  assert.deepEqual(isPersonal([], personal), [true]);
  assert.deepEqual(isPersonal(personal, personal), [true]);
});
