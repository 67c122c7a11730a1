/**
 * What a grant reaches of documents that could ever be, as boxes. Each node of a tree stands for
 * itself and for children that it may get: a grant of the node with its descendants holds both.
 */
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant } from './compiled-grant.ts';
import type { Dimension } from './dimension.ts';
import { ALWAYS } from './filter.ts';
import { wayBy } from './holdings.ts';
import { AT_ALL, areValuesWithin, type Box, type Values } from './region.ts';
import { joinSpans } from './spans.ts';
import { ANY_VALUE, BLANK_VALUE, type ScopeValue } from './world.ts';

export type LastingBox = { readonly doctype: CompiledDoctype; readonly box: Box };

type Boxes = readonly LastingBox[];

/** By world and grant: the same grant reaches other documents where rules have changed. */
const known = new WeakMap<CompiledWorld, WeakMap<CompiledGrant, Boxes>>();

/** One box for each rule by which the grant reaches anything. Levels count that have fields. */
export function lastingBoxes(world: CompiledWorld, grant: CompiledGrant): Boxes {
  const ofWorld = known.get(world) ?? new WeakMap<CompiledGrant, Boxes>();
  known.set(world, ofWorld);
  const boxes = ofWorld.get(grant) ?? boxesOf(world, grant);
  ofWorld.set(grant, boxes);
  return boxes;
}

function boxesOf(world: CompiledWorld, grant: CompiledGrant): Boxes {
  const found: LastingBox[] = [];
  for (const [name, rules] of world.rules.get(grant.source.role) ?? []) {
    const doctype = world.doctypes.get(name);
    if (!doctype) continue;
    const levels = levelsOf(doctype);
    for (const rule of rules) {
      const way = wayBy({ grant, member: null }, rule, doctype);
      if (way.unnamed.length > 0 || rule.actionBits === 0) continue;
      const tested = new Set(way.tests.map(({ path }) => path));
      const values = doctype.compiledPaths.map((path) =>
        valuesOf(path.dimension, tested.has(path) ? grant.source.scope : null),
      );
      const { actionBits: actions, levelBits } = rule;
      const when = rule.source.when ?? ALWAYS;
      found.push({
        doctype,
        box: { actions, levels: (levelBits & levels) | AT_ALL, values, when },
      });
    }
  }
  return found;
}

/**
 * True where the other box holds all values of the rows of this one. Rows of two values are held
 * by one grant of both, and not by two grants of one each.
 */
export function holdsRows({ compiledPaths }: CompiledDoctype, other: Box, box: Box): boolean {
  return compiledPaths.every(
    ({ table }, path) =>
      table === null || areValuesWithin(box.values[path] as Values, other.values[path] as Values),
  );
}

function levelsOf({ levels }: CompiledDoctype): number {
  let bits = 0;
  for (const level of levels.values()) bits |= 1 << level;
  return bits;
}

/** The value with number n is 2n, a child that it may get 2n + 1. Null is every value there is. */
function valuesOf(dimension: Dimension, scope: readonly ScopeValue[] | null): Values {
  const all = 2 * dimension.values.length - 1;
  const own = scope?.filter((entry) => entry.dimension === dimension.name);
  if (!own || own.some(({ value }) => value === ANY_VALUE)) {
    const blank = !own || own.some(({ value }) => value === BLANK_VALUE);
    return { blank, strange: true, spans: Int32Array.from(all < 0 ? [] : [0, all]) };
  }
  const pairs = own.flatMap(({ value, descendants }) => {
    const number = dimension.numbers.get(value);
    if (number === undefined) return [];
    const last = dimension.lasts[number] ?? number;
    return descendants && dimension.isTree ? [2 * number, 2 * last + 1] : [2 * number, 2 * number];
  });
  const blank = own.some(({ value }) => value === BLANK_VALUE);
  return { blank, strange: false, spans: joinSpans(pairs) };
}
