/** Conflicts of duties against trying conceivable documents, one after the other. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import * as authz from '../../src/authz/index.ts';
import { type RandomWorldChange, randomWorldChanges } from '../model/random-change.ts';
import { DIMENSIONS } from '../model/random-schema.ts';
import { type RandomWorld, randomWorlds } from '../model/random-world.ts';
import { NO_VALUE, referenceConflicts, valuesOf } from '../model/reference-separation.ts';
import type { Kernel } from './agreement.ts';
import { aside, remembering } from './remembering.ts';

export type RandomSeparation = { readonly sample: RandomWorld; readonly rule: authz.Separation };

const duty = (doctypes: readonly string[]) =>
  fc.record({
    doctype: fc.constantFrom(...doctypes),
    action: fc.constantFrom<authz.Action>('read', 'write', 'create', 'transition'),
  });

const ruleOf = (doctypes: readonly string[]) =>
  fc.record({
    name: fc.constant('apart'),
    first: duty(doctypes),
    second: duty(doctypes),
    dimension: fc.constantFrom(null, ...DIMENSIONS, ...DIMENSIONS),
    effect: fc.constantFrom('refuse' as const, 'flag' as const),
  });

export const randomSeparations: fc.Arbitrary<RandomSeparation> = randomWorlds.chain((sample) => {
  const doctypes = sample.world.doctypes.map(({ name }) => name);
  return fc.record({
    sample: fc.constant(sample),
    rule: ruleOf(doctypes),
  });
});

/** A change of a world, and a rule that it may break. */
export type RandomConflict = RandomWorldChange & { readonly rule: authz.Separation };

/** Some records of one kind come, and nothing else changes: what is most often refused. */
const comings: fc.Arbitrary<RandomWorldChange> = fc
  .record({
    sample: randomWorlds,
    kind: fc.constantFrom('rules', 'grants', 'members', 'shares'),
    isComing: fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
  })
  .map(({ sample, kind, isComing }) => {
    const items: readonly unknown[] = sample.world[kind];
    const added = items.filter((_, index) => isComing[index % isComing.length]);
    const world = { ...sample.world, [kind]: items.filter((item) => !added.includes(item)) };
    return { sample: { ...sample, world }, change: { [kind]: { gone: [], added } } };
  });

export const randomConflicts: fc.Arbitrary<RandomConflict> = fc
  .oneof(randomWorldChanges, comings, comings)
  .chain(({ sample, change }) =>
    fc.record({
      sample: fc.constant(sample),
      change: fc.constant(change),
      rule: ruleOf(sample.world.doctypes.map(({ name }) => name)),
    }),
  );

const expectedOf = remembering(({ sample: { world, now }, rule }: RandomSeparation) =>
  referenceConflicts(world, rule, now),
);

const answersWithout = remembering((_: RandomSeparation) => new Map<string, Set<string>>());

/** Who is left in conflict without some grants and shares. */
function leftWithout(input: RandomSeparation, names: readonly string[]): Set<string> {
  const key = [...names].sort().join();
  const known = answersWithout(input).get(key);
  if (known) return known;
  const { world, now } = input.sample;
  const grants = world.grants.filter(({ name }) => !names.includes(name));
  const shares = world.shares.filter(({ name }) => !names.includes(name));
  const left = aside(() => referenceConflicts({ ...world, grants, shares }, input.rule, now));
  const people = new Set(left.keys());
  answersWithout(input).set(key, people);
  return people;
}

/** The first way in which the kernel's conflicts differ from the reference's; null for none. */
export function findConflictMistake(
  kernel: Kernel,
  input: RandomSeparation,
  seen: (conflict: authz.Conflict) => void = () => {},
): string | null {
  const { sample, rule } = input;
  const compiled = kernel.compileWorld(sample.world);
  const said = kernel.conflictsOf(compiled, [rule], sample.now);
  const expected = expectedOf(input);
  const found = new Map(said.map((one) => [one.user, new Set(spelled(rule, one))]));
  if (!isDeepStrictEqual(found, expected)) {
    const wanted = [...expected].map(([who, values]) => [who, [...values]]);
    return `${JSON.stringify(said)} is not ${JSON.stringify(wanted)}`;
  }
  for (const conflict of said) {
    const { user, first, second } = conflict;
    // Without what is said to give the first duty there is no conflict left, nor of the second.
    for (const names of [first, second]) {
      if (leftWithout(input, names).has(user)) {
        return `${user} needs none of ${names.join()} for ${rule.name}`;
      }
    }
    seen(conflict);
  }
  return null;
}

const madeOf = remembering(({ sample: { world, now }, change, rule }: RandomConflict) => {
  const after = referenceConflicts(authz.applyChange(world, change), rule, now);
  // Whoever is named for the first time was in Everyone before, as everybody is.
  const before = referenceConflicts({ ...world, users: [...after.keys()] }, rule, now);
  const made = [...after].filter(([user, values]) => {
    const known = before.get(user);
    return ![...values].every((value) => known?.has(value));
  });
  return new Map(made);
});

/** The first way in which the conflicts that a change makes differ from the reference's. */
export function findMadeMistake(
  kernel: Kernel,
  input: RandomConflict,
  seen: (made: ReadonlyMap<string, ReadonlySet<string>>) => void = () => {},
): string | null {
  const { sample, change, rule } = input;
  const before = kernel.compileWorld(sample.world);
  const after = kernel.recompile(before, change);
  const said = kernel.conflictsMade({ before, after, change }, [rule], sample.now);
  const found = new Map(said.map((one) => [one.user, new Set(spelled(rule, one))]));
  const expected = madeOf(input);
  if (!isDeepStrictEqual(found, expected)) {
    const wanted = [...expected].map(([who, values]) => [who, [...values]]);
    return `${JSON.stringify(said)} is not ${JSON.stringify(wanted)}`;
  }
  seen(expected);
  return null;
}

function spelled({ dimension }: authz.Separation, { values }: authz.Conflict): readonly string[] {
  const all = valuesOf(dimension);
  if (values === 'everywhere') return all;
  const isNamed = (value: string): boolean =>
    values.includes(value) || (values.includes('*') && value !== NO_VALUE);
  return all.filter(isNamed);
}
