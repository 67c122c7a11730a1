/**
 * Scopes across a change of the values themselves: what a scope covers once values were moved or
 * renamed, said in values as they were before.
 */
import type { CompiledWorld } from './compiled.ts';
import { coverageOf, covers } from './coverage.ts';
import type { Dimension } from './dimension.ts';
import { renamedScope, renamedValue } from './rename.ts';
import type { ScopeValue } from './world.ts';
import type { WorldChange } from './world-change.ts';

/** A change with the worlds on both sides of it. */
export type Sides = {
  readonly before: CompiledWorld;
  readonly after: CompiledWorld;
  readonly change: WorldChange;
  /** By dimension: values that were moved or renamed, and all that is below them. */
  readonly touched: ReadonlyMap<string, readonly string[]>;
};

/** The change seen from both sides. */
export function sidesOf(before: CompiledWorld, after: CompiledWorld, change: WorldChange): Sides {
  const touched = new Map<string, Set<string>>();
  const touch = (dimension: string, value: string): void => {
    const values = touched.get(dimension) ?? new Set();
    touched.set(dimension, values);
    values.add(value);
    for (const { dimensions } of [before, after]) {
      for (const below of belowOf(dimensions.get(dimension), value)) values.add(below);
    }
  };
  for (const { dimension, value } of change.moves ?? []) touch(dimension, value);
  for (const { dimension, value, to, merges } of change.renames ?? []) {
    touch(dimension, value);
    // Nothing carries a name that is new.
    if (merges) touch(dimension, to);
  }
  const lists = [...touched].map(([name, values]): [string, string[]] => [name, [...values]]);
  return { before, after, change, touched: new Map(lists) };
}

function belowOf(dimension: Dimension | undefined, value: string): readonly string[] {
  const number = dimension?.numbers.get(value);
  if (!dimension || number === undefined) return [];
  return dimension.values.slice(number, (dimension.lasts[number] ?? number) + 1);
}

/** All that a scope covers after the change. */
export function spelledOut(sides: Sides, scope: readonly ScopeValue[]): readonly ScopeValue[] {
  const gained = dimensionsTouched(sides, scope).flatMap((one) => valuesGained(sides, one, scope));
  return gained.length === 0 ? scope : [...scope, ...gained];
}

/**
 * What a scope covers after the change and did not before: for each dimension in which it grows, a
 * scope of its own. `isWhole` says of which dimensions a document may carry several values: there
 * the gained ones open documents together with the old ones.
 */
export function scopesGained(
  sides: Sides,
  scope: readonly ScopeValue[],
  isWhole: (dimension: string) => boolean,
): (readonly ScopeValue[])[] {
  const whole = spelledOut(sides, scope);
  return dimensionsTouched(sides, scope).flatMap((dimension) => {
    const gained = valuesGained(sides, dimension, scope);
    if (gained.length === 0) return [];
    if (isWhole(dimension)) return [whole];
    return [[...whole.filter((entry) => entry.dimension !== dimension), ...gained]];
  });
}

function dimensionsTouched({ touched }: Sides, scope: readonly ScopeValue[]): string[] {
  return [...touched.keys()].filter((name) => scope.some(({ dimension }) => dimension === name));
}

function valuesGained(
  { before, after, change: { renames = [] }, touched }: Sides,
  dimension: string,
  scope: readonly ScopeValue[],
): ScopeValue[] {
  const own = scope.filter((entry) => entry.dimension === dimension);
  const next = renamedScope(own, renames);
  const had = coverageIn(before, dimension, own);
  const has = coverageIn(after, dimension, next);
  // What is covered as part of a subtree goes on growing there.
  const growing = next.filter(({ descendants }) => descendants);
  const grows = coverageIn(after, dimension, growing);
  return (touched.get(dimension) ?? [])
    .map((value) => ({ value, name: renamedValue(renames, dimension, value) }))
    .filter(({ value, name }) => has(name) && !had(value))
    .map(({ value, name }) => ({ dimension, value, descendants: grows(name) }));
}

function coverageIn(world: CompiledWorld, dimension: string, scope: readonly ScopeValue[]) {
  const coverage = coverageOf(scope, world.dimensions).get(dimension);
  const known = world.dimensions.get(dimension);
  return (value: string): boolean => coverage !== undefined && covers(coverage, known, value);
}
