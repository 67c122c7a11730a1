/**
 * How many personal pairs a change can add at most, by questions that cost little: whom it concerns
 * at all, and which documents of which doctypes.
 */
import { affectedBy } from './affected.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { coverageOf, coveredValues } from './coverage.ts';
import { everybody } from './personal-pairs.ts';
import type { Grant } from './world.ts';
import { isReshaping, type WorldChange } from './world-change.ts';

/** Everybody concerned, times these documents, is as much as the change can add. */
export type PersonalReach = {
  readonly people: number;
  readonly documents: readonly ReachedDocuments[];
};

/** All of a doctype, or those that have one of these values in a field. */
export type ReachedDocuments = {
  readonly doctype: string;
  readonly where: { readonly field: string; readonly values: readonly string[] } | null;
};

/** More values than this are not worth asking for. */
const VALUES_MAX = 500;

/** Null where the change can add none, whatever documents there are. */
export function personalReach(world: CompiledWorld, change: WorldChange): PersonalReach | null {
  if (!addsSomething(change)) return null;
  const { principals, doctypes } = affectedBy(world, change);
  const isNew = ({ name }: CompiledDoctype): boolean =>
    (change.sensitivities ?? []).some(
      ({ doctype, sensitivity }) => doctype === name && sensitivity === 'personal',
    );
  const personal = [...world.doctypes.values()].filter(
    (one) => (one.personal.size > 0 || isNew(one)) && (doctypes?.has(one.name) ?? true),
  );
  // Whoever has not signed in counts as one.
  const people = principals?.size ?? everybody(world.source, change).size + 1;
  if (personal.length === 0 || people === 0) return null;
  const giving = grantsGiving(world, change);
  const documents = personal.map((doctype) => ({
    doctype: doctype.name,
    where: giving && narrowest(world, change, doctype, giving),
  }));
  return { people, documents };
}

/** Grants only add up: what goes, and nothing else, gives nobody anything. */
function addsSomething({ renames, moves, levels, sensitivities, paths, ...change }: WorldChange) {
  if (renames || moves || levels || sensitivities || paths) return true;
  const { rules, grants, members, shares } = change;
  return [rules, grants, members, shares].some((turnover) => (turnover?.added.length ?? 0) > 0);
}

/** Grants by which anything can come that the change adds; null where it is not grants alone. */
function grantsGiving(world: CompiledWorld, change: WorldChange): readonly Grant[] | null {
  const { renames, moves, shares, rules, members, grants } = change;
  if (renames || moves || isReshaping(change) || (shares?.added.length ?? 0) > 0) return null;
  const added = grants?.added ?? [];
  const roles = new Set(rules?.added.map(({ role }) => role));
  const groups = new Set(members?.added.map(({ group }) => group));
  const old = world.source.grants.filter(
    ({ grantee, role }) =>
      roles.has(role) || (grantee.type === 'Group' && groups.has(grantee.name)),
  );
  return [...added, ...old];
}

/** The path on which these grants name the fewest values; null where none of them binds. */
function narrowest(
  world: CompiledWorld,
  { rules }: WorldChange,
  { name, compiledPaths }: CompiledDoctype,
  grants: readonly Grant[],
): ReachedDocuments['where'] {
  const ways = grants.map((grant) => ({
    scope: coverageOf(grant.scope, world.dimensions),
    rules: [
      ...(world.rules.get(grant.role)?.get(name) ?? []).map(({ source }) => source),
      ...(rules?.added ?? []).filter(
        ({ role, doctype }) => role === grant.role && doctype === name,
      ),
    ],
  }));
  const opening = ways.filter((way) => way.rules.length > 0);
  if (opening.some((way) => way.rules.some(({ reach }) => reach === 'everything'))) return null;
  let best: ReachedDocuments['where'] = null;
  for (const { table, column, dimension } of compiledPaths) {
    const covers = opening.map(({ scope }) => scope.get(dimension.name));
    const isBound = covers.every((cover) => cover && !cover.any && !cover.blank);
    if (table !== null || !isBound) continue;
    const values = new Set(
      covers.flatMap((cover) => (cover ? coveredValues(cover, dimension) : [])),
    );
    if (values.size <= Math.min(VALUES_MAX, best?.values.length ?? VALUES_MAX)) {
      best = { field: column, values: [...values] };
    }
  }
  return best;
}
