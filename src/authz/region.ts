/**
 * Sets of documents as boxes: what a way reaches, and what is left of it beside other ways. A box
 * names values for each of a doctype's dimension paths; what is cut out of it leaves boxes again.
 */
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { Coverage } from './coverage.ts';
import type { Dimension } from './dimension.ts';
import { ALWAYS, every, type Filter, not } from './filter.ts';
import type { Part } from './part.ts';
import { cutSpans, doSpansMeet } from './spans.ts';
import { ANY_VALUE, BLANK_VALUE } from './world.ts';

/** Some values of one dimension. */
export type Values = {
  readonly blank: boolean;
  /** All that the world does not name: it knows every node of a tree, but of a flat dimension only
   * what scopes name. */
  readonly strange: boolean;
  /** Numbers of the named ones. */
  readonly spans: Int32Array;
};

export type Box = {
  /** As bits, see `actionBit`. */
  readonly actions: number;
  /** As bits: what opens fields of these levels, and `AT_ALL`. */
  readonly levels: number;
  /** The dimensions of the doctype's paths. */
  readonly values: readonly Values[];
  readonly when: Filter;
};

/** Beside the bits of levels: being able to do the action, whatever fields are open. */
export const AT_ALL = 1 << 10;

/** Values of a dimension in words: where `*` is among `values`, all but those of `except`. */
export type NamedValues = {
  readonly values: readonly NamedValue[];
  readonly except: readonly NamedValue[];
};
type NamedValue = { readonly value: string; readonly descendants: boolean };

/** The dimensions of the doctype's paths. */
export function axesOf({ compiledPaths }: CompiledDoctype): Dimension[] {
  return compiledPaths.map(({ dimension }) => dimension);
}

/** What a part reaches. The axes are those of the doctype's paths. */
export function boxOf(part: Part, axes: readonly Dimension[]): Box {
  return {
    actions: part.actions,
    levels: part.levels | AT_ALL,
    values: axes.map((axis, index) => valuesOf(part.coverages[index] ?? null, axis)),
    when: part.when ?? ALWAYS,
  };
}

/** The box without what the other one holds, as boxes that have nothing in common. */
export function cutBox(box: Box, other: Box): readonly Box[] {
  const actions = box.actions & other.actions;
  const levels = box.levels & other.levels;
  const inner = overlaps(box, other);
  if (inner === null) return [box];
  const rest: Box[] = [];
  if (actions !== box.actions) rest.push({ ...box, actions: box.actions & ~actions });
  if (levels !== box.levels) rest.push({ ...box, actions, levels: box.levels & ~levels });
  for (const [index, mine] of box.values.entries()) {
    const outside = minus(mine, other.values[index]);
    if (isNone(outside)) continue;
    const values = [...inner.slice(0, index), outside, ...box.values.slice(index + 1)];
    rest.push({ actions, levels, values, when: box.when });
  }
  if (!followsFrom(other.when, box.when)) {
    rest.push({ actions, levels, values: inner, when: every([box.when, not(other.when)]) });
  }
  return rest;
}

/** The values that two boxes have in common; null where the boxes have nothing in common. */
export function overlaps(box: Box, other: Box): readonly Values[] | null {
  if ((box.actions & other.actions) === 0 || (box.levels & other.levels) === 0) return null;
  for (const [index, mine] of box.values.entries())
    if (!meet(mine, other.values[index])) return null;
  if (partsOf(box.when).has(keyOf(not(other.when)))) return null;
  return box.values.map((mine, index) => minus(mine, minus(mine, other.values[index])));
}

/** The values by their names, subtrees by that of their top; null where it is all there are. */
export function namesOf(values: Values, axis: Dimension): NamedValues | null {
  const missing = minus(valuesOf(null, axis), values);
  if (isNone(missing)) return null;
  const blank = values.blank ? [{ value: BLANK_VALUE, descendants: false }] : [];
  // Of a tree, nothing but the blank is missing; of a flat dimension, only some by their names.
  const isAny = values.strange || (axis.isTree && missing.spans.length === 0);
  if (!isAny) return { values: [...named(values.spans, axis), ...blank], except: [] };
  const any = { value: ANY_VALUE, descendants: false };
  return { values: [any, ...blank], except: named(missing.spans, axis) };
}

function named(spans: Int32Array, { lasts, values }: Dimension): NamedValue[] {
  const found: NamedValue[] = [];
  for (let index = 0; index < spans.length; index += 2) {
    const [number = 0, last = 0] = spans.subarray(index, index + 2);
    for (let next = number; next <= last; ) {
      const lowest = lasts[next] ?? next;
      const descendants = lowest > next && lowest <= last;
      found.push({ value: values[next] ?? '', descendants });
      next = descendants ? lowest + 1 : next + 1;
    }
  }
  return found;
}

/** Null is every value there is. Grants name no value that the world does not number. */
function valuesOf(coverage: Coverage | null, { values, isTree }: Dimension): Values {
  if (coverage !== null && !coverage.any) {
    return { blank: coverage.blank, strange: false, spans: coverage.spans };
  }
  const last = values.length - 1;
  return {
    blank: coverage?.blank ?? true,
    strange: !isTree,
    spans: Int32Array.from(last < 0 ? [] : [0, last]),
  };
}

function minus(values: Values, others: Values | undefined): Values {
  if (others === undefined) return values;
  return {
    blank: values.blank && !others.blank,
    strange: values.strange && !others.strange,
    spans: cutSpans(values.spans, others.spans),
  };
}

function meet(values: Values, others: Values | undefined): boolean {
  if (others === undefined) return true;
  if ((values.blank && others.blank) || (values.strange && others.strange)) return true;
  return doSpansMeet(values.spans, others.spans);
}

/** True where the other values hold each of these. */
export function areValuesWithin(values: Values, others: Values): boolean {
  return isNone(minus(values, others));
}

function isNone({ blank, strange, spans }: Values): boolean {
  return !blank && !strange && spans.length === 0;
}

/** True where whatever meets one condition meets the other: each part of it is a part of that. */
function followsFrom(condition: Filter, other: Filter): boolean {
  const met = partsOf(other);
  return [...partsOf(condition)].every((part) => met.has(part));
}

const knownParts = new WeakMap<Filter, ReadonlySet<string>>();

function partsOf(condition: Filter): ReadonlySet<string> {
  const known = knownParts.get(condition);
  if (known) return known;
  const of = condition.kind === 'every' ? condition.of : condition.kind === 'always' ? [] : null;
  const parts = new Set(of?.flatMap((part) => [...partsOf(part)]) ?? [keyOf(condition)]);
  knownParts.set(condition, parts);
  return parts;
}

function keyOf(condition: Filter): string {
  return JSON.stringify(condition);
}
