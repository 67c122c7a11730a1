/** What is asked besides decisions, once more: what may ever be, and who could help. */
import type { Giver } from '../../src/authz/givers.ts';
import {
  brings,
  covers,
  holds,
  inTime,
  lineOf,
  names,
  type Principal,
  type World,
} from './reference.ts';
import { referenceAmong } from './reference-authority.ts';
import type { Row, Values } from './reference-filter.ts';

/** Anything of a doctype, by an action, now. */
export type AnyQuestion = {
  readonly principal: Principal;
  readonly action: string;
  readonly doctype: string;
  readonly now: number;
};

/** The levels of all that could allow the action on some document, whatever ceilings say. */
export function referenceLevelsAnywhere(world: World, question: AnyQuestion): Set<number> {
  const { principal, action, doctype, now } = question;
  const paths = world.doctypes.find((shape) => shape.name === doctype)?.paths ?? [];
  const found = new Set<number>();
  let isAny = false;
  for (const grant of world.grants) {
    if (!inTime(grant, now) || !holds(world, principal, grant.grantee, now)) continue;
    for (const rule of inForce(world, doctype, action)) {
      if (rule.role !== grant.role) continue;
      const isNamed = paths.every(
        ({ dimension }) => names(grant.scope, dimension) || rule.except.includes(dimension),
      );
      if (!isNamed && rule.reach !== 'everything') continue;
      isAny = true;
      for (const level of rule.levels) found.add(level);
    }
  }
  const shares = world.shares.filter((share) => share.doctype === doctype && inTime(share, now));
  if (shares.some(({ user, actions }) => user === principal.id && brings(actions, action))) {
    found.add(0);
    isAny = true;
  }
  // Something that opens no level at all is something still.
  return isAny ? found.add(ANY) : found;
}

/** Stands in a set of levels where the action may ever be done. */
export const ANY = -1;

/** May it be worth offering at all? */
export function referenceMayEver(world: World, question: AnyQuestion): boolean {
  const { principal, action, doctype } = question;
  const isLeft = principal.ceilings.every(
    ({ actions, doctypes }) =>
      (!actions || brings(actions, action)) && (!doctypes || doctypes.includes(doctype)),
  );
  return isLeft && referenceLevelsAnywhere(world, question).has(ANY);
}

function inForce(world: World, doctype: string, action: string) {
  return world.rules.filter(
    (rule) =>
      rule.doctype === doctype &&
      rule.status === 'in force' &&
      rule.reach !== null &&
      brings(rule.actions, action),
  );
}

/** Who could give the user a role for this, on this document or, without one, on any. */
export function referenceGivers(
  world: World,
  user: string,
  { action, doctype }: { readonly action: string; readonly doctype: string },
  document: Values | null,
): Giver[] {
  const roles = [...new Set(inForce(world, doctype, action).map(({ role }) => role))];
  const found: { holder: Giver['holder']; roles: string[] }[] = [];
  for (const authority of world.authorities) {
    const { holder } = authority;
    if (referenceAmong(world, user, holder)) continue;
    if (document !== null && !isInside(world, authority.scope, doctype, document)) continue;
    const own = roles.filter(
      (role) =>
        authority.roles.includes(role) ||
        (authority.roles.includes('*') && !authority.exceptRoles.includes(role)),
    );
    if (own.length === 0) continue;
    const known = found.find(
      (one) => one.holder.type === holder.type && one.holder.name === holder.name,
    );
    if (known) known.roles = [...new Set([...known.roles, ...own])].sort();
    else found.push({ holder, roles: own.sort() });
  }
  const nameOf = ({ holder }: Giver) => `${holder.name} ${holder.type}`;
  return found.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function isInside(
  world: World,
  scope: World['authorities'][number]['scope'],
  doctype: string,
  document: Values,
): boolean {
  const paths = world.doctypes.find((shape) => shape.name === doctype)?.paths ?? [];
  return paths.every(({ dimension, path }) => {
    if (!names(scope, dimension)) return true;
    const [field = '', column] = path.split('.');
    const rows = column === undefined ? [document] : (document[field] as readonly Row[]);
    return (rows.length > 0 ? rows : [{}]).every((row: Values) => {
      const value = (row[column ?? field] ?? null) as string | number | null;
      return covers(scope, dimension, lineOf(world, dimension, value));
    });
  });
}
