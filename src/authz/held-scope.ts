/** What a principal holds, as scopes with the roles that hold within each. */

import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant } from './compiled-grant.ts';
import { ContentIds } from './content-ids.ts';
import { type Coverage, joinCoverages } from './coverage.ts';
import { grouped } from './grouped.ts';

/** Dimensions that some doctype carries, each with its place in a scope. */
export type Slots = {
  readonly names: readonly string[];
  /** By place: false where two grants of one value each reach less than one grant of both. */
  readonly isJoinable: readonly boolean[];
};

/** One scope, and the roles that are held within just this. */
export type HeldScope = {
  readonly roles: readonly string[];
  /** By the place of the dimension; null where the scope does not name it. */
  readonly coverages: readonly (Coverage | null)[];
};

/**
 * A dimension that some doctype carries on two paths, or in its rows, must be covered whole by one
 * grant: there, values of several grants are never put together.
 */
export function slotsOf(doctypes: Iterable<CompiledDoctype>, names: readonly string[]): Slots {
  const joinable = new Map<string, boolean>();
  for (const { compiledPaths } of doctypes) {
    const seen = new Set<string>();
    for (const { dimension, table } of compiledPaths) {
      const isOnce = table === null && !seen.has(dimension.name);
      seen.add(dimension.name);
      joinable.set(dimension.name, (joinable.get(dimension.name) ?? true) && isOnce);
    }
  }
  return { names, isJoinable: names.map((name) => joinable.get(name) ?? false) };
}

/** The scopes of all grants that are held, joined where that reaches just the same. */
export function heldScopes(
  held: readonly CompiledGrant[],
  { names, isJoinable }: Slots,
): HeldScope[] {
  const ids = new ContentIds();
  const each = held.map((grant) => ({
    roles: [grant.source.role],
    coverages: names.map((name) => grant.coverage.get(name) ?? null),
  }));
  if (each.length < 2) return each;
  let scopes = sameScopes(each, ids);
  for (const [slot, canJoin] of isJoinable.entries()) {
    if (canJoin && scopes.length > 1) scopes = sameScopes(joinAlong(scopes, slot, ids), ids);
  }
  return scopes;
}

/** Scopes that cover the same become one with the roles of all. */
function sameScopes(scopes: readonly HeldScope[], ids: ContentIds): HeldScope[] {
  return [...grouped(scopes, ({ coverages }) => ids.all(coverages, -1)).values()].map((same) => {
    const [first] = same as [HeldScope, ...HeldScope[]];
    const roles = new Set(same.flatMap((scope) => scope.roles));
    return same.length === 1 ? first : { ...first, roles: [...roles].sort() };
  });
}

/** Scopes of the same roles that differ in one dimension only become one that covers both. */
function joinAlong(scopes: readonly HeldScope[], slot: number, ids: ContentIds): HeldScope[] {
  const key = ({ roles, coverages }: HeldScope): string =>
    `${coverages[slot] === null} ${JSON.stringify(roles)} ${ids.all(coverages, slot)}`;
  return [...grouped(scopes, key).values()].map((same) => {
    const [first] = same as [HeldScope, ...HeldScope[]];
    const coverages = same.flatMap((scope) => scope.coverages[slot] ?? []);
    if (coverages.length < 2) return first;
    return { ...first, coverages: first.coverages.with(slot, joinCoverages(coverages)) };
  });
}
