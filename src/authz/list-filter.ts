/** The decision turned into a condition: which documents of a doctype, instead of this one. */
import { type Action, actionBit } from './actions.ts';
import { ceilingFilter } from './ceiling.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { every, type Filter, NEVER, some } from './filter.ts';
import { levelSet } from './levels.ts';
import type { Part } from './part.ts';
import { pathFilter } from './path-values.ts';
import type { Principal } from './principal.ts';
import { partsOf, sharedNames } from './profiles.ts';

export type ListRequest = {
  readonly principal: Principal;
  readonly action: Action;
  readonly doctype: string;
  readonly now: number;
};

/** Levels 0 to 9, as bits. */
const ALL_LEVELS = (1 << 10) - 1;

/**
 * Holds for exactly the documents that `decide` allows (INVARIANT (one-truth)). With `level`,
 * for those of them on which fields of that level are open.
 */
export function listFilter(world: CompiledWorld, request: ListRequest, level?: number): Filter {
  const { principal, action, now } = request;
  const doctype = world.doctypes.get(request.doctype);
  if (!doctype) return NEVER;
  const opened = partsFor(partsOf(world, principal, doctype, now), action)
    .filter((part) => level === undefined || (part.levels & (1 << level)) !== 0)
    .map((part) => partFilter(part, doctype));
  const names = sharedNames(world, principal, doctype, actionBit(action), now);
  const shared: Filter[] =
    names.length > 0 && (level === undefined || level === 0)
      ? [Object.freeze({ kind: 'one-of', field: 'name', values: Object.freeze(names) })]
      : [];
  const ceilings = principal.ceilings.map((ceiling) =>
    ceilingFilter(world, ceiling, action, doctype),
  );
  return every([some([...opened, ...shared]), ...ceilings]);
}

/**
 * The levels that are open on every document the filter reaches, where that is the same for all
 * of them; null where it differs from one document to the next.
 */
export function uniformLevels(
  world: CompiledWorld,
  request: ListRequest,
): ReadonlySet<number> | null {
  const sets = levelsOf(world, request);
  const [first] = sets;
  if (first === undefined) return levelSet(0);
  return sets.every((set) => set === first) ? levelSet(first) : null;
}

/** Levels that are open on at least one conceivable document: a field of another does not exist. */
export function levelsAnywhere(world: CompiledWorld, request: ListRequest): ReadonlySet<number> {
  return levelSet(levelsOf(world, request).reduce((bits, set) => bits | set, 0));
}

/** Levels that are open on every document the filter reaches; all of them where it reaches none. */
export function levelsEverywhere(world: CompiledWorld, request: ListRequest): ReadonlySet<number> {
  return levelSet(levelsOf(world, request).reduce((bits, set) => bits & set, ALL_LEVELS));
}

/** As bits, what each way of reaching a document opens there. */
function levelsOf(world: CompiledWorld, { principal, action, doctype, now }: ListRequest) {
  const compiled = world.doctypes.get(doctype);
  if (!compiled) return [];
  const sets = partsFor(partsOf(world, principal, compiled, now), action).map(
    (part) => part.levels,
  );
  const bit = actionBit(action);
  if (sharedNames(world, principal, compiled, bit, now).length > 0) sets.push(1);
  return sets;
}

function partsFor(parts: readonly Part[], action: Action): readonly Part[] {
  const bit = actionBit(action);
  return parts.filter((part) => (part.actions & bit) !== 0);
}

function partFilter(part: Part, doctype: CompiledDoctype): Filter {
  const conditions = doctype.compiledPaths.flatMap((path, index) => {
    const coverage = part.coverages[index];
    return coverage ? [pathFilter(coverage, path)] : [];
  });
  return every(part.when === null ? conditions : [...conditions, part.when]);
}
