import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import * as kernel from '../../src/authz/index.ts';
import { randomWorlds } from '../model/random-world.ts';
import { type Answer, type Asked, findDisagreement } from './agreement.ts';
import { Census } from './census.ts';
import { kindsIn } from './kinds.ts';
import { holdsForAll } from './runs.ts';

const inputs = fc.record({ sample: randomWorlds, action: fc.constantFrom(...kernel.ACTIONS) });

test('INVARIANT (one-truth): check, list, levels and permits answer as the reference', (t) => {
  const census = new Census();
  holdsForAll(t, 200, inputs, ({ sample, action }) => {
    const kindsOf = kindsIn(sample.world);
    const levelsBefore = new Map<string, string>();
    const see = (question: Asked, { isAllowed, witnesses, levels }: Answer) => {
      for (const kind of kindsOf(question, isAllowed)) census.count(kind);
      if (!isAllowed) return;
      if (witnesses.length > 1) census.count('allowed by several');
      const { principal, action, doctype } = question;
      const key = JSON.stringify([principal, action, doctype]);
      const open = [...levels].sort().join();
      if ((levelsBefore.get(key) ?? open) !== open) census.count('levels open here, closed there');
      levelsBefore.set(key, open);
    };
    const actions = [...new Set(['read', 'write', 'select', 'create', action] as const)];
    assert.equal(findDisagreement(kernel, sample, actions, see), null);
    if (sample.world.grants.length === 0) census.count('empty world');
  });
  census.requires(t, {
    allowed: 3000,
    denied: 10_000,
    'allowed by (blank)': 80,
    'allowed by *': 300,
    'allowed by built-in group': 100,
    'allowed by descendants': 15,
    'allowed by everything': 50,
    'allowed by except': 30,
    'allowed by group': 250,
    'allowed by rule with when': 100,
    'allowed by several': 600,
    'allowed by share': 80,
    'allowed guest': 80,
    'allowed system': 80,
    'allowed under a ceiling': 300,
    'denied by ceiling': 200,
    'denied by draft': 200,
    'denied by name path': 80,
    'denied by no descendants': 10,
    'denied by no except': 80,
    'allowed with different rows': 100,
    'allowed with no rows': 100,
    'denied by path through rows': 200,
    'denied with a blank row': 15,
    'denied with an earlier row': 60,
    'denied with another row': 40,
    'denied with no rows': 80,
    'denied with rows that alone are open': 15,
    'denied by second path of a dimension': 20,
    'denied by uncovered blank': 40,
    'denied by validity': 250,
    'denied by when': 150,
    'denied by within': 200,
    'denied guest': 500,
    'denied system': 500,
    'empty world': 1,
    'levels open here, closed there': 100,
  });
});
