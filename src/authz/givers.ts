/** Who could give what is missing. */
import type { Action } from './actions.ts';
import { hasRole, isAmong } from './authority.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import { coverageOf } from './coverage.ts';
import type { DocumentFacts } from './matches.ts';
import { coversPath } from './path-values.ts';
import type { Grantee, GrantingAuthority } from './world.ts';

export type GiversRequest = {
  /** For whom: nobody gives to themselves. */
  readonly user: string;
  readonly action: Action;
  readonly doctype: string;
  /** Null where the answer must not depend on any document. */
  readonly document: DocumentFacts | null;
};

/** A holder of an authority, and the roles of theirs that would help. */
export type Giver = { readonly holder: Grantee; readonly roles: readonly string[] };

/**
 * Who could give the user a role that allows the action: on this very document, or without one
 * at all. In the order of their names.
 */
export function giversFor(world: CompiledWorld, request: GiversRequest): Giver[] {
  const doctype = world.doctypes.get(request.doctype);
  if (!doctype) return [];
  const helpful = helpfulRoles(world, doctype, request.action);
  const givers = new Map<string, { holder: Grantee; roles: Set<string> }>();
  for (const authority of world.authorities) {
    const { holder } = authority;
    if (isAmong(world, request.user, holder)) continue;
    const roles = helpful.filter((role) => hasRole(authority, { role }));
    if (roles.length === 0 || !reaches(world, authority, doctype, request.document)) continue;
    const key = `${holder.name} ${holder.type}`;
    const known = givers.get(key) ?? { holder, roles: new Set() };
    givers.set(key, known);
    for (const role of roles) known.roles.add(role);
  }
  return [...givers.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { holder, roles }]) => ({ holder, roles: [...roles].sort() }));
}

function helpfulRoles(world: CompiledWorld, doctype: CompiledDoctype, action: Action): string[] {
  return [...world.rules]
    .filter(([, byDoctype]) =>
      byDoctype.get(doctype.name)?.some(({ actions }) => actions.has(action)),
    )
    .map(([role]) => role);
}

/** A grant may be as narrow as the document itself: all of that must lie in the authority. */
function reaches(
  world: CompiledWorld,
  authority: GrantingAuthority,
  doctype: CompiledDoctype,
  document: DocumentFacts | null,
): boolean {
  if (document === null) return true;
  const scope = coverageOf(authority.scope, world.dimensions);
  return doctype.compiledPaths.every((path) => {
    const coverage = scope.get(path.dimension.name);
    return coverage === undefined || coversPath(coverage, path, document);
  });
}
