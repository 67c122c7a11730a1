/** Who can, of whole doctypes: counts, reasons and of whom, against the reference. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { randomWorlds } from '../model/random-world.ts';
import { Census } from './census.ts';
import { findReachDisagreement } from './reach.ts';
import { holdsForAll } from './runs.ts';

test('INVARIANT (one-truth): who can, of a whole doctype, counts just what the reference allows', (context) => {
  const census = new Census();
  holdsForAll(context, 150, randomWorlds, (sample) => {
    const disagreement = findReachDisagreement(authz, sample, (told, level) => {
      if (told.length === 0) census.count('nobody');
      for (const { name, documents, by, values } of told) {
        if (documents > 1) census.count('several documents');
        if (level !== undefined && level > 0) census.count('by level');
        if (Object.keys(by).length > 1) census.count('several reasons');
        if (Object.keys(by).some((reason) => reason.startsWith('share'))) census.count('shares');
        if (values.some((counts) => '(blank)' in counts)) census.count('blank values');
        if (values.length > 1) census.count('several paths');
        if (name === 'Guest') census.count('guests');
        if (name === 'system:ledger') census.count('systems');
      }
    });
    assert.equal(disagreement, null);
  });
  census.requires(context, {
    ...{ nobody: 100, 'several documents': 100, 'by level': 100, 'several reasons': 100 },
    ...{ shares: 50, 'blank values': 50, 'several paths': 50, guests: 50, systems: 50 },
  });
});
