/** What a grant alone gives is what is lost without it, and no grant is called idle that is not. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type fc from 'fast-check';
import * as authz from '../../src/authz/index.ts';
import type { RandomWorld } from '../model/random-world.ts';
import { findLeastUseMistake } from './least-use.ts';
import { randomOverlaps, randomTightOverlaps } from './random-overlaps.ts';
import { holdsForAll } from './runs.ts';

function holds(
  context: TestContext,
  runs: number,
  worlds: fc.Arbitrary<RandomWorld>,
  least: Readonly<Record<string, number>>,
): void {
  const seen: Record<string, number> = {};
  const count = (kind: string, isSeen: boolean): void => {
    seen[kind] = (seen[kind] ?? 0) + (isSeen ? 1 : 0);
  };
  holdsForAll(context, runs, worlds, (sample) => {
    const mistake = findLeastUseMistake(authz, sample, (worth) => {
      const { redundant, by, aloneFields, grant } = worth;
      count(redundant ?? 'needed', true);
      count('covered for ever', redundant === 'ever' && by.length > 0);
      count('covered for ever by several', redundant === 'ever' && by.length > 1);
      count('covered for everybody', redundant === 'ever' && grant.grantee.name === 'Everyone');
      count('fields alone', aloneFields.length > 0);
      count(
        'fields that are not read',
        aloneFields.some(({ action }) => action !== 'read'),
      );
    });
    assert.equal(mistake, null);
  });
  context.diagnostic(JSON.stringify(seen));
  for (const [kind, most] of Object.entries(least)) {
    assert.ok((seen[kind] ?? 0) >= most, `${kind}: ${seen[kind]}`);
  }
}

test('what each grant alone gives is exactly what everybody loses without it', (context) => {
  holds(context, 40, randomOverlaps, {
    ...{ needed: 40, now: 40, ever: 40, 'covered for ever': 40, 'covered for everybody': 10 },
    ...{ 'fields alone': 20, 'fields that are not read': 10 },
  });
});

test('a grant that gives nothing ever gives nothing of what there could be one day', (context) => {
  holds(context, 200, randomTightOverlaps, {
    ...{ needed: 40, now: 40, ever: 40, 'covered for ever by several': 10 },
  });
});
