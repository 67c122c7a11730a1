import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import * as kernel from '../../src/authz/index.ts';
import { randomWorlds } from '../model/random-world.ts';
import { findDisagreement } from './agreement.ts';
import { kindsIn } from './kinds.ts';
import { holdsForAll } from './runs.ts';
import { Tally } from './stations.ts';
import { findWhoDisagreement } from './who.ts';

const inputs = fc.record({ sample: randomWorlds, action: fc.constantFrom(...kernel.ACTIONS) });

test('INVARIANT (one-truth): check, list, levels and permits answer as the reference', (t) => {
  const tally = new Tally();
  holdsForAll(t, 200, inputs, ({ sample, action }) => {
    const kindsOf = kindsIn(sample.world);
    const actions = [...new Set(['read', 'write', 'select', 'create', action] as const)];
    const disagreement = findDisagreement(kernel, sample, actions, (question, { isAllowed }) => {
      const kinds = kindsOf(question, isAllowed);
      tally.count('check', kinds);
      tally.count('list', kinds);
    });
    assert.equal(disagreement, null);
  });
  tally.requires(t, { check: 20_000, list: 20_000 });
});

test('INVARIANT (one-truth): who can says everybody for whom the reference says yes', (t) => {
  const tally = new Tally();
  let byLevel = 0;
  holdsForAll(t, 150, randomWorlds, (sample) => {
    const kindsOf = kindsIn(sample.world);
    const disagreement = findWhoDisagreement(kernel, sample, ({ questions, names, level }) => {
      if (level !== undefined) byLevel += names.length;
      else
        for (const question of questions) {
          tally.count('who', kindsOf(question, names.includes(question.principal.id)));
        }
    });
    assert.equal(disagreement, null);
  });
  tally.requires(t, { who: 15_000 });
  assert.ok(byLevel >= 1000, `${byLevel} people by the level of a field`);
});
