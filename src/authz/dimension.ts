/**
 * The values of a dimension as numbers. A tree is numbered in preorder, so that a node with all
 * that is below it is one span, and what a scope covers is a few spans however deep the tree is.
 */
import type { Scalar } from './filter.ts';
import type { Tree } from './world.ts';

/** No value. Only `(blank)` covers it. */
export const BLANK_NUMBER = -1;
/** A value that no tree and no scope of the world names. Only `*` covers it. */
export const UNNAMED_NUMBER = -2;

export type Dimension = {
  readonly name: string;
  readonly numbers: ReadonlyMap<string, number>;
  /** Values by their number. */
  readonly values: readonly string[];
  /** By number: the last number below it. Where nothing is below, its own or none at all. */
  readonly lasts: Int32Array;
  readonly isTree: boolean;
};

/**
 * Numbers the nodes of a tree, then the other values in their order. Throws where the tree has a
 * cycle, or a parent that is not there.
 */
export function compileDimension(
  name: string,
  tree: Tree | undefined,
  others: Iterable<string>,
): Dimension {
  const values: string[] = [];
  const numbers = new Map<string, number>();
  const lasts: number[] = [];
  const number = (value: string): number => {
    const next = values.length;
    values.push(value);
    numbers.set(value, next);
    lasts.push(next);
    return next;
  };
  if (tree) {
    numberTree(tree, number, lasts);
    // Whoever stands on a cycle, or below one, is below no root.
    for (const value of tree.parents.keys()) {
      if (!numbers.has(value))
        throw new Error(`${name} has a cycle through \`${cycleNode(tree, value)}\``);
    }
  }
  for (const value of others) if (!numbers.has(value)) number(value);
  return { name, numbers, values, lasts: Int32Array.from(lasts), isTree: tree !== undefined };
}

/**
 * Gives a value a number where it has none yet. Worlds compiled before may share the dimension:
 * to them, as before, only `*` covers the value, since no scope of theirs names it.
 */
export function growDimension({ numbers, values }: Dimension, value: string): void {
  if (numbers.has(value)) return;
  (numbers as Map<string, number>).set(value, values.length);
  (values as string[]).push(value);
}

function numberTree(tree: Tree, number: (value: string) => number, lasts: number[]): void {
  const { children, roots } = childrenOf(tree);
  // Not recursive: trees may be deeper than the stack.
  const open: { readonly number: number; readonly below: Iterator<string> }[] = [];
  const enter = (value: string): void => {
    open.push({ number: number(value), below: (children.get(value) ?? []).values() });
  };
  for (const root of roots) {
    enter(root);
    for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
      const { value: child, done } = node.below.next();
      if (done !== true) {
        enter(child);
        continue;
      }
      open.pop();
      const above = open.at(-1);
      if (above) lasts[above.number] = lasts[node.number] ?? node.number;
    }
  }
}

/** Climbing from a node that is below no root, the first that comes a second time. */
function cycleNode(tree: Tree, start: string): string {
  const walked = new Set<string>();
  let node = start;
  while (!walked.has(node)) {
    walked.add(node);
    node = tree.parents.get(node) ?? node;
  }
  return node;
}

function childrenOf(tree: Tree) {
  const children = new Map<string, string[]>();
  const roots: string[] = [];
  for (const [value, parent] of tree.parents) {
    if (parent === null) {
      roots.push(value);
      continue;
    }
    if (!tree.parents.has(parent)) {
      throw new Error(
        `${tree.dimension} \`${value}\` has a parent that is not there: \`${parent}\``,
      );
    }
    const siblings = children.get(parent);
    if (siblings) siblings.push(value);
    else children.set(parent, [value]);
  }
  return { children, roots };
}

/** The number of a document's value. Names are texts: a number is a value that nothing names. */
export function numberOf(dimension: Dimension, value: Scalar | null): number {
  if (value === null) return BLANK_NUMBER;
  if (typeof value !== 'string') return UNNAMED_NUMBER;
  return dimension.numbers.get(value) ?? UNNAMED_NUMBER;
}
