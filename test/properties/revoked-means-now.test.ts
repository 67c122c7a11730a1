import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWorld, decide, isValid, type Validity, type World } from '../../src/authz/index.ts';
import { NOW } from '../model/random-scope.ts';
import { randomWorlds } from '../model/random-world.ts';
import { questionsOf } from './agreement.ts';
import { Census } from './census.ts';
import { holdsForAll } from './runs.ts';

const ALWAYS = { from: null, until: null };

/** The world as it is at one instant: what is valid then holds for ever, the rest is not there. */
function frozenAt(world: World, instant: number): World {
  const still = <Item extends Validity>(items: readonly Item[]) =>
    items
      .filter(({ from, until }) => (from ?? instant) <= instant && instant < (until ?? Infinity))
      .map((item) => ({ ...item, ...ALWAYS }));
  return {
    ...world,
    grants: still(world.grants),
    members: still(world.members),
    shares: still(world.shares),
  };
}

test('INVARIANT (revoked-means-now): what has ended counts like what was never given', (t) => {
  const census = new Census();
  holdsForAll(t, 80, randomWorlds, (sample) => {
    const { grants, members, shares } = sample.world;
    const bounds = [...grants, ...members, ...shares].flatMap(({ from, until }) => [from, until]);
    const instants = new Set(
      bounds.flatMap((bound) => (bound === null ? [] : [bound - 1, bound])).slice(0, 16),
    );
    const compiled = compileWorld(sample.world);
    const questions = questionsOf(sample, ['read', 'write']);
    let before: boolean[] | null = null;
    for (const instant of [...instants].sort((a, b) => a - b)) {
      const frozen = compileWorld(frozenAt(sample.world, instant));
      const answers = questions.map((question) => {
        const { allowed } = decide(compiled, { ...question, now: instant });
        // Any other time will do for the frozen world: nothing in it begins or ends.
        assert.equal(allowed, decide(frozen, { ...question, now: 0 }).allowed);
        return allowed;
      });
      answers.forEach((allowed, index) => {
        if (before && allowed !== before[index]) census.count(allowed ? 'began' : 'ended');
        census.count(allowed ? 'allowed' : 'denied');
      });
      before = answers;
    }
  });
  census.requires(t, { began: 60, ended: 60, allowed: 1000, denied: 3000 });
});

test('INVARIANT (revoked-means-now): from is the first millisecond, until the first one after', () => {
  const validity = { from: NOW, until: NOW + 2 };
  const valid = [-1, 0, 1, 2, 3].map((offset) => isValid(validity, NOW + offset));
  assert.deepEqual(valid, [false, true, true, false, false]);
  assert.ok(isValid({ from: null, until: null }, NOW));
  assert.ok(!isValid({ from: NOW, until: NOW }, NOW), 'an empty span was valid');
});
