/** Ceilings: limits on a token or an assistant. INVARIANT (ceiling-narrows): none ever adds. */
import { type Action, withImplied } from './actions.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { coverageOf } from './coverage.ts';
import { every, type Filter, NEVER } from './filter.ts';
import type { DocumentFacts } from './matches.ts';
import { coversPath, pathFilter } from './path-values.ts';
import type { Ceiling } from './principal.ts';

/** True where the ceiling leaves this action on this document. */
export function ceilingAllows(
  world: CompiledWorld,
  ceiling: Ceiling,
  action: Action,
  doctype: CompiledDoctype,
  document: DocumentFacts,
): boolean {
  if (!namesAllow(ceiling, action, doctype.name)) return false;
  const scope = coverageOf(ceiling.scope ?? [], world.dimensions);
  return doctype.compiledPaths.every((path) => {
    const coverage = scope.get(path.dimension.name);
    return coverage === undefined || coversPath(coverage, path, document);
  });
}

/** The same as a condition on the doctype's documents. */
export function ceilingFilter(
  world: CompiledWorld,
  ceiling: Ceiling,
  action: Action,
  doctype: CompiledDoctype,
): Filter {
  if (!namesAllow(ceiling, action, doctype.name)) return NEVER;
  const scope = coverageOf(ceiling.scope ?? [], world.dimensions);
  return every(
    doctype.compiledPaths.flatMap((path) => {
      const coverage = scope.get(path.dimension.name);
      return coverage ? [pathFilter(coverage, path)] : [];
    }),
  );
}

/** True where the ceiling leaves the action on some documents of the doctype. */
export function namesAllow(ceiling: Ceiling, action: Action, doctype: string): boolean {
  const { actions, doctypes } = ceiling;
  return (
    (actions === undefined || withImplied(actions).has(action)) &&
    (doctypes?.includes(doctype) ?? true)
  );
}
