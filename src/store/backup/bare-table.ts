/** The table of a doctype as a backup has it: its columns and nothing that watches over them. */
import { type Doctype, isColumn } from '../../doctype/definition.ts';
import { identifier } from '../identifier.ts';
import { createTable, qualifiedTable } from '../migrate/doctype-table.ts';
import type { MigrationConnection } from '../migrate/migration-connection.ts';
import type { TableShape } from './backed-up-tables.ts';

/** Types of columns that fields have, or had before they were taken out of the definition. */
const DECLARED: ReadonlyMap<string, string> = new Map([
  ['text', 'text collate "C"'],
  ['bigint', 'bigint'],
  ['integer', 'integer'],
  ['smallint', 'smallint not null default 0'],
  ['double precision', 'double precision'],
  ['date', 'date'],
  ['timestamp without time zone', 'timestamp'],
  ['time without time zone', 'time'],
  ['jsonb', 'jsonb'],
]);

/**
 * Makes the table. Columns that no field speaks of any more come back too: their values are kept.
 * Gives the columns that the definition does not account for; null where one has a type that no
 * column of ours has.
 */
export async function bareTable(
  owner: MigrationConnection,
  doctype: Doctype,
  { columns }: Pick<TableShape, 'columns'>,
): Promise<string[] | null> {
  await owner.script(createTable(doctype));
  const there = await owner.query(
    `select attname as name from pg_catalog.pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [qualifiedTable(doctype.name)],
  );
  const made = new Set(there.map(({ name }) => name));
  const more = columns.filter(({ name }) => !made.has(name));
  const fields = new Set(doctype.fields.filter(isColumn).map(({ fieldname }) => fieldname));
  for (const { name, type } of more) {
    const declared = DECLARED.get(type);
    if (declared === undefined) return null;
    // A field that was taken out, and whose column must not refuse rows that know nothing of it.
    const words = fields.has(name) ? declared : declared.replace(' not null', '');
    await owner.script(
      `alter table ${qualifiedTable(doctype.name)} add column ${identifier(name)} ${words}`,
    );
  }
  return more.map(({ name }) => name);
}
