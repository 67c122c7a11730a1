/** Everything that decides, compiled at one epoch: the kernel's world and the doctypes. */
import {
  type Action,
  type CompiledWorld,
  compileWorld,
  type DoctypeShape,
  type Filter,
  type Separation,
  type World,
} from '../authz/index.ts';
import { type Doctype, isTable, STANDARD_FIELDS } from '../doctype/definition.ts';
import { sensitivityOf } from '../doctype/table-name.ts';
import { readCondition } from './rule-condition.ts';
import { type Table, tableOf } from './table.ts';

export type Policy = {
  readonly world: CompiledWorld;
  readonly doctypes: ReadonlyMap<string, Doctype>;
  readonly tables: ReadonlyMap<string, Table>;
  /** Moments at which some validity begins or ends, ascending. */
  readonly boundaries: readonly number[];
};

/** True where no grant, membership or share begins or ends between the two moments. */
export function isSteadyBetween(policy: Policy, a: number, b: number): boolean {
  const [from, until] = a <= b ? [a, b] : [b, a];
  return !policy.boundaries.some((moment) => from < moment && moment <= until);
}

type RawScope = { dimension: string; value: string; descendants: number };
type RawPolicy = {
  epoch: number;
  users: string[];
  doctypes: { id: number; definition: Doctype }[];
  trees: { dimension: string; parents: Record<string, string | null> }[];
  roles: string[];
  rules: {
    name: string;
    role: string;
    document_type: string;
    actions: Action[];
    levels: number[] | null;
    reach: 'within' | 'everything' | null;
    except: string[] | null;
    when: unknown;
    status: 'draft' | 'in force';
  }[];
  grants: {
    name: string;
    grantee_type: 'User' | 'Group';
    grantee: string;
    role: string;
    from: string | null;
    until: string | null;
    request: string | null;
    scope: RawScope[];
  }[];
  members: { group: string; user: string; from: string | null; until: string | null }[];
  shares: {
    name: string;
    document_type: string;
    document_name: string;
    user: string;
    actions: Action[];
    until: string | null;
  }[];
  authorities: {
    name: string;
    holder_type: 'User' | 'Group';
    holder: string;
    roles: string[];
    except_roles: string[] | null;
    scope: RawScope[];
  }[];
  separations: Separation[];
};

/** Compiles what `sys.world()` gave. Throws where any of it does not hold together. */
export function compilePolicy(text: string, known: Policy | null): Policy {
  const raw = JSON.parse(text) as RawPolicy;
  const doctypes = new Map(raw.doctypes.map(({ definition }) => [definition.name, definition]));
  const world = compileWorld(worldFrom(raw, doctypes));
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
    boundaries: boundariesOf(world.source),
  };
}

function worldFrom(raw: RawPolicy, doctypes: ReadonlyMap<string, Doctype>): World {
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
    rules: raw.rules.map((rule) => ({
      name: rule.name,
      role: rule.role,
      doctype: rule.document_type,
      actions: rule.actions,
      levels: rule.levels ?? [0],
      reach: rule.reach,
      except: rule.except ?? [],
      // A draft's condition may speak of what is not there yet; it decides nothing.
      when: isInForce(rule) ? conditionOf(rule.when, doctypes.get(rule.document_type)) : null,
      status: rule.status,
    })),
    grants: raw.grants.map(({ grantee_type, grantee, ...grant }) => ({
      ...grant,
      grantee: { type: grantee_type, name: grantee },
      scope: grant.scope.map(scopeValue),
      from: moment(grant.from),
      until: moment(grant.until),
    })),
    members: raw.members.map((member) => ({
      ...member,
      from: moment(member.from),
      until: moment(member.until),
    })),
    shares: raw.shares.map((share) => ({
      name: share.name,
      doctype: share.document_type,
      document: share.document_name,
      user: share.user,
      actions: share.actions,
      from: null,
      until: moment(share.until),
    })),
    authorities: raw.authorities.map((authority) => ({
      name: authority.name,
      holder: { type: authority.holder_type, name: authority.holder },
      roles: authority.roles,
      exceptRoles: authority.except_roles ?? [],
      scope: authority.scope.map(scopeValue),
    })),
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

function isInForce({ status, reach }: RawPolicy['rules'][number]): boolean {
  return status === 'in force' && reach !== null;
}

function conditionOf(when: unknown, doctype: Doctype | undefined): Filter | null {
  return when === null || when === undefined ? null : readCondition(when, doctype);
}

function scopeValue(raw: RawScope) {
  return { dimension: raw.dimension, value: raw.value, descendants: raw.descendants === 1 };
}

/** PostgreSQL writes timestamps in JSON as ISO 8601 without a zone; they are UTC. */
function moment(text: string | null): number | null {
  return text === null ? null : Date.parse(`${text}Z`);
}

function boundariesOf(world: World): number[] {
  const moments = [...world.grants, ...world.members, ...world.shares].flatMap(
    ({ from, until }) => [from, until],
  );
  return moments.filter((value) => value !== null).sort((a, b) => a - b);
}
