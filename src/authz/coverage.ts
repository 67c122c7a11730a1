/** What a scope covers of each dimension it names. */

import type { Scalar } from './filter.ts';
import { every, type Filter, not, some } from './filter.ts';
import { ANY_VALUE, BLANK_VALUE, type ScopeValue, type Tree } from './world.ts';

/** Of one dimension: every value but blank, the blank one, and values by name. */
export type Coverage = {
  readonly any: boolean;
  readonly blank: boolean;
  readonly values: ReadonlySet<string>;
};

/** By dimension; one that the scope does not name is absent. */
export type ScopeCoverage = ReadonlyMap<string, Coverage>;

/** Children of each node of a tree dimension. */
export type Children = ReadonlyMap<string, readonly string[]>;

/** Turns parents into children. Throws where the tree has a cycle or an unknown parent. */
export function childrenOf(tree: Tree): Children {
  const children = new Map<string, string[]>();
  for (const [value, parent] of tree.parents) {
    if (parent === null) continue;
    if (!tree.parents.has(parent)) {
      throw new Error(
        `${tree.dimension} \`${value}\` has a parent that is not there: \`${parent}\``,
      );
    }
    const siblings = children.get(parent);
    if (siblings) siblings.push(value);
    else children.set(parent, [value]);
  }
  refuseCycles(tree);
  return children;
}

function refuseCycles(tree: Tree): void {
  const ends = new Set<string>();
  for (const start of tree.parents.keys()) {
    const walked = new Set<string>();
    let node: string | null = start;
    while (node !== null && !ends.has(node)) {
      if (walked.has(node)) throw new Error(`${tree.dimension} has a cycle through \`${node}\``);
      walked.add(node);
      node = tree.parents.get(node) ?? null;
    }
    for (const seen of walked) ends.add(seen);
  }
}

/** Spells a scope out, descendants included. */
export function coverageOf(
  scope: readonly ScopeValue[],
  trees: ReadonlyMap<string, Children>,
): ScopeCoverage {
  const found = new Map<string, { any: boolean; blank: boolean; values: Set<string> }>();
  for (const entry of scope) {
    const coverage = found.get(entry.dimension) ?? { any: false, blank: false, values: new Set() };
    found.set(entry.dimension, coverage);
    if (entry.value === ANY_VALUE) coverage.any = true;
    else if (entry.value === BLANK_VALUE) coverage.blank = true;
    else addSubtree(entry, trees.get(entry.dimension), coverage.values);
  }
  return found;
}

function addSubtree(entry: ScopeValue, children: Children | undefined, into: Set<string>): void {
  const waiting = [entry.value];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    into.add(value);
    // A value that is already in may have come without its descendants, so it is walked again.
    if (!entry.descendants) continue;
    // One by one: a spread of some hundred thousand siblings overflows the stack.
    for (const child of children?.get(value) ?? []) waiting.push(child);
  }
}

/** True where the value, null for blank, is covered. Names are texts: only `*` covers a number. */
export function covers(coverage: Coverage, value: Scalar | null): boolean {
  if (value === null) return coverage.blank;
  return coverage.any || (typeof value === 'string' && coverage.values.has(value));
}

/** The same as a condition on the field that carries the dimension. */
export function coverageFilter(coverage: Coverage, field: string): Filter {
  const blank: Filter = Object.freeze({ kind: 'blank', field });
  if (coverage.any) return coverage.blank ? every([]) : not(blank);
  const values = Object.freeze([...coverage.values].sort());
  const named: Filter[] =
    values.length > 0 ? [Object.freeze({ kind: 'one-of', field, values })] : [];
  return some(coverage.blank ? [...named, blank] : named);
}
