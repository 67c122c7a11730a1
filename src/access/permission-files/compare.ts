/** What differs between files and system, and the changes that would make them the same. */
import { compareAuthorities, compareGrants, compareShares } from './compare-grants.ts';
import { compareGroups, compareRoles, compareRules } from './compare-roles.ts';
import type { Difference, PlannedChange } from './difference.ts';
import type { Problem } from './problem.ts';
import type { InFile, InSystem, Kind, Permissions } from './records.ts';
import { isOver } from './stored-permissions.ts';

export type Comparison = {
  readonly differences: readonly Difference[];
  /** In the order in which they are made: what is added first, what goes last. */
  readonly changes: readonly PlannedChange[];
  readonly problems: readonly Problem[];
};

/**
 * Compares what a folder holds with the system at a moment (`YYYY-MM-DD HH:MM:SS.ffffff` UTC).
 * What is over by then is no difference. Kinds that the folder does not hold are left alone.
 */
export function comparePermissions(
  files: Permissions<InFile>,
  system: Permissions<InSystem>,
  at: string,
): Comparison {
  const held = <One>(kind: Kind, all: readonly One[]): readonly One[] =>
    files.kinds.has(kind) ? all : [];
  const present = <One extends { readonly until: string | null }>(all: readonly One[]): One[] =>
    all.filter((one) => !isOver(one, at));
  const roles = compareRoles(files.roles, held('roles', system.roles));
  const rules = compareRules(files.rules, held('roles', system.rules));
  const { groups, members } = compareGroups(files.groups, held('groups', system.groups));
  const authorities = compareAuthorities(
    files.authorities,
    held('authorities', system.authorities),
  );
  const grants = compareGrants(present(files.grants), held('grants', system.grants));
  const shares = compareShares(present(files.shares), held('shares', system.shares));
  const all = [roles, groups, rules, authorities, grants, shares];
  return {
    differences: [roles, rules, groups, members, authorities, grants, shares].flatMap(
      ({ found }) => found,
    ),
    changes: [
      // Members enter last: by then, their group has all that they gain by it.
      ...all.flatMap((part) => [...part.creates, ...(part === groups ? [] : part.updates)]),
      ...groups.updates,
      ...all.toReversed().flatMap(({ removals }) => removals),
    ],
    problems: all.flatMap(({ problems }) => problems),
  };
}
