/**
 * The forecast against asking everybody about every document, now and at each moment at which
 * anything begins or ends: it names exactly what somebody can do now and nobody then.
 */
import fc from 'fast-check';
import type { Action } from '../../src/authz/actions.ts';
import type { World } from '../../src/authz/world.ts';
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
import type { Census } from './census.ts';
import { remembering } from './remembering.ts';

const ACTIONS: readonly Action[] = ['read', 'write', 'create', 'transition', 'select'];
const LEVELS = [null, 0, 1, 2];

/** From before anything turns until after all of it has. */
const FROM = NOW - 10;
const UNTIL = NOW + 60_000;

/** Worlds in which some people may not act. */
export const worldsWithAbsent: fc.Arbitrary<RandomWorld> = fc
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

/** What is held at the start, and of that what is lost at which moments. */
const expectationOf = remembering((sample: RandomWorld) => {
  const world = dutiesOnly(sample.world);
  const moments = momentsOf(sample.world, FROM, UNTIL);
  const roles = world.roles.flatMap(({ name }) => {
    const isHeld = isRoleHeld(world, name, FROM);
    return moments.map((at) => ({
      name,
      at,
      isHeld,
      isLost: isHeld && !isRoleHeld(world, name, at),
    }));
  });
  const documents = sample.documents.filter(
    (one) => isWithinTrees(world, one) && saysOneThing(world, one),
  );
  const duties = documents.flatMap((document) =>
    ACTIONS.flatMap((action) =>
      LEVELS.flatMap((level) => {
        const duty: Duty = { action, document, level };
        const isHeld = isDutyHeld(world, duty, FROM);
        return moments.map((at) => ({
          ...{ duty, at, isHeld },
          isLost: isHeld && !isDutyHeld(world, duty, at),
        }));
      }),
    ),
  );
  return { world, roles, duties };
});

/** The first difference from the reference, in words; null where there is none. */
export function findForecastMistake(
  kernel: Pick<Kernel, 'compileWorld' | 'forecastOf'>,
  sample: RandomWorld,
  census?: Census,
): string | null {
  const compiled = kernel.compileWorld(sample.world);
  const { unheld } = kernel.forecastOf(compiled, FROM, UNTIL);
  const { world, roles, duties } = expectationOf(sample);
  for (const { name, at, isHeld, isLost } of roles) {
    const isTold = unheld.some(
      (one) =>
        one.kind === 'role' && one.role === name && one.from <= at && at < (one.until ?? Infinity),
    );
    if (isTold !== isLost) return `role ${name} at ${at - NOW}: ${isTold}`;
    census?.count(`role ${isLost ? 'lost' : isHeld ? 'held' : 'never held'}`);
  }
  for (const { duty, at, isHeld, isLost } of duties) {
    const isTold = isToldUnheld(world, unheld, duty, at);
    if (isTold !== isLost) return `${JSON.stringify(duty)} at ${at - NOW}: ${isTold}`;
    census?.count(isLost ? 'lost' : isHeld ? 'held' : 'never held');
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
