/** What somebody gains who comes to act as another: by a webhook, a job, or a service account. */

import type { Gain } from './gain.ts';
import { gainsOfHolder } from './gains-of-records.ts';
import { membershipsOf } from './holdings.ts';
import { kindOf } from './principal.ts';
import type { Sides } from './spelled-out.ts';
import type { Acting, Grantee } from './world.ts';

/** Everything that the other principal holds, now or later, directly or by a group. */
export function gainsOfActing(sides: Sides, now: number): Gain[] {
  const { gone = [], added = [] } = sides.change.acting ?? {};
  return added
    .filter((one) => !isOneself(one) && !gone.some((old) => isSame(old, one)))
    .flatMap(({ holder, principal }) => gainsOfPrincipal(sides, holder, principal, now));
}

function gainsOfPrincipal(sides: Sides, to: Grantee, principal: string, now: number): Gain[] {
  const names = reached(sides, principal);
  return names.flatMap((id) => [
    ...holdersOf(sides, id).flatMap((holder) => gainsOfHolder(sides, holder, to, now)),
    ...(sides.after.source.shares ?? [])
      .filter(({ user, until }) => user === id && (until === null || until > now))
      .map((share) => ({ grantee: to, share, levels: [0] })),
  ]);
}

/** The principal, and whoever they act as in turn. */
function reached({ after }: Sides, principal: string): readonly string[] {
  const names = [principal];
  // The list grows while it is walked.
  for (const name of names) {
    for (const { holder, principal: next } of after.source.acting ?? []) {
      const isHolder = holder.type === 'User' ? holder.name === name : isIn(after, name, holder);
      if (isHolder && !names.includes(next)) names.push(next);
    }
  }
  return names;
}

function isIn(world: Sides['after'], user: string, { name }: Grantee): boolean {
  const principal = { id: user, kind: kindOf(user), actor: null, ceilings: [] };
  return membershipsOf(world, principal).some(({ group }) => group === name);
}

function holdersOf({ after }: Sides, id: string): Grantee[] {
  const principal = { id, kind: kindOf(id), actor: null, ceilings: [] };
  const groups = membershipsOf(after, principal).map(({ group }) => group);
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
