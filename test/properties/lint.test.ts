/** Lint finds what plain loops find, counts what the reference counts, and leaves nothing out. */
import assert from 'node:assert/strict';
import test from 'node:test';
import * as authz from '../../src/authz/index.ts';
import { randomWorldChanges } from '../model/random-change.ts';
import { randomWorlds } from '../model/random-world.ts';
import { Census } from './census.ts';
import { crowded, findAddedDisagreement, findLintDisagreement } from './lint.ts';
import { holdsForAll } from './runs.ts';

test('lint finds and counts like plain loops', (context) => {
  const census = new Census();
  holdsForAll(context, 200, randomWorlds, (sample) => {
    const disagreement = findLintDisagreement(authz, crowded(sample), ({ code, opening }) => {
      census.count(code);
      if (opening.pairs > opening.documents) census.count('several readers');
    });
    assert.equal(disagreement, null);
  });
  const each = Object.fromEntries(authz.LINT_CODES.map((code) => [code, 8]));
  census.requires(context, { ...each, 'several readers': 50 });
});

test('what a change adds is what lint finds after it and not before', (context) => {
  const census = new Census();
  holdsForAll(context, 200, randomWorldChanges, (input) => {
    const { sample, change } = input;
    // Documents change with the values that they name.
    if (change.renames) return;
    const disagreement = findAddedDisagreement(
      authz,
      { sample: crowded(sample), change },
      (added) => census.count(added.length > 0 ? 'some' : 'none'),
    );
    assert.equal(disagreement, null);
  });
  census.requires(context, { some: 15, none: 40 });
});
