/**
 * What somebody gains who comes to act: as another by a webhook, a job or a service account, or as
 * themself because they are enabled.
 */
import { actingAs } from './authority.ts';
import type { Gain } from './gain.ts';
import { gainsOfHolder } from './gains-of-records.ts';
import { membershipsOf } from './holdings.ts';
import { EVERYONE, principalNamed } from './principal.ts';
import type { Sides } from './spelled-out.ts';
import type { Acting, Grantee } from './world.ts';

/** Everything that the other principal holds, now or later, directly or by a group. */
export function gainsOfActing(sides: Sides, now: number): Gain[] {
  const { gone = [], added = [] } = sides.change.acting ?? {};
  return added
    .filter((one) => !isOneself(one) && !gone.some((old) => isSame(old, one)))
    .flatMap(({ holder, principal }) => gainsOfPrincipal(sides, holder, principal, now));
}

/**
 * Who may act again, or for the first time, has all that is there in their name: that is giving it
 * anew. What everybody has who signs in was given to whoever comes.
 */
export function gainsOfUsers(sides: Sides, now: number): Gain[] {
  const { gone = [], added = [] } = sides.change.users ?? {};
  return added
    .filter((user) => !gone.includes(user) && !sides.before.source.users.includes(user))
    .flatMap((user) =>
      gainsOfPrincipal(sides, { type: 'User', name: user }, user, now, [EVERYONE]),
    );
}

function gainsOfPrincipal(
  sides: Sides,
  to: Grantee,
  principal: string,
  now: number,
  except: readonly string[] = [],
): Gain[] {
  return actingAs(sides.after, principal).flatMap((id) => [
    ...holdersOf(sides, id)
      .filter(({ type, name }) => type === 'User' || !except.includes(name))
      .flatMap((holder) => gainsOfHolder(sides, holder, to, now)),
    ...sides.after.source.shares
      .filter(({ user, until }) => user === id && (until === null || until > now))
      .map((share) => ({ grantee: to, share, levels: [0] })),
  ]);
}

function holdersOf({ after }: Sides, id: string): Grantee[] {
  const groups = membershipsOf(after, principalNamed(id)).map(({ group }) => group);
  return [
    { type: 'User', name: id },
    ...[...new Set(groups)].map((name): Grantee => ({ type: 'Group', name })),
  ];
}

function isOneself({ holder, principal }: Acting): boolean {
  return holder.type === 'User' && holder.name === principal;
}

function isSame(one: Acting, other: Acting): boolean {
  return (
    one.principal === other.principal &&
    one.holder.type === other.holder.type &&
    one.holder.name === other.holder.name
  );
}
