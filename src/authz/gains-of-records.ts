/** What grants, members, rules, shares and authorities give that come, or come in another form. */
import { withImplied } from './actions.ts';
import { hasRole, isScopeWithin } from './authority.ts';
import type { Gain, RoleGain } from './gain.ts';
import { powerGain, roleCovers } from './rule-power.ts';
import { type Sides, spelledOut } from './spelled-out.ts';
import type { Grant, Grantee, GrantingAuthority, Rule, Validity } from './world.ts';
import type { Turnover } from './world-change.ts';

/** One that takes the place of a grant which gave no less gives nothing. */
export function gainsOfGrants(sides: Sides): Gain[] {
  const { gone, added } = turnover(sides.change.grants);
  return added
    .filter(
      (grant) =>
        !gone.some(
          (old) =>
            isSameGrantee(old.grantee, grant.grantee) &&
            old.role === grant.role &&
            isTimeWithin(grant, old) &&
            isScopeWithin(sides.before, grant.scope, old.scope),
        ),
    )
    .map((grant) => gainOf(sides, grant.grantee, grant));
}

/** Whoever comes into a group, or stays for longer, gains all that the group has. */
export function gainsOfMembers(sides: Sides, now: number): Gain[] {
  const { gone, added } = turnover(sides.change.members);
  return added
    .filter(
      (member) =>
        !gone.some(
          (old) =>
            old.group === member.group && old.user === member.user && isTimeWithin(member, old),
        ),
    )
    .flatMap(({ group, user }) =>
      gainsOfHolder(sides, { type: 'Group', name: group }, { type: 'User', name: user }, now),
    );
}

/** All that one holder has by grants and authorities in its own name, as another one's gain. */
export function gainsOfHolder(sides: Sides, holder: Grantee, to: Grantee, now: number): Gain[] {
  return [
    ...grantsAfter(sides, now)
      .filter(({ grantee }) => isSameGrantee(grantee, holder))
      .map((grant) => gainOf(sides, to, grant)),
    ...authoritiesAfter(sides)
      .filter((authority) => isSameGrantee(authority.holder, holder))
      .flatMap((authority) => gainsOfAuthority(to, authority, spelledOut(sides, authority.scope))),
  ];
}

/** A rule gives to whoever holds its role, and makes the role worth more to whoever gives it. */
export function gainsOfRules(sides: Sides, now: number): Gain[] {
  const { added } = turnover(sides.change.rules);
  return added
    .filter((rule) => isInForce(rule) && !roleCovers(sides.before, rule.role, rule))
    .flatMap((rule) => [powerGain(sides.before, rule), ...gainsOfRole(sides, rule.role, now)]);
}

/** What a role gives to all who hold it. */
export function gainsOfRole(sides: Sides, role: string, now: number): Gain[] {
  return grantsAfter(sides, now)
    .filter((grant) => grant.role === role)
    .map((grant) => gainOf(sides, grant.grantee, grant));
}

export function gainsOfShares({ change }: Sides): Gain[] {
  const { gone, added } = turnover(change.shares);
  return added
    .filter((share) => {
      const actions = [...withImplied(share.actions)];
      return !gone.some(
        (old) =>
          old.user === share.user &&
          old.doctype === share.doctype &&
          old.document === share.document &&
          isTimeWithin(share, old) &&
          actions.every((action) => withImplied(old.actions).has(action)),
      );
    })
    .map((share) => ({ grantee: { type: 'User', name: share.user }, share, levels: [0] }));
}

/** An authority is worth all the roles that it may give. */
export function gainsOfAuthorities(sides: Sides): Gain[] {
  const { gone, added } = turnover(sides.change.authorities);
  return added.flatMap((authority) => {
    const gains = gainsOfAuthority(authority.holder, authority, spelledOut(sides, authority.scope));
    return gains.filter(
      (gain) =>
        !gone.some(
          (old) =>
            isSameGrantee(old.holder, authority.holder) &&
            hasRole(old, gain) &&
            isScopeWithin(sides.before, gain.scope, old.scope),
        ),
    );
  });
}

export function gainsOfAuthority(
  grantee: Grantee,
  { roles, exceptRoles }: GrantingAuthority,
  scope: GrantingAuthority['scope'],
): RoleGain[] {
  return roles.map((role) => ({ grantee, role, exceptRoles, scope }));
}

/** Grants that are there after the change and have not ended, as they were written before it. */
export function grantsAfter({ before, change }: Sides, now: number): readonly Grant[] {
  const { gone, added } = turnover(change.grants);
  const kept = before.source.grants.filter((grant) => !gone.includes(grant));
  return [...kept, ...added].filter(({ until }) => until === null || until > now);
}

function authoritiesAfter({ before, change }: Sides): readonly GrantingAuthority[] {
  const { gone, added } = turnover(change.authorities);
  return [...before.source.authorities.filter((one) => !gone.includes(one)), ...added];
}

function gainOf(sides: Sides, grantee: Grantee, { role, scope }: Grant): Gain {
  return { grantee, role, scope: spelledOut(sides, scope) };
}

function turnover<Item>(given: Turnover<Item> | undefined): Turnover<Item> {
  return given ?? { gone: [], added: [] };
}

function isInForce({ status, reach }: Rule): boolean {
  return status === 'in force' && reach !== null;
}

function isSameGrantee(one: Grantee, other: Grantee): boolean {
  return one.type === other.type && one.name === other.name;
}

function isTimeWithin(inner: Validity, outer: Validity): boolean {
  return (
    (outer.from === null || (inner.from !== null && inner.from >= outer.from)) &&
    (outer.until === null || (inner.until !== null && inner.until <= outer.until))
  );
}
