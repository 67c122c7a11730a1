/** Whom a change can concern at all, and about which doctypes. */
import type { CompiledWorld } from './compiled.ts';
import { EVERYONE, GUEST, GUESTS } from './principal.ts';
import type { Grantee } from './world.ts';
import { isReshaping, type WorldChange } from './world-change.ts';

/** Names of principals and doctypes; null for all of them. */
export type Affected = {
  readonly principals: ReadonlySet<string> | null;
  readonly doctypes: ReadonlySet<string> | null;
};

/**
 * Nobody else gains or loses anything by the change. `world` is the one before it; memberships
 * and roles that the change itself brings are taken from the change.
 */
export function affectedBy(world: CompiledWorld, change: WorldChange): Affected {
  if (change.moves || change.renames || change.roles || isReshaping(change)) {
    return { principals: null, doctypes: doctypesReshaped(world, change) };
  }
  const principals = new Set<string>();
  const doctypes = new Set<string>();
  let isEverybody = false;
  const members = [...world.source.members, ...(change.members?.added ?? [])];
  const grants = [...world.source.grants, ...(change.grants?.added ?? [])];
  const addHolders = (grantee: Grantee): void => {
    if (grantee.type === 'User') principals.add(grantee.name);
    else if (grantee.name === EVERYONE) isEverybody = true;
    else if (grantee.name === GUESTS) principals.add(GUEST);
    if (grantee.type === 'User') return;
    for (const { group, user } of members) if (grantee.name === group) principals.add(user);
  };
  const roles = new Set<string>();
  for (const { grantee, role } of turnedItems(change.grants)) {
    addHolders(grantee);
    roles.add(role);
  }
  for (const { role, doctype } of turnedItems(change.rules)) {
    doctypes.add(doctype);
    for (const grant of grants) if (grant.role === role) addHolders(grant.grantee);
  }
  for (const { group, user } of turnedItems(change.members)) {
    principals.add(user);
    for (const grant of grants) {
      if (grant.grantee.type === 'Group' && grant.grantee.name === group) roles.add(grant.role);
    }
  }
  for (const { user, doctype } of turnedItems(change.shares)) {
    principals.add(user);
    doctypes.add(doctype);
  }
  for (const role of roles) {
    for (const doctype of world.rules.get(role)?.keys() ?? []) doctypes.add(doctype);
  }
  for (const user of turnedItems(change.users)) principals.add(user);
  return {
    principals: isEverybody ? null : principals,
    doctypes: change.users ? null : doctypes,
  };
}

function turnedItems<Item>(
  turnover: { readonly gone: readonly Item[]; readonly added: readonly Item[] } | undefined,
): readonly Item[] {
  return turnover ? [...turnover.gone, ...turnover.added] : [];
}

/** A tree concerns the doctypes that carry its dimension; a role on its own opens nothing. */
function doctypesReshaped(world: CompiledWorld, change: WorldChange): ReadonlySet<string> | null {
  if (change.roles || change.rules || change.grants || change.members || change.shares) return null;
  const values = [...(change.moves ?? []), ...(change.renames ?? [])];
  const moved = new Set(values.map(({ dimension }) => dimension));
  const carrying = world.source.doctypes.filter(({ paths }) =>
    paths.some(({ dimension }) => moved.has(dimension)),
  );
  return new Set([
    ...carrying.map(({ name }) => name),
    ...(change.levels ?? []).map(({ doctype }) => doctype),
    ...(change.sensitivities ?? []).map(({ doctype }) => doctype),
    ...(change.paths ?? []).map(({ doctype }) => doctype),
  ]);
}
