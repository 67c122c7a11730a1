/** What a grant alone gives is what is lost without it, and no grant is called idle that is not. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { findLeastUseMistake, randomOverlaps } from './least-use.ts';
import { holdsForAll } from './runs.ts';

test('what each grant alone gives is exactly what everybody loses without it', (context) => {
  const seen = { needed: 0, now: 0, ever: 0, covered: 0, fields: 0, writing: 0, everyone: 0 };
  holdsForAll(context, 120, randomOverlaps, (sample) => {
    const mistake = findLeastUseMistake(authz, sample, (worth) => {
      seen[worth.redundant ?? 'needed'] += 1;
      if (worth.redundant === 'ever' && worth.by.length > 0) seen.covered += 1;
      if (worth.aloneFields.length > 0) seen.fields += 1;
      if (worth.aloneFields.some(({ action }) => action !== 'read')) seen.writing += 1;
      if (worth.redundant === 'ever' && worth.grant.grantee.name === 'Everyone') seen.everyone += 1;
    });
    assert.equal(mistake, null);
  });
  context.diagnostic(JSON.stringify(seen));
  for (const [kind, count] of Object.entries(seen)) assert.ok(count >= 10, `${kind}: ${count}`);
});
