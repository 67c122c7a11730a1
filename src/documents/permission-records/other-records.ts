/** Groups, shares, authorities and moves in a tree: each gives something to somebody. */
import {
  ANY_ROLE,
  compileWorld,
  coverageOf,
  coveredValues,
  type DocumentFacts,
  decide,
  EVERYONE,
  type Gain,
  GUESTS,
  isAction,
  type ScopeValue,
  withImplied,
} from '../../authz/index.ts';
import { notFound, Refusal } from '../../base/errors.ts';
import { documentFrom, type StoredValues, selectDocument } from '../../store/read-documents.ts';
import { factsOf, type WriteWork } from '../work.ts';
import { gainsOfAuthority, gainsOfMember, requireAuthority } from './gains.ts';
import { granteeOf } from './grant-record.ts';
import { checkScope, invalid, listOf, scopeOf } from './scope.ts';

/** A member who is new, or whose time grows, gains all that the group has. */
export function checkGroup(work: WriteWork): void {
  const group = String(work.after.values['name'] ?? work.name);
  const members = work.after.tables['members'] ?? [];
  if ((group === EVERYONE || group === GUESTS) && members.length > 0) {
    throw invalid('members', `of ${group} are not listed: it is built in.`);
  }
  const before = work.before?.tables['members'] ?? [];
  const unchanged = (row: StoredValues): boolean =>
    before.some((old) => ['user', 'from', 'until'].every((key) => old[key] === row[key]));
  const gains = members
    .filter((row) => !unchanged(row))
    .flatMap((row) => gainsOfMember(work, group, String(row['user'])));
  requireAuthority(work, gains);
}

/** An authority is given only by one that covers it. */
export async function checkAuthority(work: WriteWork): Promise<void> {
  const roles = listOf(work.after.values, 'roles');
  const exceptRoles = listOf(work.after.values, 'except_roles');
  const known = new Set(work.moment.policy.world.source.roles.map(({ name }) => name));
  const isUnknown = (role: string): boolean => !known.has(role);
  const unknown = roles.find((role) => role !== ANY_ROLE && isUnknown(role));
  if (unknown !== undefined) throw invalid('roles', `has no role \`${unknown}\`.`);
  if (roles.length === 0) throw invalid('roles', 'needs at least one role.');
  const stray = exceptRoles.find(isUnknown);
  if (stray !== undefined) throw invalid('except_roles', `has no role \`${stray}\`.`);
  if (exceptRoles.length > 0 && !roles.includes(ANY_ROLE)) {
    throw invalid('except_roles', 'leaves roles out of `*`, which `roles` does not name.');
  }
  const scope = scopeOf(work.after.tables['scope'] ?? []);
  await checkScope(work, scope);
  const holder = granteeOf(work, 'holder_type', 'holder');
  requireAuthority(work, gainsOfAuthority(holder, { roles, exceptRoles }, scope));
}

/** Who shares a document must hold `share` on it and every action that is passed on. */
export async function checkShare(work: WriteWork): Promise<void> {
  const { values } = work.after;
  const actions = listOf(values, 'actions');
  if (actions.length === 0 || !actions.every(isAction))
    throw invalid('actions', 'takes actions only.');
  if (values['user'] === work.caller.principal.id) {
    throw new Refusal('self_gain', 'A document cannot be shared with yourself.');
  }
  const doctype = String(values['document_type']);
  const name = String(values['document_name']);
  const document = await readable(work, doctype, name);
  if (!document) throw notFound(doctype, name);
  for (const action of withImplied(['share', ...actions.filter(isAction)])) {
    const request = {
      principal: work.caller.principal,
      action,
      doctype,
      document,
      now: work.moment.now,
    };
    if (!decide(work.moment.policy.world, request).allowed) {
      throw new Refusal(
        'outside_authority',
        `You may not ${action} this ${doctype}, so you cannot share that.`,
      );
    }
  }
}

async function readable(
  work: WriteWork,
  doctype: string,
  name: string,
): Promise<DocumentFacts | null> {
  const table = work.moment.policy.tables.get(doctype);
  if (!table || table.doctype.istable) return null;
  const [result] = await work.transaction.run('read', selectDocument(table, name));
  const document = documentFrom(table, result);
  return document && factsOf(table, document);
}

/**
 * A move in a tree gives whoever holds a grant with descendants above the new place, and lets
 * whoever holds an authority there give more than before.
 */
export function checkTreeMove(work: WriteWork): void {
  const { doctype, before, after, moment } = work;
  const field = doctype.parent_field;
  if (!doctype.is_dimension || !field || !before || before.values[field] === after.values[field])
    return;
  const { source } = moment.policy.world;
  const parent = after.values[field] === null ? null : String(after.values[field]);
  const trees = source.trees.map((tree) => {
    if (tree.dimension !== doctype.name) return tree;
    return {
      ...tree,
      parents: new Map([...tree.parents, [String(before.values['name']), parent]]),
    };
  });
  let moved: ReturnType<typeof compileWorld>;
  try {
    moved = compileWorld({ ...source, trees });
  } catch (error) {
    throw invalid(field, `cannot be this: ${(error as Error).message}.`);
  }
  requireAuthority(work, [
    ...gainsOfMove(moment.policy.world, moved, doctype.name),
    ...authoritiesGrown(moment.policy.world, moved, doctype.name),
  ]);
}

type Compiled = ReturnType<typeof compileWorld>;

function gainsOfMove(before: Compiled, after: Compiled, dimension: string): Gain[] {
  return after.source.grants.flatMap(({ grantee, role, scope }) => {
    const gained = scopeGained(before, after, dimension, scope);
    return gained ? [{ grantee, role, scope: gained }] : [];
  });
}

function authoritiesGrown(before: Compiled, after: Compiled, dimension: string): Gain[] {
  return after.source.authorities.flatMap((authority) => {
    const gained = scopeGained(before, after, dimension, authority.scope);
    return gained ? gainsOfAuthority(authority.holder, authority, gained) : [];
  });
}

/** The same scope with only the values that it covers after the move and not before. */
function scopeGained(
  before: Compiled,
  after: Compiled,
  dimension: string,
  scope: readonly ScopeValue[],
): ScopeValue[] | null {
  const known = new Set(valuesIn(before, dimension, scope));
  const gained = valuesIn(after, dimension, scope).filter((value) => !known.has(value));
  if (gained.length === 0) return null;
  const others = scope.filter((entry) => entry.dimension !== dimension);
  return [...others, ...gained.map((value) => ({ dimension, value, descendants: false }))];
}

function valuesIn(world: Compiled, dimension: string, scope: readonly ScopeValue[]): string[] {
  const coverage = coverageOf(scope, world.dimensions).get(dimension);
  return coverage ? coveredValues(coverage, world.dimensions.get(dimension)) : [];
}
