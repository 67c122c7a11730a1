/** What it would take to bring one doctype to a definition. Looks, and changes nothing. */
import { type AskedLosses, dropsOf } from '../../doctype/asked-losses.ts';
import type { Doctype } from '../../doctype/definition.ts';
import { type Change, planChange } from '../../doctype/migration-plan.ts';
import { type Rename, renamed, renamesOf } from '../../doctype/renames.ts';
import { identifier } from '../identifier.ts';
import { refusalsOf } from './change-refusals.ts';
import { conversion } from './conversion.ts';
import { qualifiedTable } from './doctype-table.ts';
import { type Drops, dropsFrom } from './drop-fields.ts';
import type { MigrationConnection } from './migration-connection.ts';

export type Examined = {
  readonly definition: Doctype;
  /** The stored definition under the new names of its fields; null for a new doctype. */
  readonly before: Doctype | null;
  readonly isUnchanged: boolean;
  readonly reasons: readonly string[];
  readonly renames: readonly Rename[];
  readonly changes: readonly Change[];
  readonly drops: Drops;
};

/** Compares the definitions, and asks the database what speaks against the change. */
export async function examineDoctype(
  owner: MigrationConnection,
  definition: Doctype,
  stored: Doctype | null,
  isSame: boolean,
  asked: AskedLosses,
): Promise<Examined> {
  const renames = stored ? renamesOf(stored, definition) : [];
  const before = stored && renamed(stored, renames);
  const drops = await dropsFrom(owner, stored ?? undefined, definition, asked);
  const common = { definition, before, renames, drops };
  if (isSame && dropsOf(asked, definition.name).length === 0) {
    return { ...common, isUnchanged: true, reasons: [], changes: [] };
  }
  const plan = planChange(before, definition, asked);
  if (plan.kind === 'refused') {
    return { ...common, isUnchanged: false, reasons: plan.reasons, changes: [] };
  }
  // An index may speak of a column that another change adds.
  const isIndex = (change: Change): boolean => change.kind === 'add-index';
  const changes = plan.changes.toSorted((a, b) => Number(isIndex(a)) - Number(isIndex(b)));
  const reasons = [
    ...(await refusalsOf(owner, definition, changes)),
    ...(stored ? await takenNames(owner, stored, renames) : []),
    ...drops.reasons,
  ];
  return { ...common, isUnchanged: false, reasons, changes };
}

/** An earlier field may have left a column that has the new name. */
async function takenNames(
  owner: MigrationConnection,
  { name }: Doctype,
  renames: readonly Rename[],
): Promise<string[]> {
  const rows = await owner.query(
    `select attname as name from pg_catalog.pg_attribute
     where attrelid = to_regclass($1) and attname = any ($2) and not attisdropped`,
    [qualifiedTable(name), renames.map(({ to }) => to)],
  );
  return rows.map(
    (row) => `${row['name']}: an earlier field of that name left values; drop it by name first.`,
  );
}

/** What is at stake, in words and numbers of rows. */
export async function stakesOf(
  owner: MigrationConnection,
  { definition, before, renames, changes, drops }: Examined,
): Promise<string[]> {
  if (before === null) return [];
  const table = qualifiedTable(definition.name);
  const old = new Map(renames.map(({ from, to }) => [to, from]));
  const stakes = renames.map(({ from, to }) => `${from} is called ${to} from now on`);
  for (const change of changes) {
    if (!('field' in change)) continue;
    const column = identifier(old.get(change.field) ?? change.field);
    if (change.kind === 'retype-column') {
      const becomes = conversion(change.from, change.to, column);
      const [row] = await owner.query(
        `select count(*) filter (where ${column} is not null) as n,
           count(*) filter (where ${column} is not null and (${becomes}) is null) as lost
         from ${table}`,
      );
      stakes.push(`${change.field}: ${row?.['n']} values are converted, ${row?.['lost']} are lost`);
    }
    if (change.kind === 'keep-column') {
      const [row] = await owner.query(
        `select count(*) as n from ${table} where ${column} is not null`,
      );
      stakes.push(`${change.field}: ${row?.['n']} values stay in the table and are not shown`);
    }
  }
  return [...stakes, ...drops.told];
}
