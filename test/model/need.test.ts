import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld, decide, Needs, needOf } from '../../src/authz/index.ts';
import { grant, person, rule, share, TODAY, worldWith } from './example-world.ts';

const here = { Company: ['Alpha'], Employee: ['E-1'] };

const world = compileWorld(
  worldWith({
    rules: [
      rule('Employee', 'Payslip', { actions: ['read'], levels: [0] }),
      rule('HR', 'Payslip', { actions: ['read'], levels: [0, 1] }),
    ],
    grants: [
      grant('ada', 'Employee', here, { name: 'G-own' }),
      grant('ada', 'HR', here, { name: 'G-hr' }),
      grant('ben', 'HR', here, { name: 'G-ben' }),
    ],
    shares: [share('Payslip', 'P-1', 'ben', { name: 'S-1', actions: ['read'] })],
  }),
);

const document = { name: 'P-1', company: 'Alpha', employee: 'E-1' };
const reading = (user: string, more: object = {}) =>
  decide(world, {
    ...{ principal: person(user), action: 'read', doctype: 'Payslip', now: TODAY },
    document: { ...document, ...more },
  });

function said(...needs: ReturnType<typeof needOf>[]) {
  const all = new Needs();
  for (const need of needs) all.add(need);
  return all.said();
}

test('two that say yes are both needed, and neither solely', () => {
  assert.deepEqual(said(needOf(reading('ada'), [0])), {
    witnesses: ['grant G-hr', 'grant G-own'],
    solely: [],
  });
});

test('whoever alone opens a field that was shown was needed solely', () => {
  assert.deepEqual(said(needOf(reading('ada'), [0, 1])).solely, ['grant G-hr']);
  assert.deepEqual(said(needOf(reading('ben'), [1])), {
    witnesses: ['grant G-ben', 'share S-1'],
    solely: ['grant G-ben'],
  });
  // Nothing opens it, so nothing was needed for it.
  assert.deepEqual(said(needOf(reading('ada'), [7])).solely, []);
});

test('a refusal rests on nothing, and several decisions on all that each rested on', () => {
  const elsewhere = reading('ada', { company: 'Beta' });
  assert.equal(elsewhere.allowed, false);
  assert.deepEqual(said(needOf(elsewhere, [0])), { witnesses: [], solely: [] });
  // Of another document of the same name, the share alone says yes.
  const shared = reading('ben', { company: 'Beta' });
  assert.deepEqual(said(needOf(shared), needOf(reading('ben')), needOf(elsewhere)), {
    witnesses: ['grant G-ben', 'share S-1'],
    solely: ['share S-1'],
  });
  // In the order of the names, whichever was decided first.
  assert.deepEqual(said(needOf(shared), needOf(reading('ada'), [1])).solely, [
    'grant G-hr',
    'share S-1',
  ]);
});
