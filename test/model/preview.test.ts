/** What a change turns over, in examples: a field that becomes secret, and is shown again. */
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type CompiledWorld,
  compileWorld,
  previewChange,
  recompile,
  type WorldChange,
} from '../../src/authz/index.ts';
import { grant, rule, TODAY, worldWith } from './example-world.ts';

const PAYSLIPS = [{ facts: { name: 'PAY-1', company: 'UK', employee: 'EMP-1' }, count: 3 }];

function previewed(before: CompiledWorld, change: WorldChange) {
  const after = recompile(before, change);
  const preview = previewChange({ before, after, change }, () => PAYSLIPS, TODAY);
  return { after, preview };
}

test('a field that becomes secret is lost to whoever reads it, and gained when it is shown', () => {
  const world = compileWorld(
    worldWith({
      users: ['ada'],
      rules: [rule('HR', 'Payslip', { actions: ['read', 'inspect'], levels: [0, 1] })],
      grants: [grant('ada', 'HR', { Company: ['UK'], Employee: ['*'] })],
    }),
  );
  const turn = (sensitivity: 'personal' | 'secret'): WorldChange => ({
    sensitivities: [{ doctype: 'Payslip', field: 'net_pay', sensitivity, level: 1 }],
  });
  const counts = { people: 1, documents: 3, pairs: 3 };
  const fields = { doctype: 'Payslip', fields: ['net_pay'], isPersonal: true, level: 1, ...counts };
  const nothing = { gained: [], lost: [], gainedFields: [], lostFields: [], personalPairs: 0 };
  const { after, preview } = previewed(world, turn('secret'));
  assert.deepEqual(preview, { ...nothing, lostFields: [fields] });
  assert.deepEqual(previewed(after, turn('personal')).preview, {
    ...nothing,
    ...{ gainedFields: [fields], personalPairs: 3 },
  });
});
