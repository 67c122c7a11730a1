/**
 * What another definition of a doctype would give: a field of another level, a dimension path
 * that goes. An import is no way around granting authorities (INVARIANT (no-self-gain)).
 */
import {
  type CompiledWorld,
  compileWorld,
  type DoctypeShape,
  type Gain,
  gainsOf,
  judgeGains,
  kindOf,
  type WorldChange,
} from '../../authz/index.ts';
import { type Doctype, type Field, isColumn, isTable } from '../../doctype/definition.ts';
import { sensitivityOf, tableName } from '../../doctype/table-name.ts';
import { compilePolicy } from '../policy.ts';
import type { MigrationConnection } from './migration-connection.ts';

/** Whoever runs the command line; holds no authority unless somebody gave one to it. */
const OPERATOR = 'system:operator';

/** Why a definition is refused in place of another one; none if it may come. */
export type JudgeDefinition = (before: Doctype, after: Doctype) => Promise<string[]>;

/** Judges definitions in the world as it stands in this transaction, which holds the epoch. */
export async function judgeOfDefinitions(owner: MigrationConnection): Promise<JudgeDefinition> {
  const [row] = await owner.query(
    'select sys.world()::text as world, floor(extract(epoch from now()) * 1000)::text as now',
  );
  const { world, doctypes } = compilePolicy(String(row?.['world']), null);
  const now = Number(row?.['now']);
  return async (before, after) => {
    const kept = await columnsOf(owner, before);
    const parents = [...doctypes.values()].filter(({ fields }) =>
      fields.some((field) => isTable(field) && field.options === before.name),
    );
    const places = before.istable
      ? parents.flatMap((parent) => placesIn(parent, before.name))
      : [{ doctype: before.name, prefix: '' }];
    const known = withFields(world, places, before, kept);
    const change = changeOf(places, before, after, kept);
    const gains = gainsOf(known, change, now);
    const operator = { id: OPERATOR, kind: kindOf(OPERATOR), actor: null, ceilings: [] };
    const refusal = judgeGains(known, operator, gains, now);
    return refusal === null ? [] : [reasonOf(after, gains)];
  };
}

/** Where the fields of a doctype are read: as its own, or as those of a table in another one. */
type Place = { readonly doctype: string; readonly prefix: string };

function placesIn({ name, fields }: Doctype, child: string): Place[] {
  return fields
    .filter((field) => isTable(field) && field.options === child)
    .map(({ fieldname }) => ({ doctype: name, prefix: `${fieldname}.` }));
}

/** Columns hold values, also those that an earlier definition left behind. */
async function columnsOf(owner: MigrationConnection, { name }: Doctype): Promise<Set<string>> {
  const rows = await owner.query(
    `select attname from pg_catalog.pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [`doc."${tableName(name)}"`],
  );
  return new Set(rows.map((row) => String(row['attname'])));
}

/**
 * The world with the fields of this definition at their places: those of a child table stand in
 * the shape of no doctype otherwise. Columns without a field are there and closed.
 */
function withFields(
  world: CompiledWorld,
  places: readonly Place[],
  definition: Doctype,
  columns: ReadonlySet<string>,
): CompiledWorld {
  const reshaped = (shape: DoctypeShape): DoctypeShape => {
    const own = places.filter(({ doctype }) => doctype === shape.name);
    const levels = own.flatMap(({ prefix }) =>
      definition.fields
        .filter((field) => isReadable(field) && columns.has(field.fieldname))
        .map((field): [string, number] => [`${prefix}${field.fieldname}`, field.level ?? 0]),
    );
    return levels.length === 0
      ? shape
      : { ...shape, levels: new Map([...shape.levels, ...levels]) };
  };
  return compileWorld({ ...world.source, doctypes: world.source.doctypes.map(reshaped) });
}

/** A field whose column is new has no values that anybody could gain. */
function changeOf(
  places: readonly Place[],
  before: Doctype,
  after: Doctype,
  columns: ReadonlySet<string>,
): WorldChange {
  const fields = after.fields.filter((field) => isReadable(field) && columns.has(field.fieldname));
  const levels = places.flatMap(({ doctype, prefix }) =>
    fields.map(({ fieldname, level = 0 }) => ({ doctype, field: `${prefix}${fieldname}`, level })),
  );
  const paths = after.dimension_paths ?? [];
  const isMoved = JSON.stringify(before.dimension_paths ?? []) !== JSON.stringify(paths);
  return {
    ...(levels.length > 0 ? { levels } : {}),
    ...(isMoved && !after.istable ? { paths: [{ doctype: after.name, paths }] } : {}),
  };
}

function isReadable(field: Field): boolean {
  return isColumn(field) && sensitivityOf(field) !== 'secret';
}

function reasonOf({ name }: Doctype, gains: readonly Gain[]): string {
  const roles = new Set(
    gains.flatMap((gain) => {
      if ('power' in gain) return [gain.power.role];
      return 'role' in gain ? [gain.role] : [];
    }),
  );
  const whom = roles.size > 0 ? `whoever holds ${[...roles].sort().join(', ')}` : 'shares';
  return (
    `${name}: a level or a dimension path changes, which would open documents or fields to ` +
    `${whom}, now or later. Put the rules back to draft first, and in force again after it.`
  );
}
