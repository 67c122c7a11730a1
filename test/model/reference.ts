/**
 * The decision once more, as plain loops over the plain world: what the kernel must agree with.
 *
 * Written to be read beside section 2 of the design, not for speed. It shares types with the
 * kernel and no code; trees, for one, are walked upwards here and downwards there.
 */

import type { Scalar } from '../../src/authz/filter.ts';
import type { RoleGain } from '../../src/authz/gain.ts';
import type { Principal } from '../../src/authz/principal.ts';
import type {
  DimensionPath,
  Grantee,
  GrantingAuthority,
  Rule,
  ScopeValue,
  Validity,
  World,
} from '../../src/authz/world.ts';
import { meets, type Values } from './reference-filter.ts';

export type Question = {
  readonly principal: Principal;
  readonly action: string;
  readonly doctype: string;
  readonly document: Values;
  readonly now: number;
};

/** May the principal do the action on the document? */
export function referenceDecide(world: World, question: Question): boolean {
  return referenceWitnesses(world, question).length > 0 && withinCeilings(world, question);
}

/** The field levels open for the action on the document: none where it is refused. */
export function referenceLevels(world: World, question: Question): Set<number> {
  if (!withinCeilings(world, question)) return new Set();
  return new Set(referenceWitnesses(world, question).flatMap((witness) => witness.levels));
}

/** Everything that says yes, ceilings aside: each grant by each of its rules, and each share. */
export function referenceWitnesses(world: World, question: Question) {
  const { principal, action, doctype, document, now } = question;
  const found: { name: string; levels: readonly number[] }[] = [];
  for (const grant of world.grants) {
    if (!inTime(grant, now) || !holds(world, principal, grant.grantee, now)) continue;
    for (const rule of world.rules) {
      if (rule.role !== grant.role || rule.doctype !== doctype) continue;
      if (rule.status !== 'in force' || rule.reach === null) continue;
      if (!brings(rule.actions, action)) continue;
      if (rule.when !== null && !meets(rule.when, document, principal.id)) continue;
      if (!reaches(world, grant.scope, rule, document)) continue;
      found.push({ name: grant.name, levels: rule.levels });
    }
  }
  for (const share of world.shares) {
    if (share.user !== principal.id || share.doctype !== doctype || !inTime(share, now)) continue;
    if (share.document !== document['name'] || !brings(share.actions, action)) continue;
    found.push({ name: share.name, levels: [0] });
  }
  return found;
}

/** Does this role in this scope lie inside one authority that the actor holds now? */
export function referenceInsideAuthority(
  world: World,
  actor: Principal,
  given: Omit<RoleGain, 'grantee'>,
  now: number,
): boolean {
  return world.authorities.some((authority) => {
    if (!holds(world, actor, authority.holder, now)) return false;
    // A role that nobody has thought of yet stands for all of those to come.
    const { role, exceptRoles = [] } = given;
    const every = [...world.roles.map(({ name }) => name), 'a role to come'];
    const meant = role === '*' ? every.filter((name) => !exceptRoles.includes(name)) : [role];
    const given1 = ({ roles, exceptRoles: out }: GrantingAuthority, name: string) =>
      roles.includes(name) || (roles.includes('*') && !out.includes(name));
    if (!meant.every((name) => given1(authority, name))) return false;
    return authority.scope.every(({ dimension }) => {
      const named = given.scope.some((entry) => entry.dimension === dimension);
      const lines = linesOf(world, dimension, [...given.scope, ...authority.scope]);
      const gained = lines.filter((line) => !named || covers(given.scope, dimension, line));
      return gained.every((line) => covers(authority.scope, dimension, line));
    });
  });
}

/** Is the user the grantee, or a member of it at any time, past or to come? */
export function referenceAmong(world: World, user: string, grantee: Grantee): boolean {
  if (grantee.type === 'User') return grantee.name === user;
  if (grantee.name === 'Everyone' || grantee.name === 'Guests') return true;
  return world.members.some((member) => member.group === grantee.name && member.user === user);
}

export function inTime({ from, until }: Validity, now: number): boolean {
  return !(from !== null && now < from) && !(until !== null && now >= until);
}

/** Does the principal hold what this grantee holds, directly or as a member now? */
export function holds(world: World, who: Principal, grantee: Grantee, now: number): boolean {
  if (grantee.type === 'User') return grantee.name === who.id;
  if (grantee.name === 'Everyone') return who.kind === 'user';
  if (grantee.name === 'Guests') return who.kind === 'guest';
  const rows = world.members.filter((member) => member.group === grantee.name);
  return rows.some((member) => member.user === who.id && inTime(member, now));
}

/** Every action on an existing document brings `read`, and with it `select`. */
function brings(actions: readonly string[], wanted: string): boolean {
  if (actions.includes(wanted)) return true;
  if (wanted !== 'read' && wanted !== 'select') return false;
  return actions.some((had) => !['select', 'inspect', 'create', 'import'].includes(had));
}

function reaches(world: World, scope: readonly ScopeValue[], rule: Rule, document: Values) {
  if (rule.reach === 'everything') return true;
  return pathsOf(world, rule.doctype).every((path) =>
    scope.some(({ dimension }) => dimension === path.dimension)
      ? coversAt(world, scope, path, document)
      : rule.except.includes(path.dimension),
  );
}

function withinCeilings(world: World, { principal, action, doctype, document }: Question) {
  return principal.ceilings.every(({ actions, doctypes, scope = [] }) => {
    if (actions && !brings(actions, action)) return false;
    if (doctypes && !doctypes.includes(doctype)) return false;
    return pathsOf(world, doctype).every((path) => {
      const isNamed = scope.some(({ dimension }) => dimension === path.dimension);
      return !isNamed || coversAt(world, scope, path, document);
    });
  });
}

function pathsOf(world: World, doctype: string) {
  return world.doctypes.find((shape) => shape.name === doctype)?.paths ?? [];
}

/** Is the value on the path covered? Of rows each one: no rows are one that is blank. */
function coversAt(
  world: World,
  scope: readonly ScopeValue[],
  { dimension, path }: DimensionPath,
  document: Values,
): boolean {
  const [field = '', column = field] = path.split('.');
  const rows = column === field ? [document] : (document[field] as readonly Values[]);
  return (rows.length > 0 ? rows : [{}]).every((row: Values) =>
    covers(scope, dimension, lineOf(world, dimension, (row[column] ?? null) as Scalar | null)),
  );
}

/** A value, its parent, and so on up to the root; empty for a blank. */
type Line = readonly Scalar[];

function covers(scope: readonly ScopeValue[], dimension: string, line: Line): boolean {
  return scope.some((entry) => {
    if (entry.dimension !== dimension) return false;
    if (entry.value === '(blank)') return line.length === 0;
    if (entry.value === '*') return line.length > 0;
    return line[0] === entry.value || (entry.descendants && line.includes(entry.value));
  });
}

function lineOf(world: World, dimension: string, value: Scalar | null): Line {
  const line: Scalar[] = [];
  const tree = world.trees.find((one) => one.dimension === dimension);
  for (let at = value; at !== null; at = tree?.parents.get(String(at)) ?? null) line.push(at);
  return line;
}

/** Lines that tell two scopes apart: blank, a stranger, all that is named, and children to come. */
function linesOf(world: World, dimension: string, scope: readonly ScopeValue[]): Line[] {
  const tree = world.trees.find((one) => one.dimension === dimension);
  const named = scope.filter((entry) => entry.dimension === dimension).map(({ value }) => value);
  const known = [...(tree?.parents.keys() ?? []), ...named.filter((one) => !/^[*(]/.test(one))];
  const lines = known.map((value) => lineOf(world, dimension, value));
  return [[], ['a stranger'], ...lines, ...lines.map((line) => ['a child to come', ...line])];
}
