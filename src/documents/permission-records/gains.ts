/** What a change to a permission record would give, and to whom. */
import {
  type Gain,
  type Grantee,
  type GrantingAuthority,
  judgeGains,
  type ScopeValue,
} from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import type { WriteWork } from '../work.ts';

/** Grants that may still come to count: those that have not ended. */
export function grantsOfRole(work: WriteWork, role: string): Gain[] {
  const { grants } = work.moment.policy.world.source;
  return grants
    .filter((grant) => grant.role === role && isOpenEnded(grant.until, work.moment.now))
    .map(({ grantee, scope }) => ({ grantee, role, scope }));
}

/** All that a new member of a group gains: its grants, and what its authorities let one give. */
export function gainsOfMember(work: WriteWork, group: string, user: string): Gain[] {
  const { grants, authorities } = work.moment.policy.world.source;
  const grantee: Grantee = { type: 'User', name: user };
  const isGroup = (one: Grantee): boolean => one.type === 'Group' && one.name === group;
  return [
    ...grants
      .filter((grant) => isGroup(grant.grantee) && isOpenEnded(grant.until, work.moment.now))
      .map(({ role, scope }) => ({ grantee, role, scope })),
    ...authorities
      .filter((authority) => isGroup(authority.holder))
      .flatMap((authority) => gainsOfAuthority(grantee, authority, authority.scope)),
  ];
}

/** An authority is worth all the roles it may give. */
export function gainsOfAuthority(
  grantee: Grantee,
  { roles, exceptRoles }: Pick<GrantingAuthority, 'roles' | 'exceptRoles'>,
  scope: readonly ScopeValue[],
): Gain[] {
  return roles.map((role) => ({ grantee, role, exceptRoles, scope }));
}

/** INVARIANT (no-self-gain): refuses what the actor may not give, or would gain themselves. */
export function requireAuthority(work: WriteWork, gains: readonly Gain[]): void {
  const refusal = judgeGains(
    work.moment.policy.world,
    work.caller.principal,
    gains,
    work.moment.now,
  );
  if (refusal === 'self_gain') {
    throw new Refusal('self_gain', 'You would gain by this yourself. Somebody else has to do it.');
  }
  if (refusal === 'outside_authority') {
    throw new Refusal('outside_authority', 'Your granting authority does not cover all of this.');
  }
}

function isOpenEnded(until: number | null, now: number): boolean {
  return until === null || until > now;
}
