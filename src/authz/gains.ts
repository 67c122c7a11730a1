/**
 * What a change gives, to whom: all that a granting authority must cover before the change is
 * made. Says at least what anybody can do afterwards, now or later, and could not before.
 */
import type { CompiledWorld } from './compiled.ts';
import type { Gain } from './gain.ts';
import { gainsOfActing, gainsOfUsers } from './gains-of-acting.ts';
import {
  gainsOfAuthorities,
  gainsOfGrants,
  gainsOfMembers,
  gainsOfRules,
  gainsOfShares,
} from './gains-of-records.ts';
import { gainsOfFields, gainsOfPaths } from './gains-of-shapes.ts';
import { gainsOfValues } from './gains-of-values.ts';
import { recompile } from './recompile.ts';
import { sidesOf } from './spelled-out.ts';
import type { WorldChange } from './world-change.ts';

/**
 * The gains of a change to the world, said in the world before it. What has ended at `now`
 * (milliseconds since 1970 UTC) gives nothing any more; what begins later does. Throws
 * `WorldError` where the changed world does not hold together. `after` is that world, where it has
 * been compiled already.
 */
export function gainsOf(
  world: CompiledWorld,
  change: WorldChange,
  now: number,
  after: CompiledWorld = recompile(world, change),
): Gain[] {
  const sides = sidesOf(world, after, change);
  return [
    ...gainsOfUsers(sides, now),
    ...gainsOfGrants(sides),
    ...gainsOfMembers(sides, now),
    ...gainsOfRules(sides, now),
    ...gainsOfShares(sides),
    ...gainsOfAuthorities(sides),
    ...gainsOfValues(sides, now),
    ...gainsOfFields(sides, now),
    ...gainsOfPaths(sides, now),
    ...gainsOfActing(sides, now),
  ];
}
