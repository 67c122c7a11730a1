/** Everything that decides, compiled at one epoch: the kernel's world and the doctypes. */
import {
  type CompiledWorld,
  compileWorld,
  type DoctypeShape,
  type Validity,
  type World,
} from '../authz/index.ts';
import { type Doctype, isTable, STANDARD_FIELDS } from '../doctype/definition.ts';
import { sensitivityOf } from '../doctype/table-name.ts';
import { Boundaries } from './boundaries.ts';
import {
  authorityFrom,
  grantFrom,
  memberFrom,
  type RawWorld,
  ruleFrom,
  shareFrom,
} from './policy-records.ts';
import { type Table, tableOf } from './table.ts';

/** Where in the recorded history a policy was loaded, and when. */
export type Position = {
  /** The number of the last committed change, by which `sys.world_since` knows it. */
  readonly change: number;
  /** Of the transaction that loaded it, in milliseconds since 1970 UTC. */
  readonly at: number;
};

export type Policy = {
  readonly world: CompiledWorld;
  readonly doctypes: ReadonlyMap<string, Doctype>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly boundaries: Boundaries;
  /** Null where nothing can follow it: the policy of a past instant, or of what may never be. */
  readonly position: Position | null;
};

/** True where no grant, membership or share begins or ends between the two moments. */
export function isSteadyBetween(policy: Policy, a: number, b: number): boolean {
  return policy.boundaries.isSteadyBetween(a, b);
}

/**
 * Compiles what `sys.world()` gave; without what had ended at the position, to the millisecond.
 * Throws where any of it does not hold together.
 */
export function compilePolicy(
  text: string,
  known: Policy | null,
  position: Position | null = null,
): Policy {
  const raw = JSON.parse(text) as RawWorld;
  const doctypes = new Map(raw.doctypes.map(({ definition }) => [definition.name, definition]));
  const source = worldFrom(raw, doctypes);
  const world = compileWorld(position ? withoutEnded(source, position.at) : source);
  const byName = new Map(raw.doctypes.map((one) => [one.definition.name, one]));
  const tables = new Map<string, Table>();
  for (const [name, doctype] of doctypes) {
    const before = known?.tables.get(name);
    const same = before && JSON.stringify(before.doctype) === JSON.stringify(doctype);
    tables.set(name, same ? before : tableOf(name, byName));
  }
  return {
    world,
    doctypes,
    tables,
    boundaries: Boundaries.of(validitiesOf(world.source)),
    position,
  };
}

/** Of grants and shares; ended memberships stay, as they do in the database's own world. */
export function isEnded({ until }: Validity, at: number): boolean {
  return until !== null && until <= at;
}

function withoutEnded(world: World, at: number): World {
  const left = <Item extends Validity>(items: readonly Item[]): readonly Item[] =>
    items.filter((item) => !isEnded(item, at));
  return { ...world, grants: left(world.grants), shares: left(world.shares) };
}

function validitiesOf({ grants, members, shares }: World): Validity[] {
  return [...grants, ...members, ...shares];
}

function worldFrom(raw: RawWorld, doctypes: ReadonlyMap<string, Doctype>): World {
  return {
    epoch: raw.epoch,
    users: raw.users,
    doctypes: [...doctypes.values()]
      .filter((doctype) => !doctype.istable)
      .map((doctype) => shapeOf(doctype, doctypes)),
    trees: raw.trees.map(({ dimension, parents }) => ({
      dimension,
      parents: new Map(Object.entries(parents)),
    })),
    roles: raw.roles.map((name) => ({ name })),
    rules: raw.rules.map((rule) => ruleFrom(rule, doctypes)),
    grants: raw.grants.map(grantFrom),
    members: raw.members.map(memberFrom),
    shares: raw.shares.map(shareFrom),
    authorities: raw.authorities.map(authorityFrom),
    separations: raw.separations,
  };
}

function shapeOf(doctype: Doctype, doctypes: ReadonlyMap<string, Doctype>): DoctypeShape {
  const levels = new Map<string, number>(STANDARD_FIELDS.map((name) => [name, 0]));
  const personal = new Set<string>();
  for (const field of doctype.fields) {
    const sensitivity = sensitivityOf(field);
    if (sensitivity !== 'secret') levels.set(field.fieldname, field.level ?? 0);
    // Whoever sees rows sees what they say of a person.
    const rows = isTable(field) ? (doctypes.get(field.options ?? '')?.fields ?? []) : [];
    if ([field, ...rows].some((one) => sensitivityOf(one) === 'personal')) {
      personal.add(field.fieldname);
    }
  }
  return { name: doctype.name, paths: doctype.dimension_paths ?? [], levels, personal };
}
