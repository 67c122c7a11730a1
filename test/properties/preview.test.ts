/** A preview says exactly what a change gives and takes, and nothing that it leaves. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { randomWorldChanges } from '../model/random-change.ts';
import { findPreviewDisagreement, findStale } from './preview.ts';
import { holdsForAll } from './runs.ts';

test('a preview counts exactly what is gained and lost', (context) => {
  const seen = { gained: 0, lost: 0, gainedFields: 0, lostFields: 0, nothing: 0, moves: 0 };
  holdsForAll(context, 200, randomWorldChanges, (input) => {
    const disagreement = findPreviewDisagreement(authz, input, (preview) => {
      for (const key of ['gained', 'lost', 'gainedFields', 'lostFields'] as const) {
        if (preview[key].length > 0) seen[key] += 1;
      }
      if (preview.gained.length + preview.lost.length === 0) seen.nothing += 1;
      if (input.change.moves) seen.moves += 1;
    });
    assert.equal(disagreement, null);
  });
  for (const [kind, count] of Object.entries(seen)) assert.ok(count >= 10, `${kind}: ${count}`);
});

test('a world recompiled after a change answers like one compiled from nothing', (context) => {
  let local = 0;
  holdsForAll(context, 120, randomWorldChanges, (input) => {
    if (!input.change.moves && !input.change.levels) local += 1;
    assert.equal(findStale(authz, input), null);
  });
  assert.ok(local >= 20, `only ${local} changes were taken over without compiling all`);
});
