/**
 * The forecast against asking everybody about every document, now and at each moment at which
 * anything begins or ends: it names exactly what somebody can do now and nobody then.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Action } from '../../src/authz/actions.ts';
import { compileWorld, forecastOf, type World } from '../../src/authz/index.ts';
import { PEOPLE, type RandomDocument } from '../model/random-schema.ts';
import { NOW } from '../model/random-scope.ts';
import { type RandomWorld, randomWorlds } from '../model/random-world.ts';
import {
  type Duty,
  dutiesOnly,
  isDutyHeld,
  isRoleHeld,
  isToldUnheld,
  momentsOf,
  saysOneThing,
} from '../model/reference-forecast.ts';
import type { Kernel } from './agreement.ts';
import { Census } from './census.ts';
import { kernelWith } from './kernel-copy.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { holdsForAll } from './runs.ts';

const ACTIONS: readonly Action[] = ['read', 'write', 'create', 'transition', 'select'];
const LEVELS = [null, 0, 1, 2];

/** From before anything turns until after all of it has. */
const FROM = NOW - 10;
const UNTIL = NOW + 60_000;

/** Worlds in which some people may not act. */
const samples: fc.Arbitrary<RandomWorld> = fc
  .record({ sample: randomWorlds, absent: fc.subarray([...PEOPLE], { maxLength: 2 }) })
  .map(({ sample, absent }) => {
    const users = sample.world.users.filter((user) => !absent.some((one) => one === user));
    return { ...sample, world: { ...sample.world, users } };
  });

/** A tree knows all of its nodes, so that no document carries another value of its dimension. */
function isWithinTrees(world: World, { doctype, values }: RandomDocument): boolean {
  const paths = world.doctypes.find(({ name }) => name === doctype)?.paths ?? [];
  return paths.every(({ dimension, path }) => {
    const tree = world.trees.find((one) => one.dimension === dimension);
    const value = values[path] ?? null;
    return !tree || value === null || tree.parents.has(String(value));
  });
}

/** The first difference from the reference, in words; null where there is none. */
function findDifference(kernel: Kernel, sample: RandomWorld, census?: Census): string | null {
  const compiled = kernel.compileWorld(sample.world);
  const { unheld } = kernel.forecastOf(compiled, FROM, UNTIL);
  const world = dutiesOnly(sample.world);
  const moments = momentsOf(sample.world, FROM, UNTIL);
  for (const { name } of world.roles) {
    const isHeld = isRoleHeld(world, name, FROM);
    for (const at of moments) {
      const isLost = isHeld && !isRoleHeld(world, name, at);
      const isTold = unheld.some(
        (one) =>
          one.kind === 'role' &&
          one.role === name &&
          one.from <= at &&
          at < (one.until ?? Infinity),
      );
      if (isTold !== isLost) return `role ${name} at ${at - NOW}: ${isTold}`;
      census?.count(`role ${isLost ? 'lost' : isHeld ? 'held' : 'never held'}`);
    }
  }
  const documents = sample.documents.filter(
    (one) => isWithinTrees(world, one) && saysOneThing(world, one),
  );
  for (const document of documents) {
    for (const action of ACTIONS) {
      for (const level of LEVELS) {
        const duty: Duty = { action, document, level };
        const isHeld = isDutyHeld(world, duty, FROM);
        for (const at of moments) {
          const isLost = isHeld && !isDutyHeld(world, duty, at);
          const isTold = isToldUnheld(world, unheld, duty, at);
          if (isTold !== isLost) {
            const what = `${action} ${document.doctype} ${document.values['name']} level ${level}`;
            return `${what} at ${at - NOW}: ${isTold}`;
          }
          census?.count(isLost ? 'lost' : isHeld ? 'held' : 'never held');
        }
      }
    }
  }
  for (const one of unheld) census?.count(one.until === null ? 'for good' : 'for a while');
  for (const one of unheld) {
    if (one.ended.length === 0) return `nothing ended, and ${JSON.stringify(one)}`;
    if (one.kind !== 'action') continue;
    if (JSON.stringify(one).includes('"is-me"')) return 'a duty for one’s own documents';
    if (one.when !== null) census?.count('with a condition');
    if (!one.wholly) census?.count('of levels only');
    if (one.within.some(({ except }) => except.length > 0)) census?.count('with exceptions');
  }
  return null;
}

test('the forecast names exactly the duties that somebody holds now and nobody will', (t) => {
  const census = new Census();
  const kernel = { compileWorld, forecastOf } as Kernel;
  holdsForAll(t, 150, samples, (sample) => {
    assert.equal(findDifference(kernel, sample, census), null);
  });
  census.requires(t, {
    lost: 500,
    held: 5000,
    'never held': 5000,
    'role lost': 20,
    'for good': 100,
    'for a while': 10,
    'with a condition': 30,
    'of levels only': 20,
    'with exceptions': 5,
  });
});

const planted = (bug: string, file: string, find: string, replace: string): PlantedBug => ({
  bug,
  file,
  find,
  replace,
});

const BUGS: readonly PlantedBug[] = [
  planted(
    'those who may not act hold duties',
    'forecast.ts',
    "if (type === 'User') return this.users.has(name);",
    "if (type === 'User') return true;",
  ),
  planted(
    'members that may not act hold duties',
    'forecast.ts',
    'members.filter(({ user }) => this.users.has(user)),',
    'members,',
  ),
  planted(
    'only the last moment is looked at',
    'forecast.ts',
    'for (const at of moments) {',
    'for (const at of moments.slice(-1)) {',
  ),
  planted(
    'what is held again stays unheld',
    'forecast.ts',
    'found.push({ ...one, until: at });',
    'found.push(one);',
  ),
  planted('an end at the very moment is none', 'forecast.ts', 'moment <= last;', 'moment < last;'),
  planted(
    'grants that change do not count',
    'unheld.ts',
    'const others = [...held].flatMap((grant) => boxes.get(grant) ?? []);',
    'const others: Box[] = [];',
  ),
  planted(
    'grants that last do not count',
    'unheld.ts',
    'const others = boxesOf(kept);',
    'const others: Box[] = [];',
  ),
  planted(
    'memberships that end change nothing',
    'forecast.ts',
    'return (this.members.get(source.grantee.name) ?? []).some(turnsWithin);',
    'return false;',
  ),
  planted(
    'rules for one’s own documents are duties',
    'unheld.ts',
    'source.when === null || !speaksOfMe(source.when)',
    'true',
  ),
  planted(
    'a grant that names no dimension reaches',
    'unheld.ts',
    '.filter((way) => way.unnamed.length === 0)',
    '.filter(() => true)',
  ),
  planted(
    'a condition of another rule always holds',
    'region.ts',
    'if (!followsFrom(other.when, box.when)) {',
    'if (false) {',
  ),
  planted(
    'another level will do',
    'region.ts',
    'if (levels !== box.levels) rest.push({ ...box, actions, levels: box.levels & ~levels });',
    '',
  ),
  planted(
    'another action will do',
    'region.ts',
    'if (actions !== box.actions) rest.push({ ...box, actions: box.actions & ~actions });',
    '',
  ),
  planted('`*` covers a blank', 'region.ts', 'blank: coverage?.blank ?? true,', 'blank: true,'),
  planted(
    'a subtree is named where only its first nodes are meant',
    'region.ts',
    'const descendants = lowest > next && lowest <= last;',
    'const descendants = lowest > next;',
  ),
  planted(
    'spans are cut at their first gap only',
    'spans.ts',
    'first = at(taken, cut + 1) + 1;',
    'first = last + 1;',
  ),
];

const worlds = fc.sample(samples, { seed: 20261122, numRuns: 150 });

const isWrong = (kernel: Kernel): boolean =>
  worlds.some((sample) => {
    try {
      return findDifference(kernel, sample) !== null;
    } catch {
      return true;
    }
  });

test('a copy of the kernel without a planted bug forecasts like the reference', async () => {
  assert.equal(isWrong(await kernelWith(null, 'forecast-as-it-is')), false);
});

for (const [index, bug] of BUGS.entries()) {
  test(`a planted bug of the forecast is caught: ${bug.bug}`, async () => {
    assert.equal(isWrong(await kernelWith(bug, `forecast-bug-${index + 1}`)), true);
  });
}
