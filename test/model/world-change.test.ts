/** The world as plain data after a change, in examples. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Grant, Separation } from '../../src/authz/world.ts';
import { applyChange, type FieldSensitivity } from '../../src/authz/world-change.ts';
import { grant, worldWith } from './example-world.ts';

test('each change is another epoch, and leaves what it says nothing about', () => {
  const kept: Separation = {
    ...{ name: 'pay and approve', dimension: null, effect: 'refuse' as const },
    first: { doctype: 'Invoice', action: 'create' },
    second: { doctype: 'Invoice', action: 'submit' },
  };
  const world = worldWith({ separations: [kept], epoch: 7 });
  const added = [grant('ada', 'HR')];
  const after = applyChange(world, { grants: { gone: [], added } });
  assert.deepEqual(after, { ...world, epoch: 8, grants: added, acting: [] });
});

test('of records, those that go are gone, and those that come are the last', () => {
  const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => grant(name, 'HR'));
  assert.ok(ada && ben && cleo);
  const grants = (gone: Grant[], added: Grant[]) =>
    applyChange(worldWith({ grants: [ada, ben] }), { grants: { gone, added } }).grants;
  assert.deepEqual(grants([ada], [cleo]), [ben, cleo]);
  assert.deepEqual(grants([], [cleo]), [ada, ben, cleo]);
});

test('a value that moves leaves trees of other dimensions as they are', () => {
  const world = worldWith({});
  const moves = [{ dimension: 'Warehouse', value: 'North', parent: null }];
  assert.equal(applyChange(world, { moves }).trees[0], world.trees[0]);
});

/** Payslips, of which a field is of another sensitivity from now on. */
function payslipsWith(field: string, sensitivity: FieldSensitivity['sensitivity'], level = 1) {
  const world = worldWith({});
  const sensitivities = [{ doctype: 'Payslip', field, sensitivity, level }];
  const { doctypes } = applyChange(world, { sensitivities });
  const others = doctypes.filter(({ name }) => name !== 'Payslip');
  assert.ok(
    others.every((shape) => world.doctypes.includes(shape)),
    'other doctypes stay',
  );
  const payslips = doctypes.find(({ name }) => name === 'Payslip');
  return { personal: [...(payslips?.personal ?? [])], levels: [...(payslips?.levels ?? [])] };
}

test('a field is personal from when it is called so until it is called something else', () => {
  const pay = ['net_pay', 1];
  const both = [pay, ['bank', 2]];
  assert.deepEqual(payslipsWith('bank', 'personal', 2), {
    personal: ['net_pay', 'bank'],
    levels: both,
  });
  assert.deepEqual(payslipsWith('bank', 'none', 2), { personal: ['net_pay'], levels: both });
  assert.deepEqual(payslipsWith('net_pay', 'none'), { personal: [], levels: [pay] });
  assert.deepEqual(payslipsWith('net_pay', 'secret'), { personal: [], levels: [] });
});

test('a doctype gets other paths without any change of its fields', () => {
  const paths = [{ dimension: 'Company', path: 'company' }];
  const { doctypes } = applyChange(worldWith({}), { paths: [{ doctype: 'Invoice', paths }] });
  assert.deepEqual(doctypes.find(({ name }) => name === 'Invoice')?.paths, paths);
});
