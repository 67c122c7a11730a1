/** Separation of duties finds exactly those who could do both, and for which values. */

import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { Census } from './census.ts';
import { holdsForAll } from './runs.ts';
import {
  findConflictMistake,
  findMadeMistake,
  randomConflicts,
  randomSeparations,
} from './separation.ts';

test('conflicts of duties are exactly those that some document would show', (t) => {
  const census = new Census();
  holdsForAll(t, 600, randomSeparations, (input) => {
    let count = 0;
    const mistake = findConflictMistake(authz, input, ({ values, from, first, second }) => {
      count += 1;
      census.count(values === 'everywhere' ? 'everywhere' : 'for some values');
      if (values !== 'everywhere' && values.includes('(blank)')) census.count('for a blank');
      if (values !== 'everywhere' && values.includes('*')) census.count('for every value');
      if (from !== null) census.count('later');
      if (first.some((name) => second.includes(name))) census.count('by one grant');
      else census.count('by two grants');
    });
    assert.equal(mistake, null);
    if (count === 0) census.count('none');
  });
  census.requires(t, {
    ...{ everywhere: 50, 'for some values': 50, 'for a blank': 10, 'for every value': 10 },
    ...{ later: 5, 'by one grant': 50, 'by two grants': 20, none: 50 },
  });
});

test('the conflicts that a change makes are those that were not there before', (t) => {
  const census = new Census();
  holdsForAll(t, 600, randomConflicts, (input) => {
    const mistake = findMadeMistake(authz, input, (made) => {
      census.count(made.size === 0 ? 'none' : 'some');
      const kinds = Object.keys(input.change);
      if (made.size > 0 && kinds.length === 1) census.count(`by ${kinds[0]} alone`);
    });
    assert.equal(mistake, null);
  });
  census.requires(t, {
    ...{ none: 100, some: 100, 'by rules alone': 5, 'by grants alone': 5 },
    ...{ 'by members alone': 2, 'by shares alone': 2 },
  });
});
