/** Ceilings: limits on a token or an assistant. INVARIANT (ceiling-narrows): none ever adds. */
import { ACTIONS, type Action, actionBit, actionBits, withImplied } from './actions.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledCeiling } from './compiled-ceiling.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { coverageOf } from './coverage.ts';
import { every, type Filter, NEVER } from './filter.ts';
import type { DocumentFacts } from './matches.ts';
import { coversPath, pathFilter } from './path-values.ts';
import type { Ceiling, Principal } from './principal.ts';

/** True where the ceiling leaves this action on this document. */
export function ceilingAllows(
  world: CompiledWorld,
  ceiling: Ceiling,
  action: Action,
  doctype: CompiledDoctype,
  document: DocumentFacts,
): boolean {
  if (!namesAllow(world, ceiling, action, doctype.name)) return false;
  const { scope } = compiled(world, ceiling);
  if (scope.size === 0) return true;
  for (const path of doctype.compiledPaths) {
    const coverage = scope.get(path.dimension.name);
    if (coverage !== undefined && !coversPath(coverage, path, document)) return false;
  }
  return true;
}

/** A token's limits are the same for all its requests: spelled out once in each world. */
function compiled(world: CompiledWorld, ceiling: Ceiling): CompiledCeiling {
  const known = world.ceilings.get(ceiling);
  if (known) return known;
  const { actions, doctypes, scope } = ceiling;
  const made = {
    actions: actions === undefined ? ALL_ACTIONS : actionBits(withImplied(actions)),
    doctypes: doctypes === undefined ? null : new Set(doctypes),
    scope: coverageOf(scope ?? [], world.dimensions),
  };
  world.ceilings.set(ceiling, made);
  return made;
}

const ALL_ACTIONS = actionBits(ACTIONS);

/** The same as a condition on the doctype's documents. */
export function ceilingFilter(
  world: CompiledWorld,
  ceiling: Ceiling,
  action: Action,
  doctype: CompiledDoctype,
): Filter {
  if (!namesAllow(world, ceiling, action, doctype.name)) return NEVER;
  const { scope } = compiled(world, ceiling);
  return every(
    doctype.compiledPaths.flatMap((path) => {
      const coverage = scope.get(path.dimension.name);
      return coverage ? [pathFilter(coverage, path)] : [];
    }),
  );
}

/** True where no ceiling of the principal takes the action on the doctype away altogether. */
export function ceilingsLeave(
  world: CompiledWorld,
  { ceilings }: Pick<Principal, 'ceilings'>,
  action: Action,
  doctype: string,
): boolean {
  return ceilings.every((ceiling) => namesAllow(world, ceiling, action, doctype));
}

/** True where the ceiling leaves the action on some documents of the doctype. */
export function namesAllow(
  world: CompiledWorld,
  ceiling: Ceiling,
  action: Action,
  doctype: string,
): boolean {
  const { actions, doctypes } = compiled(world, ceiling);
  return (actions & actionBit(action)) !== 0 && doctypes?.has(doctype) !== false;
}
