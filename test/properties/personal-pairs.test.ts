/** What a change shows of people is counted exactly, and counted where it could be too much. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { randomWorldChanges } from '../model/random-change.ts';
import { randomGainChanges } from '../model/random-gain-change.ts';
import { NARROW_CHANGES } from './narrow-changes.ts';
import { eachAlone, findPairsMistake } from './personal-pairs.ts';
import { holdsForAll } from './runs.ts';

/** Of random thresholds: refused exactly where there are more pairs, counted or not. */
const THRESHOLDS = [1, 2, 3, 5, 8, 13];

test('personal pairs are counted exactly, and never more than their bound', (context) => {
  const seen = {
    none: 0,
    some: 0,
    passedUncounted: 0,
    passedCounted: 0,
    refused: 0,
  };
  const check = (input: Parameters<typeof findPairsMistake>[1]): void => {
    const mistake = findPairsMistake(authz, input, ({ pairs, bound }) => {
      seen[pairs === 0 ? 'none' : 'some'] += 1;
      for (const threshold of THRESHOLDS) {
        if (bound <= threshold) seen.passedUncounted += 1;
        else seen[pairs > threshold ? 'refused' : 'passedCounted'] += 1;
      }
    });
    assert.equal(mistake, null);
  };
  holdsForAll(context, 150, randomWorldChanges, (input) => {
    for (const one of [input, ...eachAlone(input)]) check(one);
  });
  holdsForAll(context, 300, randomGainChanges, check);
  for (const [kind, count] of Object.entries(seen)) assert.ok(count >= 40, `${kind}: ${count}`);
});

test('of a change that concerns few documents, few are counted, and all that it gives', () => {
  for (const [input, documents] of NARROW_CHANGES) {
    let counted = Number.NaN;
    const mistake = findPairsMistake(authz, input, (said) => {
      counted = said.documents;
    });
    assert.equal(mistake, null);
    assert.equal(counted, documents, JSON.stringify(input.change));
  }
});
