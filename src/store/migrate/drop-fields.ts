/** Fields whose values somebody asked to lose, by name. */
import { type AskedLosses, dropsOf } from '../../doctype/asked-losses.ts';
import { type Doctype, isTable, RESERVED_FIELDS } from '../../doctype/definition.ts';
import { identifier, quoted } from '../identifier.ts';
import { qualifiedTable } from './doctype-table.ts';
import type { MigrationConnection } from './migration-connection.ts';

export type Drops = {
  readonly statements: readonly string[];
  /** What goes, in words and numbers. */
  readonly told: readonly string[];
  /** Why something that was asked for cannot be dropped. */
  readonly reasons: readonly string[];
};

/** What `--drop` asks of this doctype. Only what its new definition no longer has can go. */
export async function dropsFrom(
  owner: MigrationConnection,
  before: Doctype | undefined,
  after: Doctype,
  asked: AskedLosses,
): Promise<Drops> {
  const found: { statements: string[]; told: string[]; reasons: string[] } = {
    ...{ statements: [], told: [], reasons: [] },
  };
  const table = qualifiedTable(after.name);
  for (const name of dropsOf(asked, after.name)) {
    if (after.fields.some(({ fieldname }) => fieldname === name)) {
      found.reasons.push(`${name}: is a field of the definition; take it out there first.`);
      continue;
    }
    const rows = before?.fields.find((field) => field.fieldname === name && isTable(field));
    if (rows?.options) {
      const of = `${qualifiedTable(rows.options)}
        where parenttype = ${quoted(after.name)} and parentfield = ${quoted(name)}`;
      const [row] = await owner.query(`select count(*) as n from ${of}`);
      found.statements.push(
        'insert into sys.filling values (pg_current_xact_id()) on conflict do nothing',
        `delete from ${of}`,
        'delete from sys.filling where transaction = pg_current_xact_id()',
      );
      found.told.push(`drop ${name}, with ${row?.['n']} rows`);
      continue;
    }
    if (RESERVED_FIELDS.has(name) || !(await hasColumn(owner, table, name))) {
      found.reasons.push(`${name}: there is no such field, and none that was taken out.`);
      continue;
    }
    const [row] = await owner.query(
      `select count(*) as n from ${table} where ${identifier(name)} is not null`,
    );
    found.statements.push(`alter table ${table} drop column ${identifier(name)}`);
    found.told.push(`drop ${name}, with ${row?.['n']} values`);
  }
  return found;
}

async function hasColumn(owner: MigrationConnection, table: string, name: string) {
  const [column] = await owner.query(
    `select from pg_catalog.pg_attribute
     where attrelid = to_regclass($1) and attname = $2 and attnum > 0 and not attisdropped`,
    [table, name],
  );
  return column !== undefined;
}
