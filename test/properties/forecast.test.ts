/** The forecast names exactly what somebody can do now and nobody then. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { Census } from './census.ts';
import { findForecastMistake, worldsWithAbsent } from './forecast.ts';
import { holdsForAll } from './runs.ts';

test('the forecast names exactly the duties that somebody holds now and nobody will', (t) => {
  const census = new Census();
  holdsForAll(t, 150, worldsWithAbsent, (sample) => {
    assert.equal(findForecastMistake(authz, sample, census), null);
  });
  census.requires(t, {
    lost: 500,
    held: 5000,
    'never held': 5000,
    'role lost': 20,
    'for good': 100,
    'for a while': 10,
    'with a condition': 30,
    'of levels only': 20,
    'with exceptions': 5,
  });
});
