/** Checks a world and turns it into what `decide` reads. All of it is in force, or none. */
import { actionBits, isAction, withImplied } from './actions.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledDoctype } from './compiled-doctype.ts';
import type { CompiledGrant, CompiledRule, CompiledRules } from './compiled-grant.ts';
import { coverageOf, type Dimensions } from './coverage.ts';
import { compileDimension, type Dimension } from './dimension.ts';
import { strangeWord } from './filter.ts';
import { grouped } from './grouped.ts';
import { slotsOf } from './held-scope.ts';
import { populationOf } from './population.ts';
import { EVERYONE, GUESTS } from './principal.ts';
import { ProfileStore } from './profile-store.ts';
import { RuleTable } from './rule-table.ts';
import {
  ANY_VALUE,
  BLANK_VALUE,
  type DoctypeShape,
  type Grant,
  type Grantee,
  type Member,
  type Rule,
  type Separation,
  type Share,
  type World,
} from './world.ts';

/** A world that contradicts itself. Nothing is decided on it: the answer is `stale_policy`. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}

/** Compiles a world; throws `WorldError` where a rule, grant or tree does not hold together. */
export function compileWorld(world: World): CompiledWorld {
  checkMembers(world.members);
  checkOnce(
    'doctype',
    world.doctypes.map(({ name }) => name),
  );
  checkOnce(
    'tree',
    world.trees.map(({ dimension }) => dimension),
  );
  const dimensions = compileDimensions(world);
  const carried = [
    ...new Set(world.doctypes.flatMap(({ paths }) => paths.map(({ dimension }) => dimension))),
  ];
  const doctypes = new Map(
    world.doctypes.map((shape, number) => [
      shape.name,
      compileDoctype(shape, number, dimensions, carried),
    ]),
  );
  const roles = new Set(world.roles.map((role) => role.name));
  const grants = world.grants.map((grant) => compileGrant(grant, roles, dimensions));
  const userGrants = grantsTo('User', grants);
  const groupGrants = grantsTo('Group', grants);
  const rules = compileRules(world, roles, doctypes);
  checkSeparations(world.separations ?? [], doctypes);
  return Object.freeze({
    epoch: world.epoch,
    source: world,
    roles,
    doctypes,
    dimensions,
    rules,
    userGrants,
    groupGrants,
    memberships: grouped(world.members, (member) => member.user),
    shares: compileShares(world),
    authorities: world.authorities,
    ruleTable: new RuleTable(rules, roles, doctypes),
    profiles: new ProfileStore(slotsOf(doctypes.values(), carried)),
    ceilings: new WeakMap(),
    population: once(() => populationOf(world, userGrants, groupGrants, rules)),
  });
}

/** Every dimension that anything speaks of: trees, scopes, and the paths of doctypes. */
function compileDimensions(world: World): Map<string, Dimension> {
  const named = new Map<string, Set<string>>();
  const valuesOf = (dimension: string): Set<string> => {
    const values = named.get(dimension) ?? new Set();
    named.set(dimension, values);
    return values;
  };
  for (const { dimension } of world.trees) valuesOf(dimension);
  for (const { paths } of world.doctypes) for (const { dimension } of paths) valuesOf(dimension);
  for (const { scope } of [...world.grants, ...world.authorities]) {
    for (const { dimension, value } of scope) {
      if (value !== ANY_VALUE && value !== BLANK_VALUE) valuesOf(dimension).add(value);
    }
  }
  const trees = new Map(world.trees.map((tree) => [tree.dimension, tree]));
  const dimensions = new Map<string, Dimension>();
  for (const [name, values] of named) {
    try {
      dimensions.set(name, compileDimension(name, trees.get(name), values));
    } catch (cause) {
      throw new WorldError((cause as Error).message, { cause });
    }
  }
  return dimensions;
}

function compileDoctype(
  shape: DoctypeShape,
  number: number,
  dimensions: Dimensions,
  slots: readonly string[],
): CompiledDoctype {
  const compiledPaths = shape.paths.map(({ dimension: name, path }) => {
    const dimension = dimensions.get(name);
    if (!dimension) throw new WorldError(`there is no dimension \`${name}\``);
    return { path, dimension, slot: slots.indexOf(name), ...placeOfPath(shape, path) };
  });
  return { ...shape, number, compiledPaths };
}

function placeOfPath(shape: DoctypeShape, path: string) {
  const [first = '', second, ...more] = path.split('.');
  if (first === '' || second === '' || more.length > 0) {
    throw new WorldError(`${shape.name} has a path that leads nowhere: \`${path}\``);
  }
  if (second === undefined) return { table: null, column: first };
  return { table: first, column: second };
}

/** Throws `WorldError` where the role is not there. */
export function compileGrant(
  grant: Grant,
  roles: ReadonlySet<string>,
  dimensions: Dimensions,
): CompiledGrant {
  if (!roles.has(grant.role)) {
    throw new WorldError(
      `grant \`${grant.name}\` gives a role that is not there: \`${grant.role}\``,
    );
  }
  return Object.freeze({ source: grant, coverage: coverageOf(grant.scope, dimensions) });
}

function compileRules(
  world: World,
  roles: ReadonlySet<string>,
  doctypes: ReadonlyMap<string, DoctypeShape>,
): CompiledRules {
  const rules = world.rules.flatMap((rule) => compileRule(rule, roles, doctypes) ?? []);
  const byRole = grouped(rules, ({ source }) => source.role);
  return new Map(
    [...byRole].map(([role, own]) => [role, grouped(own, ({ source }) => source.doctype)]),
  );
}

/** Null for a draft. Throws `WorldError` where the rule speaks of what is not there. */
export function compileRule(
  rule: Rule,
  roles: ReadonlySet<string>,
  doctypes: ReadonlyMap<string, DoctypeShape>,
): CompiledRule | null {
  if (!roles.has(rule.role)) {
    throw new WorldError(`rule \`${rule.name}\` is of a role that is not there: \`${rule.role}\``);
  }
  // A rule without a reach is a draft, whatever its status says.
  if (rule.status !== 'in force' || rule.reach === null) return null;
  if (rule.reach !== 'within' && rule.reach !== 'everything') {
    throw new WorldError(`rule \`${rule.name}\` has an unknown reach: \`${rule.reach}\``);
  }
  if (!doctypes.has(rule.doctype)) {
    throw new WorldError(`rule \`${rule.name}\` is for an unknown doctype: \`${rule.doctype}\``);
  }
  const strange = rule.when === null ? null : strangeWord(rule.when);
  if (strange !== null) {
    throw new WorldError(`rule \`${rule.name}\` has an unknown condition: \`${strange}\``);
  }
  const actions = withImplied(rule.actions);
  return {
    source: rule,
    actions,
    actionBits: actionBits(actions),
    levelBits: rule.levels.reduce((bits, level) => bits | (1 << level), 0),
    levels: new Set(rule.levels),
    except: new Set(rule.except),
  };
}

/** Throws `WorldError` where somebody is listed in a group whose members are never listed. */
export function checkMembers(members: readonly Member[]): void {
  const listed = members.find(({ group }) => group === EVERYONE || group === GUESTS);
  if (listed) {
    throw new WorldError(`group \`${listed.group}\` is built in and lists \`${listed.user}\``);
  }
}

/** Of two that are told differently, neither is the right one. */
function checkOnce(what: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new WorldError(`${what} \`${twice}\` is there twice`);
}

function checkSeparations(
  separations: readonly Separation[],
  doctypes: ReadonlyMap<string, DoctypeShape>,
): void {
  for (const { name, first, second, effect } of separations) {
    if (effect !== 'refuse' && effect !== 'flag') {
      throw new WorldError(`separation \`${name}\` has an unknown effect: \`${effect}\``);
    }
    for (const { doctype, action } of [first, second]) {
      if (!doctypes.has(doctype)) {
        throw new WorldError(`separation \`${name}\` is for an unknown doctype: \`${doctype}\``);
      }
      if (!isAction(action)) {
        throw new WorldError(`separation \`${name}\` has an unknown action: \`${action}\``);
      }
    }
  }
}

/** Makes a value when it is first asked for. */
export function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

function compileShares(world: World): Map<string, Map<string, Share[]>> {
  const byUser = grouped(world.shares, (share) => share.user);
  return new Map(
    [...byUser].map(([user, shares]) => [user, grouped(shares, (share) => share.doctype)]),
  );
}

function grantsTo(type: Grantee['type'], grants: readonly CompiledGrant[]) {
  const given = grants.filter((grant) => grant.source.grantee.type === type);
  return grouped(given, (grant) => grant.source.grantee.name);
}
