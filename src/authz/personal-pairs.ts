/**
 * How many pairs of a person and a document a change adds in which a personal field comes into
 * sight. More than so many are not for one person to give.
 */
import { compileWorld } from './compile.ts';
import type { CompiledWorld } from './compiled.ts';
import type { DocumentGroup } from './document-groups.ts';
import { type Change, type Preview, previewChange } from './preview.ts';
import type { Validity, World } from './world.ts';
import type { WorldChange } from './world-change.ts';

/**
 * The exact number, on worlds in which all that has not ended at `now` (milliseconds since 1970
 * UTC) has begun, and in which everybody signs in who is named: neither a date ahead nor an account
 * that is enabled later brings in what nobody counted. `groupsOf` is as for `previewChange`; where
 * that was asked already, `preview` is what it said.
 */
export function personalPairs(
  change: Change,
  groupsOf: (doctype: string) => readonly DocumentGroup[],
  now: number,
  preview?: Preview,
): number {
  // Whoever is enabled was counted when they were given what they hold.
  const { users, ...others } = change.change;
  const begun: Change = {
    before: begunWorld(change.before, now),
    after: begunWorld(change.after, now),
    change: others,
  };
  const isSame = !users && begun.before === change.before && begun.after === change.after;
  return (isSame && preview ? preview : previewChange(begun, groupsOf, now)).personalPairs;
}

function begunWorld(world: CompiledWorld, now: number): CompiledWorld {
  const { source } = world;
  const isAhead = ({ from }: Validity): boolean => from !== null && now < from;
  const begun = <Item extends Validity>(items: readonly Item[]): readonly Item[] =>
    items.some(isAhead)
      ? items.map((item) => (isAhead(item) ? { ...item, from: null } : item))
      : items;
  const grants = begun(source.grants);
  const members = begun(source.members);
  const shares = begun(source.shares);
  const users = everybody(source);
  const isSame =
    grants === source.grants &&
    members === source.members &&
    shares === source.shares &&
    users.size === source.users.length;
  if (isSame) return world;
  return compileWorld({ ...source, grants, members, shares, users: [...users] });
}

/** Whoever may act, and whoever is named though they may not act at present. */
export function everybody(
  { users, grants, members, shares }: World,
  change: WorldChange = {},
): ReadonlySet<string> {
  const named = new Set(users);
  for (const { grantee } of [...grants, ...(change.grants?.added ?? [])]) {
    if (grantee.type === 'User') named.add(grantee.name);
  }
  for (const { user } of [...members, ...(change.members?.added ?? [])]) named.add(user);
  for (const { user } of [...shares, ...(change.shares?.added ?? [])]) named.add(user);
  return named;
}
