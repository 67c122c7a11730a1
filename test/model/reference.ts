/**
 * The decision once more, as plain loops over the plain world: what the kernel must agree with.
 *
 * Written to be read beside section 2 of the design, not for speed. It shares types with the
 * kernel and no code; trees, for one, are walked upwards here and downwards there.
 */
import type * as authz from '../../src/authz/index.ts';
import { meets, type Values } from './reference-filter.ts';

export type World = authz.World;
export type Principal = authz.Principal;
export type Scope = readonly authz.ScopeValue[];
/** A value, its parent, and so on up to the root; empty for a blank. */
export type Line = readonly authz.Scalar[];

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

/** `from ≤ now < until`. */
export function inTime({ from, until }: authz.Validity, now: number): boolean {
  return !(from !== null && now < from) && !(until !== null && now >= until);
}

/** Does the principal hold what this grantee holds, directly or as a member now? */
export function holds(world: World, who: Principal, grantee: authz.Grantee, now: number): boolean {
  if (grantee.type === 'User') return grantee.name === who.id;
  if (grantee.name === 'Everyone') return who.kind === 'user';
  if (grantee.name === 'Guests') return who.kind === 'guest';
  const rows = world.members.filter((member) => member.group === grantee.name);
  return rows.some((member) => member.user === who.id && inTime(member, now));
}

/** Every action on an existing document brings `read`, and with it `select`. */
export function brings(actions: readonly string[], wanted: string): boolean {
  if (actions.includes(wanted)) return true;
  if (wanted !== 'read' && wanted !== 'select') return false;
  return actions.some((had) => !['select', 'inspect', 'create', 'import'].includes(had));
}

function reaches(world: World, scope: Scope, rule: authz.Rule, document: Values): boolean {
  if (rule.reach === 'everything') return true;
  return pathsOf(world, rule.doctype).every((path) =>
    names(scope, path.dimension)
      ? coversAt(world, scope, path, document)
      : rule.except.includes(path.dimension),
  );
}

function withinCeilings(world: World, { principal, action, doctype, document }: Question) {
  return principal.ceilings.every(({ actions, doctypes, scope = [] }) => {
    if (actions && !brings(actions, action)) return false;
    if (doctypes && !doctypes.includes(doctype)) return false;
    const named = pathsOf(world, doctype).filter(({ dimension }) => names(scope, dimension));
    return named.every((path) => coversAt(world, scope, path, document));
  });
}

function pathsOf(world: World, doctype: string): readonly authz.DimensionPath[] {
  return world.doctypes.find((shape) => shape.name === doctype)?.paths ?? [];
}

/** Does the scope say anything of the dimension? */
export function names(scope: Scope, dimension: string): boolean {
  return scope.some((entry) => entry.dimension === dimension);
}

/** Is the value on the path covered? Of rows each one: no rows are one that is blank. */
function coversAt(world: World, scope: Scope, at: authz.DimensionPath, document: Values): boolean {
  const [field = '', column = field] = at.path.split('.');
  const rows = column === field ? [document] : (document[field] as readonly Values[]);
  return (rows.length > 0 ? rows : [{}]).every((row: Values) => {
    const value = (row[column] ?? null) as authz.Scalar | null;
    return covers(scope, at.dimension, lineOf(world, at.dimension, value));
  });
}

/** Does the scope cover a value, told by its line, of the dimension? */
export function covers(scope: Scope, dimension: string, line: Line): boolean {
  return scope.some((entry) => {
    if (entry.dimension !== dimension) return false;
    if (entry.value === '(blank)') return line.length === 0;
    if (entry.value === '*') return line.length > 0;
    return line[0] === entry.value || (entry.descendants && line.includes(entry.value));
  });
}

/** Trees are walked upwards. */
export function lineOf(world: World, dimension: string, value: authz.Scalar | null): Line {
  const line: authz.Scalar[] = [];
  const tree = world.trees.find((one) => one.dimension === dimension);
  for (let at = value; at !== null; at = tree?.parents.get(String(at)) ?? null) line.push(at);
  return line;
}
