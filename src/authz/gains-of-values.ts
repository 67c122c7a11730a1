/** What moves in trees give, and values of a dimension that are renamed or become one. */
import type { CompiledWorld } from './compiled.ts';
import { fieldsOf } from './filter.ts';
import type { Gain } from './gain.ts';
import { gainsOfAuthority, gainsOfRole, grantsAfter } from './gains-of-records.ts';
import { type Sides, scopesGained } from './spelled-out.ts';
import type { Grantee, Share } from './world.ts';

/**
 * Whoever holds a grant that covers more values gains what is new; who holds an authority gives
 * more than before. Conditions speak of values by their names, and so does a share of a document
 * that is itself a value.
 */
export function gainsOfValues(sides: Sides, now: number): Gain[] {
  if (sides.touched.size === 0) return [];
  return [
    ...gainsOfGrown(sides, now),
    ...gainsOfConditions(sides, now),
    ...gainsOfRenamedShares(sides, now),
  ];
}

function gainsOfGrown(sides: Sides, now: number): Gain[] {
  const { before, after, change } = sides;
  const kept = before.source.authorities.filter(
    (authority) => !change.authorities?.gone.includes(authority),
  );
  return [
    ...grantsAfter(sides, now).flatMap(({ grantee, role, scope }) => {
      const isWhole = (dimension: string): boolean => isCarriedTwice(after, dimension, role);
      return scopesGained(sides, scope, isWhole).map((gained) => ({
        grantee,
        role,
        scope: gained,
      }));
    }),
    ...kept.flatMap((authority) => {
      const isWhole = (dimension: string): boolean => isCarriedTwice(after, dimension, null);
      const scopes = scopesGained(sides, authority.scope, isWhole);
      return scopes.flatMap((scope) => gainsOfAuthority(authority.holder, authority, scope));
    }),
  ];
}

/**
 * Of the doctypes for which the role (null: any) has rules: by two paths, or by rows, of which
 * there may be several. One grant has to cover all the values of a document.
 */
function isCarriedTwice(world: CompiledWorld, dimension: string, role: string | null): boolean {
  const ruled = role === null ? null : world.rules.get(role);
  return world.source.doctypes.some(({ name, paths }) => {
    if (ruled !== null && !ruled?.has(name)) return false;
    const own = paths.filter((path) => path.dimension === dimension);
    return own.length > 1 || own.some(({ path }) => path.includes('.'));
  });
}

/** A document that carries another name may meet a condition that it did not meet before. */
function gainsOfConditions(sides: Sides, now: number): Gain[] {
  const renamed = new Set(sides.change.renames?.map(({ dimension }) => dimension));
  if (renamed.size === 0) return [];
  const roles = new Set<string>();
  for (const [role, byDoctype] of sides.after.rules) {
    for (const { source } of [...byDoctype.values()].flat()) {
      const fields = source.when === null ? new Set<string>() : fieldsOf(source.when);
      const paths = sides.after.doctypes.get(source.doctype)?.paths ?? [];
      const isRead = paths.some(
        ({ dimension, path }) => renamed.has(dimension) && fields.has(path),
      );
      if (isRead) roles.add(role);
    }
  }
  return [...roles].flatMap((role) => gainsOfRole(sides, role, now));
}

/** Where two documents become one, a share of either is one of both. */
function gainsOfRenamedShares({ before, change }: Sides, now: number): Gain[] {
  const kept = before.source.shares.filter(
    (share) => !change.shares?.gone.includes(share) && (share.until === null || share.until > now),
  );
  return [...kept, ...(change.shares?.added ?? [])].flatMap((share) =>
    otherNames(before, share, change.renames ?? []).map((document) => ({
      grantee: { type: 'User', name: share.user } satisfies Grantee,
      share: { ...share, document },
      levels: [0],
    })),
  );
}

function otherNames(
  world: CompiledWorld,
  { doctype, document }: Share,
  renames: NonNullable<Sides['change']['renames']>,
): string[] {
  const own = world.doctypes.get(doctype)?.paths.find(({ path }) => path === 'name');
  return renames
    .filter(({ dimension }) => dimension === own?.dimension)
    .flatMap(({ value, to, merges }) => {
      if (document === value) return merges ? [to] : [];
      return document === to ? [value] : [];
    });
}
