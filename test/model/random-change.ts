/** Random worlds with a change to them: what they hold is dealt out to before, after, or both. */
import fc from 'fast-check';
import type { World } from '../../src/authz/world.ts';
import type { Turnover, WorldChange } from '../../src/authz/world-change.ts';
import { trees } from './random-schema.ts';
import { type RandomWorld, randomWorlds } from './random-world.ts';

export type RandomWorldChange = {
  /** The world before the change, with its documents, principals and time. */
  readonly sample: RandomWorld;
  readonly change: WorldChange;
};

type Lot = 'stays' | 'comes' | 'goes';

const LOTS_MAX = 60;

/**
 * Of one kind of record alone, or of several at once, with or without moves in trees. A third are
 * of rules alone, which the kernel has a shorter way for.
 */
export const randomWorldChanges: fc.Arbitrary<RandomWorldChange> = fc
  .record({
    sample: randomWorlds,
    lots: fc.array(fc.constantFrom<Lot>('stays', 'stays', 'stays', 'comes', 'goes'), {
      minLength: LOTS_MAX,
      maxLength: LOTS_MAX,
    }),
    isOfRules: fc.nat(2).map((number) => number === 0),
    several: fc.subarray(['rules', 'grants', 'members', 'shares'] as const, { minLength: 1 }),
    others: fc.option(trees, { freq: 3, nil: [] }),
    level: fc.option(fc.constantFrom(0, 1, 2, 3), { freq: 4 }),
  })
  .map(({ sample, lots, isOfRules, several, others, level }) => {
    const kinds = isOfRules ? (['rules'] as const) : several;
    let next = 0;
    let before: World = sample.world;
    let change: WorldChange = {};
    for (const kind of kinds) {
      const items: readonly unknown[] = sample.world[kind];
      const dealt = items.map((item) => ({ item, lot: lots[next++ % LOTS_MAX] ?? 'stays' }));
      const of = (lot: Lot) => dealt.filter((one) => one.lot === lot).map(({ item }) => item);
      before = { ...before, [kind]: [...of('stays'), ...of('goes')] };
      const turnover: Turnover<unknown> = { gone: of('goes'), added: of('comes') };
      change = { ...change, [kind]: turnover };
    }
    const moves = isOfRules ? [] : movesBetween(before.trees, others);
    if (moves.length > 0) change = { ...change, moves };
    const [shape] = before.doctypes;
    if (level !== null && shape && !isOfRules) {
      change = { ...change, levels: [{ doctype: shape.name, field: 'title', level }] };
    }
    return { sample: { ...sample, world: before }, change };
  });

/** Every node gets the parent that it has in the other trees. */
function movesBetween(before: World['trees'], after: World['trees']) {
  return before.flatMap(({ dimension, parents }) => {
    const other = after.find((tree) => tree.dimension === dimension);
    if (!other) return [];
    return [...parents].flatMap(([value, parent]) => {
      const moved = other.parents.get(value) ?? null;
      return moved === parent ? [] : [{ dimension, value, parent: moved }];
    });
  });
}
