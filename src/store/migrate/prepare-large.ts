/**
 * The part of a migration that takes long on a large table, done while others read and write:
 * columns, values and indexes that nobody uses yet. Each step commits by itself, may be cut off
 * anywhere, and is not done again by the next try.
 */
import type { Doctype } from '../../doctype/definition.ts';
import type { Change } from '../../doctype/migration-plan.ts';
import { identifier } from '../identifier.ts';
import { statementsOf } from './change-statements.ts';
import { qualifiedTable } from './doctype-table.ts';
import type { Examined } from './examine-doctype.ts';
import { fillColumn, nextIndexes } from './fill-columns.ts';
import type { MigrationConnection } from './migration-connection.ts';
import { type Patience, patiently } from './patiently.ts';

export type Pace = {
  /** Tables with fewer rows are changed at once, while they are held. */
  readonly largeRows: number;
  /** How many rows are written by one transaction. */
  readonly batchRows: number;
  readonly patience: Patience;
  readonly progress: (line: string) => void;
};

/** Does ahead what can be done ahead. What is left to do is short. */
export async function prepareLarge(
  owner: MigrationConnection,
  id: number,
  examined: Examined,
  pace: Pace,
): Promise<void> {
  const { definition, before, renames, changes } = examined;
  if (before === null || !(await isLarge(owner, definition, pace))) return;
  await dropInvalid(owner, definition);
  // A field under another name has its old one until the definition is in force.
  const later = new Set(renames.map(({ to }) => to));
  const ahead = changes.filter((change) => 'field' in change && !later.has(change.field));
  const filling = { ...pace, doctype: definition, id };
  for (const change of ahead) {
    if (change.kind === 'add-column') await atOnce(owner, definition, change, pace.patience);
    if (change.kind === 'retype-column') {
      await fillColumn(owner, filling, change);
      await buildIndexes(owner, definition, nextIndexes(definition, change.field), pace);
    }
  }
  const retyped = new Set(
    changes.flatMap((one) => (one.kind === 'retype-column' ? [identifier(one.field)] : [])),
  );
  const indexes = ahead
    .filter(({ kind }) => kind === 'add-index' || kind === 'add-unique')
    .flatMap((change) => statementsOf(definition, change))
    .filter((sql) => ![...retyped].some((column) => sql.includes(column)));
  await buildIndexes(owner, definition, indexes, pace);
}

/** Permission records are few, and what is written to them is history. */
export async function isLarge(
  owner: MigrationConnection,
  { name, is_permission_record }: Doctype,
  { largeRows }: Pick<Pace, 'largeRows'>,
): Promise<boolean> {
  if (is_permission_record) return false;
  const [row] = await owner.query(
    `select count(*) as n from (select from ${qualifiedTable(name)} limit ${largeRows}) few`,
  );
  return Number(row?.['n']) >= largeRows;
}

async function atOnce(
  owner: MigrationConnection,
  definition: Doctype,
  change: Change,
  patience: Patience,
): Promise<void> {
  await patiently(owner, patience, async () => {
    for (const sql of statementsOf(definition, change)) await owner.script(sql);
  });
}

async function buildIndexes(
  owner: MigrationConnection,
  definition: Doctype,
  indexes: readonly string[],
  { progress }: Pace,
): Promise<void> {
  for (const sql of indexes) {
    try {
      await owner.script(concurrently(sql));
    } catch (error) {
      // Two documents got the same value meanwhile: what is there of the index is of no use.
      await dropInvalid(owner, definition).catch(() => {});
      throw error;
    }
    progress(`${definition.name}: ${/"(.*?)"/.exec(sql)?.[1]} is built`);
  }
}

/** The same index, built while others write. */
export function concurrently(sql: string): string {
  return sql.replace(
    /^create (unique )?index (?:if not exists )?/,
    (_all, unique = '') => `create ${unique}index concurrently if not exists `,
  );
}

/** What a build that was cut off has left: it would cost every write, and be taken for whole. */
async function dropInvalid(owner: MigrationConnection, { name }: Doctype): Promise<void> {
  const rows = await owner.query(
    `select i.indexrelid::regclass::text as name from pg_catalog.pg_index i
     where i.indrelid = to_regclass($1) and not i.indisvalid`,
    [qualifiedTable(name)],
  );
  for (const row of rows) await owner.script(`drop index concurrently if exists ${row['name']}`);
}
