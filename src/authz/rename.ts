/** Values of dimensions that get another name, or become one with a value that is there. */
import type { CompiledDoctype } from './compiled-doctype.ts';
import { type DocumentFacts, rowsAt } from './matches.ts';
import type { DoctypeShape, ScopeValue, Tree, World } from './world.ts';

export type ValueRename = {
  readonly dimension: string;
  readonly value: string;
  readonly to: string;
  /** A value of the new name is there already: what named either of them names that one. */
  readonly merges: boolean;
};

/** The name that a value has afterwards. */
export function renamedValue<Value>(
  renames: readonly ValueRename[],
  dimension: string,
  value: Value,
): Value | string {
  const rename = renames.find((one) => one.dimension === dimension && one.value === value);
  return rename?.to ?? value;
}

/** The scope in the new names. */
export function renamedScope(
  scope: readonly ScopeValue[],
  renames: readonly ValueRename[],
): readonly ScopeValue[] {
  const isNamed = scope.some(
    ({ dimension, value }) => renamedValue(renames, dimension, value) !== value,
  );
  if (!isNamed) return scope;
  return scope.map((entry) => ({
    ...entry,
    value: renamedValue(renames, entry.dimension, entry.value),
  }));
}

/** A document's facts after it: where it carries the value, it carries the new name. */
export function renamedFacts(
  { compiledPaths }: Pick<CompiledDoctype, 'compiledPaths'>,
  facts: DocumentFacts,
  renames: readonly ValueRename[],
): DocumentFacts {
  let known = facts;
  for (const { dimension, table, column } of compiledPaths) {
    const inNewName = (one: DocumentFacts): DocumentFacts =>
      renamedField(one, column, dimension.name, renames);
    if (table === null) {
      known = inNewName(known);
      continue;
    }
    const rows = rowsAt(known, table);
    if (rows !== null) known = { ...known, [table]: rows.map(inNewName) };
  }
  return known;
}

function renamedField(
  facts: DocumentFacts,
  field: string,
  dimension: string,
  renames: readonly ValueRename[],
): DocumentFacts {
  const value = facts[field];
  const after = renamedValue(renames, dimension, value);
  return after === value ? facts : { ...facts, [field]: after };
}

/** The name that a document has after it, where the document is a dimension's value itself. */
function renamedDocument(
  doctype: Pick<DoctypeShape, 'paths'> | undefined,
  name: string,
  renames: readonly ValueRename[],
): string {
  const own = doctype?.paths.find(({ path }) => path === 'name');
  return own ? renamedValue(renames, own.dimension, name) : name;
}

/** The world in the new names: scopes, trees and shares. Conditions of rules stay as they are. */
export function renamedWorld(world: World, renames: readonly ValueRename[]): World {
  const inNewNames = <Item extends { readonly scope: readonly ScopeValue[] }>(item: Item): Item => {
    const scope = renamedScope(item.scope, renames);
    return scope === item.scope ? item : { ...item, scope };
  };
  return {
    ...world,
    trees: world.trees.map((tree) => renamedTree(tree, renames)),
    grants: world.grants.map(inNewNames),
    authorities: world.authorities.map(inNewNames),
    shares: world.shares.map((share) => {
      const shape = world.doctypes.find(({ name }) => name === share.doctype);
      const document = renamedDocument(shape, share.document, renames);
      return document === share.document ? share : { ...share, document };
    }),
  };
}

/** What was below a value is below its new name; a value that was there keeps its own parent. */
function renamedTree(tree: Tree, renames: readonly ValueRename[]): Tree {
  const own = renames.filter(({ dimension }) => dimension === tree.dimension);
  if (own.length === 0) return tree;
  const inNewName = <Value extends string | null>(value: Value): Value | string =>
    renamedValue(own, tree.dimension, value);
  const parents = new Map<string, string | null>();
  for (const [value, parent] of tree.parents) {
    const name: string = inNewName(value);
    if (name !== value && tree.parents.has(name)) continue;
    // Whoever stood right below what they become one with moves up to its place.
    const above = parent !== null && inNewName(parent) === name ? tree.parents.get(parent) : parent;
    parents.set(name, inNewName(above ?? null));
  }
  return { ...tree, parents };
}
