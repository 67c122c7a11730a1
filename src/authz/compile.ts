/** Checks a world and turns it into what `decide` reads. All of it is in force, or none. */
import { type Action, withImplied } from './actions.ts';
import { type Children, childrenOf, coverageOf, type ScopeCoverage } from './coverage.ts';
import type {
  DoctypeShape,
  Grant,
  Grantee,
  GrantingAuthority,
  Member,
  Rule,
  Share,
  Validity,
  World,
} from './world.ts';

/** A rule as decisions read it: with the actions it implies, and as sets. */
export type CompiledRule = {
  readonly source: Rule;
  readonly actions: ReadonlySet<Action>;
  readonly levels: ReadonlySet<number>;
  readonly except: ReadonlySet<string>;
};

/** A grant with its scope spelled out. */
export type CompiledGrant = { readonly source: Grant; readonly coverage: ScopeCoverage };

/** A grant as one user holds it: directly, or while a member of a group. */
export type Holding = { readonly grant: CompiledGrant; readonly member: Member | null };

export type CompiledWorld = {
  readonly epoch: number;
  readonly source: World;
  readonly doctypes: ReadonlyMap<string, DoctypeShape>;
  readonly trees: ReadonlyMap<string, Children>;
  /** Rules in force by role, then by doctype. */
  readonly rules: ReadonlyMap<string, ReadonlyMap<string, readonly CompiledRule[]>>;
  /** Grants given to a user by name. */
  readonly userGrants: ReadonlyMap<string, readonly CompiledGrant[]>;
  readonly groupGrants: ReadonlyMap<string, readonly CompiledGrant[]>;
  readonly memberships: ReadonlyMap<string, readonly Member[]>;
  /** By user, then by doctype. */
  readonly shares: ReadonlyMap<string, ReadonlyMap<string, readonly Share[]>>;
  readonly authorities: readonly GrantingAuthority[];
};

/** A world that contradicts itself. Nothing is decided on it: the answer is `stale_policy`. */
export class WorldError extends Error {
  override readonly name = 'WorldError';
}

/** Compiles a world; throws `WorldError` where a rule, grant or tree does not hold together. */
export function compileWorld(world: World): CompiledWorld {
  const doctypes = new Map(world.doctypes.map((shape) => [shape.name, shape]));
  const trees = compileTrees(world);
  const roles = new Set(world.roles.map((role) => role.name));
  const grants = world.grants.map((grant) => compileGrant(grant, roles, trees));
  return Object.freeze({
    epoch: world.epoch,
    source: world,
    doctypes,
    trees,
    rules: compileRules(world, roles, doctypes),
    userGrants: grantsTo('User', grants),
    groupGrants: grantsTo('Group', grants),
    memberships: grouped(world.members, (member) => member.user),
    shares: compileShares(world),
    authorities: world.authorities,
  });
}

/** INVARIANT (revoked-means-now): from ≤ now < until, both in UTC milliseconds. */
export function isValid(validity: Validity, now: number): boolean {
  return (
    (validity.from === null || validity.from <= now) &&
    (validity.until === null || now < validity.until)
  );
}

function compileTrees(world: World): Map<string, Children> {
  const trees = new Map<string, Children>();
  for (const tree of world.trees) {
    try {
      trees.set(tree.dimension, childrenOf(tree));
    } catch (cause) {
      throw new WorldError((cause as Error).message, { cause });
    }
  }
  return trees;
}

function compileGrant(
  grant: Grant,
  roles: ReadonlySet<string>,
  trees: ReadonlyMap<string, Children>,
): CompiledGrant {
  if (!roles.has(grant.role)) {
    throw new WorldError(
      `grant \`${grant.name}\` gives a role that is not there: \`${grant.role}\``,
    );
  }
  return Object.freeze({ source: grant, coverage: coverageOf(grant.scope, trees) });
}

function compileRules(
  world: World,
  roles: ReadonlySet<string>,
  doctypes: ReadonlyMap<string, DoctypeShape>,
): Map<string, Map<string, CompiledRule[]>> {
  const byRole = new Map<string, Map<string, CompiledRule[]>>();
  for (const rule of world.rules) {
    if (!roles.has(rule.role)) {
      throw new WorldError(
        `rule \`${rule.name}\` is of a role that is not there: \`${rule.role}\``,
      );
    }
    // A rule without a reach is a draft, whatever its status says.
    if (rule.status !== 'in force' || rule.reach === null) continue;
    if (rule.reach !== 'within' && rule.reach !== 'everything') {
      throw new WorldError(`rule \`${rule.name}\` has an unknown reach: \`${rule.reach}\``);
    }
    if (!doctypes.has(rule.doctype)) {
      throw new WorldError(`rule \`${rule.name}\` is for an unknown doctype: \`${rule.doctype}\``);
    }
    const byDoctype = byRole.get(rule.role) ?? new Map<string, CompiledRule[]>();
    byRole.set(rule.role, byDoctype);
    const rules = byDoctype.get(rule.doctype) ?? [];
    byDoctype.set(rule.doctype, rules);
    rules.push({
      source: rule,
      actions: withImplied(rule.actions),
      levels: new Set(rule.levels),
      except: new Set(rule.except),
    });
  }
  return byRole;
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

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
