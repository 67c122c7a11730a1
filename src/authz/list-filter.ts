/** The decision turned into a condition: which documents of a doctype, instead of this one. */
import { type Action, withImplied } from './actions.ts';
import { ceilingFilter } from './ceiling.ts';
import type { CompiledWorld } from './compile.ts';
import { coverageFilter } from './coverage.ts';
import { every, type Filter, NEVER, some } from './filter.ts';
import { sharesOf, type Way, waysOf } from './holdings.ts';
import type { Principal } from './principal.ts';

export type ListRequest = {
  readonly principal: Principal;
  readonly action: Action;
  readonly doctype: string;
  readonly now: number;
};

/**
 * Holds for exactly the documents that `decide` allows (INVARIANT (one-truth)). With `level`,
 * for those of them on which fields of that level are open.
 */
export function listFilter(world: CompiledWorld, request: ListRequest, level?: number): Filter {
  const { principal, action, now } = request;
  const doctype = world.doctypes.get(request.doctype);
  if (!doctype) return NEVER;
  const ways = waysOf(world, principal, action, doctype, now)
    .filter((way) => level === undefined || way.rule.levels.has(level))
    .map(wayFilter);
  const names = sharesOf(world, principal, doctype.name, now)
    .filter((share) => withImplied(share.actions).has(action))
    .map((share) => share.document);
  const shared: Filter[] =
    names.length > 0 && (level === undefined || level === 0)
      ? [Object.freeze({ kind: 'one-of', field: 'name', values: Object.freeze(names.sort()) })]
      : [];
  const ceilings = principal.ceilings.map((ceiling) =>
    ceilingFilter(world, ceiling, action, doctype),
  );
  return every([some([...ways, ...shared]), ...ceilings]);
}

/**
 * The levels that are open on every document the filter reaches, where that is the same for all
 * of them; null where it differs from one document to the next.
 */
export function uniformLevels(
  world: CompiledWorld,
  request: ListRequest,
): ReadonlySet<number> | null {
  const doctype = world.doctypes.get(request.doctype);
  if (!doctype) return new Set();
  const ways = waysOf(world, request.principal, request.action, doctype, request.now);
  const sets = ways.filter((way) => way.unnamed.length === 0).map((way) => way.rule.levels);
  if (sharesOf(world, request.principal, doctype.name, request.now).length > 0)
    sets.push(new Set([0]));
  const [first, ...others] = sets;
  if (!first) return new Set();
  const same = others.every(
    (set) => set.size === first.size && [...set].every((n) => first.has(n)),
  );
  return same ? first : null;
}

function wayFilter(way: Way): Filter {
  if (way.unnamed.length > 0) return NEVER;
  const conditions = way.tests.map((test) => coverageFilter(test.coverage, test.path));
  const { when } = way.rule.source;
  return every(when === null ? conditions : [...conditions, when]);
}

/** Levels that are open on at least one conceivable document: a field of another does not exist. */
export function levelsAnywhere(world: CompiledWorld, request: ListRequest): ReadonlySet<number> {
  const levels = new Set<number>();
  const doctype = world.doctypes.get(request.doctype);
  if (!doctype) return levels;
  for (const way of waysOf(world, request.principal, request.action, doctype, request.now)) {
    if (way.unnamed.length === 0) for (const level of way.rule.levels) levels.add(level);
  }
  if (sharesOf(world, request.principal, doctype.name, request.now).length > 0) levels.add(0);
  return levels;
}
