/** INVARIANT (no-self-gain): records in another form give just what is more than before. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { Census } from './census.ts';
import { findInexact, randomReplacements } from './record-gains.ts';
import { holdsForAll } from './runs.ts';

test('INVARIANT (no-self-gain): what takes the place of something gives what is more', (t) => {
  const census = new Census();
  holdsForAll(t, 1500, randomReplacements, (input) => {
    const mistake = findInexact(authz, input, (kind, gains) => {
      census.count(`${kind}: ${gains === 0 ? 'nothing' : 'something'}`);
    });
    assert.equal(mistake, null);
  });
  const kinds = ['grants', 'members', 'shares', 'authorities'];
  census.requires(
    t,
    Object.fromEntries(
      kinds.flatMap((kind) => [
        [`${kind}: nothing`, 30],
        [`${kind}: something`, 30],
      ]),
    ),
  );
});
