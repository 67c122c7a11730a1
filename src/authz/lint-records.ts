/** Permission records that are left lying about, or give more than they seem to. */
import type { CompiledWorld } from './compiled.ts';
import {
  ALWAYS_TOLD,
  type Doctypes,
  type LintCode,
  type LintSubject,
  type Suspect,
} from './lint-finding.ts';
import { nameOf } from './lint-rules.ts';
import { EVERYONE, GUEST, GUESTS } from './principal.ts';
import { isValid } from './validity.ts';
import type { Grantee } from './world.ts';

/** Of shares, of people who may not act, of authorities, and of roles. */
export function recordSuspects(world: CompiledWorld, wanted: Doctypes, now: number): Suspect[] {
  return [
    ...lastingShares(world, wanted),
    ...lastingGrants(world),
    ...lastingMembers(world),
    ...wideAuthorities(world),
    ...unheldRoles(world, now),
  ];
}

/** Without a document that anything opens. */
function bare(code: LintCode, subject: LintSubject): Suspect {
  return {
    ...{ code, subject, doctype: null, isPersonal: false, fields: [] },
    ...{ opener: null, isWorthTelling: ALWAYS_TOLD },
  };
}

/** Shares of personal documents that nobody has to renew. A share opens level 0 only. */
function lastingShares({ source, doctypes }: CompiledWorld, wanted: Doctypes): Suspect[] {
  return source.shares.flatMap((share) => {
    const shape = doctypes.get(share.doctype);
    if (!shape || !wanted.has(shape.name) || share.until !== null) return [];
    const fields = [...shape.personal].filter((field) => shape.levels.get(field) === 0).sort();
    if (fields.length === 0) return [];
    const { name, user, document, doctype } = share;
    const suspect: Suspect = {
      ...bare('share_without_end', { kind: 'share', name, role: null, to: user }),
      ...{ doctype, isPersonal: true, fields, document: { name: document, user } },
    };
    return [suspect];
  });
}

/** To people who may not act: whoever enables them again gives all of it back. */
function lastingGrants({ source }: CompiledWorld): Suspect[] {
  const mayAct = actingOf(source.users);
  return source.grants
    .filter(
      ({ grantee, until }) => grantee.type === 'User' && !mayAct(grantee.name) && until === null,
    )
    .map(({ name, role, grantee }) =>
      bare('grant_to_disabled', { kind: 'grant', name, role, to: nameOf(grantee) }),
    );
}

function lastingMembers({ source }: CompiledWorld): Suspect[] {
  const mayAct = actingOf(source.users);
  return source.members
    .filter(({ user, until }) => !mayAct(user) && until === null)
    .map(({ group, user }) =>
      bare('member_disabled', { kind: 'member', name: user, role: null, to: `group ${group}` }),
    );
}

function wideAuthorities({ source }: CompiledWorld): Suspect[] {
  return source.authorities
    .filter(({ roles }) => roles.includes('*'))
    .map(({ name, holder }) =>
      bare('authority_over_all_roles', {
        ...{ kind: 'authority', name, role: '*', to: nameOf(holder) },
      }),
    );
}

/** Roles that nobody who may act holds, now or by a grant that begins later. */
function unheldRoles({ source }: CompiledWorld, now: number): Suspect[] {
  const mayAct = actingOf(source.users);
  const inGroups = new Set(
    source.members
      .filter(({ user, until }) => mayAct(user) && isValid({ from: null, until }, now))
      .map(({ group }) => group),
  );
  const isSomebody = ({ type, name }: Grantee): boolean =>
    type === 'User' ? mayAct(name) : name === EVERYONE || name === GUESTS || inGroups.has(name);
  const held = new Set(
    source.grants
      .filter(({ grantee, until }) => isSomebody(grantee) && isValid({ from: null, until }, now))
      .map(({ role }) => role),
  );
  return source.roles
    .filter(({ name }) => !held.has(name))
    .map(({ name }) => bare('role_nobody_holds', { kind: 'role', name, role: name, to: null }));
}

/** Whoever has not signed in is somebody, too. */
function actingOf(users: readonly string[]): (name: string) => boolean {
  const known = new Set([...users, GUEST]);
  return (name) => known.has(name);
}
