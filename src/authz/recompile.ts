/**
 * A compiled world after a change. What the change does not touch is taken over as it is, so
 * that one grant is in force without compiling everything again.
 */
import { affectedBy } from './affected.ts';
import { checkMembers, compileGrant, compileRule, compileWorld, once } from './compile.ts';
import type { CompiledWorld } from './compiled.ts';
import type { CompiledGrant, CompiledRule, CompiledRules } from './compiled-grant.ts';
import { growDimension } from './dimension.ts';
import { grouped } from './grouped.ts';
import { populationOf } from './population.ts';
import { RuleTable } from './rule-table.ts';
import {
  ANY_VALUE,
  BLANK_VALUE,
  type Grant,
  type Grantee,
  type Rule,
  type Share,
  type World,
} from './world.ts';
import { applyChange, isReshaping, type Turnover, type WorldChange } from './world-change.ts';

/** Throws `WorldError` where the changed world does not hold together, like `compileWorld`. */
export function recompile(world: CompiledWorld, change: WorldChange): CompiledWorld {
  return recompileTo(world, applyChange(world.source, change), change);
}

/**
 * The same to a world that is known already, such as one that was fetched: `source` differs from
 * the one before by the change, by its epoch, and by who may act, and by nothing else.
 */
export function recompileTo(
  world: CompiledWorld,
  source: World,
  change: WorldChange,
): CompiledWorld {
  if (!isLocal(world, change)) return compileWorld(source);
  const roles = change.roles
    ? new Set([...world.roles, ...change.roles.added.map(({ name }) => name)])
    : world.roles;
  const known = { ...world, roles };
  const rules = change.rules ? turnRules(known, change.rules) : world.rules;
  const userGrants = change.grants ? turnGrants(known, 'User', change.grants) : world.userGrants;
  const groupGrants = change.grants ? turnGrants(known, 'Group', change.grants) : world.groupGrants;
  const hasOtherRules = change.rules !== undefined || change.roles !== undefined;
  return Object.freeze({
    ...known,
    epoch: source.epoch,
    source,
    rules,
    ruleTable: hasOtherRules ? new RuleTable(rules, roles, world.doctypes) : world.ruleTable,
    userGrants,
    groupGrants,
    memberships: change.members
      ? turned(world.memberships, change.members, ({ user }) => user)
      : world.memberships,
    shares: change.shares ? turnShares(world, change.shares) : world.shares,
    authorities: source.authorities,
    profiles: world.profiles.without(holdersChanged(world, change)),
    population: isOfSamePopulation(world, source, change)
      ? world.population
      : once(() => populationOf(source, userGrants, groupGrants, rules)),
  });
}

/** A rule, or a new role, changes what a role may do, and nothing of who holds it. */
function holdersChanged(world: CompiledWorld, { rules: _, roles: __, ...change }: WorldChange) {
  return affectedBy(world, change).principals;
}

/** True where nothing changed of who may act, what is given to them, and what that opens. */
function isOfSamePopulation(
  { source: before }: CompiledWorld,
  source: World,
  { grants, members, shares, rules }: WorldChange,
): boolean {
  return before.users === source.users && !grants && !members && !shares && !rules;
}

/** True where no dimension is numbered anew, no role goes, and no doctype changes. */
function isLocal(world: CompiledWorld, change: WorldChange): boolean {
  const { moves, renames, roles, members, separations, grants, authorities } = change;
  if (moves || renames || separations || isReshaping(change)) return false;
  // Roles are numbered in their order: new ones come last, and the others keep their numbers.
  if (roles && roles.gone.length > 0) return false;
  checkMembers(members?.added ?? []);
  return [...(grants?.added ?? []), ...(authorities?.added ?? [])].every(({ scope }) =>
    scope.every(({ dimension }) => world.dimensions.has(dimension)),
  );
}

function turnGrants(
  world: CompiledWorld,
  type: Grantee['type'],
  { gone, added }: Turnover<Grant>,
): ReadonlyMap<string, readonly CompiledGrant[]> {
  const before = type === 'User' ? world.userGrants : world.groupGrants;
  const ofType = (grant: Grant): boolean => grant.grantee.type === type;
  const going = gone
    .filter(ofType)
    .flatMap(
      (grant) => before.get(grant.grantee.name)?.find(({ source }) => source === grant) ?? [],
    );
  const coming = added.filter(ofType).map((grant) => {
    nameValues(world, grant);
    return compileGrant(grant, world.roles, world.dimensions);
  });
  const turnover = { gone: going, added: coming };
  return turned(before, turnover, ({ source }) => source.grantee.name);
}

/** A value that no grant has named yet gets a number of its own, which no other covers. */
function nameValues(world: CompiledWorld, { scope }: Grant): void {
  for (const { dimension, value } of scope) {
    const known = world.dimensions.get(dimension);
    if (known && value !== ANY_VALUE && value !== BLANK_VALUE) growDimension(known, value);
  }
}

function turnRules(world: CompiledWorld, { gone, added }: Turnover<Rule>): CompiledRules {
  const going = new Set(gone);
  const rules = new Map(world.rules);
  for (const role of new Set([...gone, ...added].map((rule) => rule.role))) {
    const kept = [...(rules.get(role)?.values() ?? [])]
      .flat()
      .filter(({ source }) => !going.has(source));
    const coming = added
      .filter((rule) => rule.role === role)
      .flatMap((rule) => compileRule(rule, world.roles, world.doctypes) ?? []);
    rules.set(
      role,
      grouped<CompiledRule>([...kept, ...coming], ({ source }) => source.doctype),
    );
  }
  return rules;
}

function turnShares(world: CompiledWorld, turnover: Turnover<Share>): CompiledWorld['shares'] {
  const shares = new Map(world.shares);
  for (const user of new Set([...turnover.gone, ...turnover.added].map((share) => share.user))) {
    const own = (share: Share): boolean => share.user === user;
    const ownTurnover = { gone: turnover.gone.filter(own), added: turnover.added.filter(own) };
    shares.set(
      user,
      turned(shares.get(user) ?? new Map(), ownTurnover, ({ doctype }) => doctype),
    );
  }
  return shares;
}

/** The map with some items gone from under their keys, and others added. */
function turned<Item>(
  map: ReadonlyMap<string, readonly Item[]>,
  { gone, added }: Turnover<Item>,
  keyOf: (item: Item) => string,
): Map<string, readonly Item[]> {
  const after = new Map(map);
  const going = new Set(gone);
  for (const key of new Set([...gone, ...added].map(keyOf))) {
    const kept = (map.get(key) ?? []).filter((item) => !going.has(item));
    const items = [...kept, ...added.filter((item) => keyOf(item) === key)];
    if (items.length > 0) after.set(key, items);
    else after.delete(key);
  }
  return after;
}
