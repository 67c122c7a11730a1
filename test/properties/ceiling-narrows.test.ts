import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  type Ceiling,
  compileWorld,
  decide,
  isVisible,
  listFilter,
  matches,
  openLevels,
} from '../../src/authz/index.ts';
import { ceilings } from '../model/random-scope.ts';
import { randomWorlds } from '../model/random-world.ts';
import { questionsOf } from './agreement.ts';
import { Census } from './census.ts';
import { holdsForAll } from './runs.ts';

test('INVARIANT (ceiling-narrows): no ceiling ever adds, and several are their intersection', (t) => {
  const census = new Census();
  const inputs = fc.record({
    sample: randomWorlds,
    added: fc.array(ceilings, { minLength: 1, maxLength: 3 }),
  });
  holdsForAll(t, 120, inputs, ({ sample, added }) => {
    const compiled = compileWorld(sample.world);
    for (const question of questionsOf(sample, ['read', 'write'])) {
      const { principal } = question;
      const under = (extra: readonly Ceiling[]) => {
        const limited = { ...principal, ceilings: [...principal.ceilings, ...extra] };
        return { ...question, principal: limited };
      };
      const free = decide(compiled, question);
      const limited = decide(compiled, under(added));
      const alone = added.map((one) => decide(compiled, under([one])).allowed);
      assert.equal(limited.allowed, free.allowed && alone.every((isAllowed) => isAllowed));
      const levels = openLevels(free);
      for (const level of openLevels(limited)) assert.ok(levels.has(level), 'a level was added');
      const filter = listFilter(compiled, under(added));
      assert.equal(matches(filter, question.document, principal.id), limited.allowed);
      const { doctype, now } = question;
      if (isVisible(compiled, under(added).principal, doctype, now))
        assert.ok(isVisible(compiled, principal, doctype, now), 'a ceiling showed a doctype');
      if (limited.allowed) census.count('left open');
      else census.count(free.allowed ? 'narrowed' : 'closed before');
    }
  });
  census.requires(t, { 'left open': 200, narrowed: 400, 'closed before': 1000 });
});
