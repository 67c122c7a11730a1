/** INVARIANT (no-self-gain): all that a change gives is said before it is made, and judged. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { randomGainChanges } from '../model/random-gain-change.ts';
import { Census } from './census.ts';
import { findUnsaid } from './gains.ts';
import { findUngivable, onlyPowers, POWERS, unheld } from './power.ts';
import { findPreviewDisagreement } from './preview.ts';
import { holdsForAll } from './runs.ts';

const KINDS = [
  ...(['rules', 'grants', 'members', 'shares'] as const),
  ...(['moves', 'renames', 'levels', 'sensitivities', 'paths', 'users'] as const),
];

test('INVARIANT (no-self-gain): nobody gains by their own change, nor gives beyond authority', (t) => {
  const census = new Census();
  holdsForAll(t, 1500, randomGainChanges, (input) => {
    const mistake = findUnsaid(authz, input, ({ refusal, growth }) => {
      const isGrowing = growth.length > 0;
      census.count(refusal ?? 'allowed');
      if (isGrowing) census.count(`growth, ${refusal ?? 'allowed'}`);
      const only = KINDS.filter((kind) => input.change[kind] !== undefined);
      for (const kind of only) if (isGrowing) census.count(`growth with ${kind}`);
      if (refusal === null && isGrowing && input.actor !== 'zoe') census.count('by an insider');
    });
    assert.equal(mistake, null);
  });
  census.requires(t, {
    ...{ allowed: 100, self_gain: 100, outside_authority: 100 },
    ...{ 'growth, allowed': 30, 'by an insider': 10 },
    ...Object.fromEntries(KINDS.map((kind) => [`growth with ${kind}`, 12])),
  });
});

test('a preview counts what renaming, paths and secrets give as well', (t) => {
  let gained = 0;
  holdsForAll(t, 200, randomGainChanges, (input) => {
    try {
      authz.recompile(authz.compileWorld(input.sample.world), input.change);
    } catch {
      return;
    }
    const mistake = findPreviewDisagreement(authz, input, (preview) => {
      if (input.change.renames && preview.gained.length > 0) gained += 1;
    });
    assert.equal(mistake, null);
  });
  assert.ok(gained >= 3, `${gained} previews of a rename that gives something`);
});

test('INVARIANT (no-self-gain): nobody makes a role worth more than what they could give', (t) => {
  const census = new Census();
  holdsForAll(t, 4000, randomGainChanges, (input) => {
    if (!onlyPowers(input.change)) return;
    for (const one of [input, unheld(input)]) {
      const mistake = findUngivable(authz, one, ({ refusal }) => {
        census.count(one === input ? `held, ${refusal ?? 'allowed'}` : (refusal ?? 'allowed'));
        for (const kind of POWERS) if (one.change[kind]) census.count(`power by ${kind}`);
      });
      assert.equal(mistake, null);
    }
  });
  census.requires(t, {
    ...{ 'held, allowed': 30, allowed: 80, outside_authority: 80 },
    ...Object.fromEntries(POWERS.map((kind) => [`power by ${kind}`, 50])),
  });
});
