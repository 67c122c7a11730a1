/** Who may give what, once more: granting authority and self-gain, by trying all there can be. */
import type * as authz from '../../src/authz/index.ts';
import {
  covers,
  holds,
  type Line,
  lineOf,
  names,
  type Principal,
  type Scope,
  type World,
} from './reference.ts';

/** Does this role in this scope lie inside one authority that the actor holds now? */
export function referenceInsideAuthority(
  world: World,
  actor: Principal,
  { role, exceptRoles = [], scope }: Omit<authz.RoleGain, 'grantee'>,
  now: number,
): boolean {
  // A role that nobody has thought of yet stands for all of those to come.
  const every = [...world.roles.map(({ name }) => name), 'a role to come'];
  const given = role === '*' ? every.filter((name) => !exceptRoles.includes(name)) : [role];
  return world.authorities.some(({ holder, roles, exceptRoles: left, scope: own }) => {
    if (!holds(world, actor, holder, now)) return false;
    const mayGive = (name: string) =>
      roles.includes(name) || (roles.includes('*') && !left.includes(name));
    if (!given.every(mayGive)) return false;
    return own.every(({ dimension }) => {
      const isNamed = names(scope, dimension);
      const lines = linesOf(world, dimension, [...scope, ...own]);
      const gained = lines.filter((line) => !isNamed || covers(scope, dimension, line));
      return gained.every((line) => covers(own, dimension, line));
    });
  });
}

/** Is the user the grantee, or a member of it at any time, past or to come? */
export function referenceAmong(world: World, user: string, grantee: authz.Grantee): boolean {
  if (grantee.type === 'User') return grantee.name === user;
  if (grantee.name === 'Everyone' || grantee.name === 'Guests') return true;
  return world.members.some((member) => member.group === grantee.name && member.user === user);
}

/** Lines that tell two scopes apart: blank, a stranger, all that is named, and children to come. */
export function linesOf(world: World, dimension: string, scope: Scope): Line[] {
  const tree = world.trees.find((one) => one.dimension === dimension);
  const named = scope.filter((entry) => entry.dimension === dimension).map(({ value }) => value);
  const known = [...(tree?.parents.keys() ?? []), ...named.filter((one) => !/^[*(]/.test(one))];
  const lines = known.map((value) => lineOf(world, dimension, value));
  return [[], ['a stranger'], ...lines, ...lines.map((line) => ['a child to come', ...line])];
}
