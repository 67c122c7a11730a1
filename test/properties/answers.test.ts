/** What is asked besides decisions: what may ever be, who could give it, what it rests on. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { randomWorlds } from '../model/random-world.ts';
import { findAnswerMistake } from './answers.ts';
import { Census } from './census.ts';
import { holdsForAll } from './runs.ts';

test('menus, givers, supports and levels of a doctype are those of the reference', (t) => {
  const census = new Census();
  holdsForAll(t, 60, randomWorlds, (sample) => {
    const mistake = findAnswerMistake(authz, sample, (kind, times) => census.count(kind, times));
    assert.equal(mistake, null);
  });
  census.requires(t, {
    ...{ 'may be': 500, 'may never be': 1000, 'with levels': 500, givers: 500 },
    ...{ 'one support': 200, 'several supports': 500, 'levels everywhere': 200 },
  });
});
