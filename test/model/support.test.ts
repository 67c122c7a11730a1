/** What an allow rests on, in examples: each grant and share with all that it says yes by. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { supportsOf } from '../../src/authz/index.ts';
import { ask, grant, rule, share, worldWith } from './example-world.ts';

const WORLD = worldWith({
  rules: [
    rule('HR', 'Note', { name: 'all of it', levels: [0, 1] }),
    rule('HR', 'Note', { name: 'at least', levels: [0] }),
    rule('Employee', 'Note'),
  ],
  grants: [
    grant('ada', 'HR', {}, { name: 'G-hr' }),
    grant('ada', 'Employee', {}, { name: 'G-own' }),
    grant('ben', 'HR', {}, { name: 'G-ben' }),
  ],
  shares: [share('Note', 'NOTE-1', 'ada', { name: 'S-1' })],
});

/** Each with its rules, whether it is still allowed without it, and the levels open then. */
function supports(who: string, level?: number) {
  const decision = ask(WORLD, who, 'read', 'Note', { name: 'NOTE-1' });
  return supportsOf(decision, level).map(({ name, witnesses, without }) => [
    name,
    witnesses.map((one) => (one.kind === 'share' ? 'share' : one.way.rule.source.name)),
    without.allowed,
    [...without.levels].sort(),
  ]);
}

test('each grant and share is told once, with its own rules and what is left without it', () => {
  assert.deepEqual(supports('ada'), [
    ['grant G-hr', ['all of it', 'at least'], true, [0]],
    ['grant G-own', ['Employee on Note'], true, [0, 1]],
    ['share S-1', ['share'], true, [0, 1]],
  ]);
  assert.deepEqual(supports('ben'), [['grant G-ben', ['all of it', 'at least'], false, []]]);
  assert.deepEqual(supports('cleo'), []);
});

test('with a level, only what opens it counts', () => {
  assert.deepEqual(supports('ada', 1), [['grant G-hr', ['all of it'], false, []]]);
  assert.deepEqual(supports('ada', 7), []);
});
