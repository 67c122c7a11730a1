import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { compileWorld, decide, isVisible, openLevels, type World } from '../../src/authz/index.ts';
import { type RandomWorld, randomWorlds } from '../model/random-world.ts';
import { type Asked, questionsOf } from './agreement.ts';
import { Census } from './census.ts';
import { holdsForAll } from './runs.ts';

const PARTS = ['grants', 'rules', 'shares', 'members', 'roles'] as const;
type Part = (typeof PARTS)[number];

/** The world without one thing; a role takes its rules and grants with it. */
function without(world: World, part: Part, index: number): World {
  const gone = world[part][index];
  const rest = { ...world, [part]: (world[part] as readonly object[]).toSpliced(index, 1) };
  if (part !== 'roles' || gone === undefined || !('name' in gone)) return rest;
  return {
    ...rest,
    rules: rest.rules.filter(({ role }) => role !== gone.name),
    grants: rest.grants.filter(({ role }) => role !== gone.name),
  };
}

/** All that is open: one entry for each allowed question, each of its levels, each doctype. */
function accessIn(world: World, questions: readonly Asked[]): Set<string> {
  const compiled = compileWorld(world);
  const open = new Set<string>();
  questions.forEach((question, index) => {
    const decision = decide(compiled, question);
    if (decision.allowed) open.add(`question ${index}`);
    for (const level of openLevels(decision)) open.add(`question ${index} level ${level}`);
    const { principal, doctype, now } = question;
    if (isVisible(compiled, principal, doctype, now)) open.add(`question ${index} visible`);
  });
  return open;
}

function beyond(some: ReadonlySet<string>, limit: ReadonlySet<string>): string[] {
  return [...some].filter((one) => !limit.has(one));
}

function questionsIn(sample: RandomWorld): Asked[] {
  return questionsOf(sample, ['read', 'write', 'create', 'select']);
}

test('INVARIANT (monotone): taking one thing away never adds access', (t) => {
  const census = new Census();
  const inputs = fc.record({
    sample: randomWorlds,
    picks: fc.record(Object.fromEntries(PARTS.map((part) => [part, fc.nat()]))),
  });
  holdsForAll(t, 120, inputs, ({ sample, picks }) => {
    const questions = questionsIn(sample);
    const before = accessIn(sample.world, questions);
    for (const part of PARTS) {
      const index = (picks[part] ?? 0) % Math.max(1, sample.world[part].length);
      const after = accessIn(without(sample.world, part, index), questions);
      assert.deepEqual(beyond(after, before), [], `taking ${part} ${index} away added`);
      census.count(`${part}: ${after.size < before.size ? 'access lost' : 'nothing changed'}`);
    }
  });
  census.requires(t, {
    'grants: access lost': 8,
    'grants: nothing changed': 20,
    'rules: access lost': 8,
    'shares: access lost': 8,
    'members: access lost': 4,
    'roles: access lost': 20,
  });
});

test('INVARIANT (monotone): adding things one by one never takes access away', (t) => {
  const census = new Census();
  const inputs = fc.record({
    sample: randomWorlds,
    order: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
  });
  holdsForAll(t, 40, inputs, ({ sample, order }) => {
    const questions = questionsIn(sample);
    // Worlds from the whole one downwards, compared upwards: each holds one thing more.
    const worlds = [sample.world];
    for (const pick of order) {
      const world = worlds[0] ?? sample.world;
      const part = PARTS[pick % (PARTS.length - 1)] ?? 'grants';
      if (world[part].length > 0) worlds.unshift(without(world, part, pick % world[part].length));
    }
    let before = new Set<string>();
    for (const world of worlds) {
      const after = accessIn(world, questions);
      assert.deepEqual(beyond(before, after), [], 'adding took away');
      if (after.size > before.size && before.size > 0) census.count('access gained');
      before = after;
    }
  });
  census.requires(t, { 'access gained': 20 });
});
