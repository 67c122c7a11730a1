/** Who can, against the reference asked about everybody. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { randomWorlds } from '../model/random-world.ts';
import { holdsForAll } from './runs.ts';
import { findWhoDisagreement } from './who.ts';

test('INVARIANT (one-truth): who can says everybody for whom the reference says yes', (context) => {
  const seen = { nobody: 0, some: 0, guests: 0, systems: 0, byLevel: 0 };
  holdsForAll(context, 150, randomWorlds, (sample) => {
    const disagreement = findWhoDisagreement(authz, sample, (names, level) => {
      if (names.length === 0) seen.nobody += 1;
      else if (level === undefined) seen.some += 1;
      else seen.byLevel += 1;
      if (names.includes('Guest')) seen.guests += 1;
      if (names.includes('system:ledger')) seen.systems += 1;
    });
    assert.equal(disagreement, null);
  });
  for (const [kind, count] of Object.entries(seen)) assert.ok(count >= 50, `${kind}: ${count}`);
});
