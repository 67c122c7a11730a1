/**
 * A column of another type, on a large table that is in use: the new one stands beside the old
 * one, a trigger fills it in rows that are written, batches fill it in all others, and the two
 * change places in the moment in which the new definition comes in force. Each step commits by
 * itself; a migration that is begun again goes on after the last one.
 */
import { createHash } from 'node:crypto';
import type { Doctype } from '../../doctype/definition.ts';
import type { Change } from '../../doctype/migration-plan.ts';
import { identifier } from '../identifier.ts';
import { conversion } from './conversion.ts';
import { allIndexesOf, indexNameOf, qualifiedTable, SQL_TYPE } from './doctype-table.ts';
import type { MigrationConnection } from './migration-connection.ts';
import { type Patience, patiently } from './patiently.ts';

export type Retype = Extract<Change, { kind: 'retype-column' }>;

export type Filling = {
  readonly doctype: Doctype;
  readonly id: number;
  readonly patience: Patience;
  readonly batchRows: number;
  readonly progress: (line: string) => void;
};

/** The column that is being filled. */
export function nextColumn(fieldname: string): string {
  return `bw__next_${createHash('sha256').update(fieldname).digest('hex').slice(0, 12)}`;
}

/** What an index is called until the column has the field's name. */
function nextIndex(name: string): string {
  return `bw__next_${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}

/** Statements for the indexes that the field's new column needs, under names of their own. */
export function nextIndexes(doctype: Doctype, fieldname: string): string[] {
  return allIndexesOf(doctype)
    .filter((sql) => sql.includes(identifier(fieldname)))
    .map((sql) =>
      sql
        .replaceAll(identifier(fieldname), identifier(nextColumn(fieldname)))
        .replace(identifier(indexNameOf(sql)), identifier(nextIndex(indexNameOf(sql)))),
    );
}

/** The statements of a filling, as somebody would write them who does it by hand. */
export function fillingInWords(doctype: Doctype, id: number, { field, from, to }: Retype) {
  const table = qualifiedTable(doctype.name);
  const [column, next] = [identifier(field), identifier(nextColumn(field))];
  const value = conversion(from, to, `new.${column}`);
  return [
    `alter table ${table} add column ${next} ${SQL_TYPE[to].replace(/ not null.*/, '')}`,
    `create or replace function sys.carry_${id}() returns trigger language plpgsql
     as $$ begin new.${next} := ${value}; return new; end $$`,
    `create trigger zz_carry before insert or update on ${table}
     for each row execute function sys.carry_${id}()`,
    `update ${table} set ${next} = null where id > $1 and id <= $2 -- in batches`,
    ...nextIndexes(doctype, field).map((sql) =>
      sql.replace(/^create (unique )?index if/, 'create $1index concurrently if'),
    ),
    `alter table ${table} drop column ${column} -- in the switch`,
    `alter table ${table} rename column ${next} to ${column} -- in the switch`,
  ];
}

/** Adds the column where it is not there yet, and fills it to the last row. */
export async function fillColumn(
  owner: MigrationConnection,
  filling: Filling,
  change: Retype,
): Promise<void> {
  const { doctype, id } = filling;
  const expression = conversion(change.from, change.to, `new.${identifier(change.field)}`);
  const begun = await begunFilling(owner, id, change.field);
  if (begun !== expression) {
    await patiently(owner, filling.patience, async () => {
      await begin(owner, doctype, id, change, expression);
    });
  }
  while (await fillBatch(owner, filling, change.field)) {
    // Each batch has committed, and those who wait for one of its rows go on.
  }
}

async function begunFilling(owner: MigrationConnection, id: number, fieldname: string) {
  const [row] = await owner.query(
    'select expression from sys.backfill where doctype_id = $1 and fieldname = $2',
    [id, fieldname],
  );
  return row?.['expression'] ?? null;
}

async function begin(
  owner: MigrationConnection,
  doctype: Doctype,
  id: number,
  { field, to }: Retype,
  expression: string,
): Promise<void> {
  const table = qualifiedTable(doctype.name);
  const next = identifier(nextColumn(field));
  const type = SQL_TYPE[to].replace(/ not null.*/, '');
  await owner.script(`alter table ${table} drop column if exists ${next};
    alter table ${table} add column ${next} ${type}`);
  await owner.query(
    `insert into sys.backfill (doctype_id, fieldname, column_name, expression, last_id)
     values ($1, $2, $3, $4, 0)
     on conflict (doctype_id, fieldname) do update set expression = excluded.expression,
       done_id = 0, begun_at = now()`,
    [id, field, nextColumn(field), expression],
  );
  const all = await owner.query(
    'select column_name, expression from sys.backfill where doctype_id = $1 order by fieldname',
    [id],
  );
  const lines = all.map(
    (row) => `new.${identifier(String(row['column_name']))} := ${row['expression']};`,
  );
  // The last trigger before a row is written: the others judge the row as it was before.
  await owner.script(`create or replace function sys.carry_${id}() returns trigger
      language plpgsql set search_path = '' as $carry$ begin ${lines.join(' ')} return new; end $carry$;
    drop trigger if exists zz_carry on ${table};
    create trigger zz_carry before insert or update on ${table}
      for each row execute function sys.carry_${id}()`);
  // Nobody writes to the table now: every row that comes later goes through the trigger.
  await owner.query(
    `update sys.backfill set last_id = (select coalesce(max(id), 0) from ${table})
     where doctype_id = $1 and fieldname = $2`,
    [id, field],
  );
}

/** Fills the next rows; false where there are none left. */
async function fillBatch(
  owner: MigrationConnection,
  { doctype, id, patience, batchRows, progress }: Filling,
  fieldname: string,
): Promise<boolean> {
  const table = qualifiedTable(doctype.name);
  const next = identifier(nextColumn(fieldname));
  const [done] = await patiently(owner, patience, async () => {
    await owner.query('insert into sys.filling values (pg_current_xact_id())');
    const rows = await owner.query(
      `with place as (
         select done_id, last_id from sys.backfill where doctype_id = $1 and fieldname = $2
       ), part as (
         select t.id from ${table} t, place p where t.id > p.done_id and t.id <= p.last_id
         order by t.id limit ${batchRows}
       ), filled as (update ${table} t set ${next} = null from part where t.id = part.id)
       update sys.backfill b set done_id = coalesce((select max(id) from part), b.last_id)
       where b.doctype_id = $1 and b.fieldname = $2
       returning b.done_id, b.last_id`,
      [id, fieldname],
    );
    await owner.query('delete from sys.filling where transaction = pg_current_xact_id()');
    return rows;
  });
  const [at, last] = [Number(done?.['done_id']), Number(done?.['last_id'])];
  progress(`${doctype.name}.${fieldname}: filled to row ${at} of ${last}`);
  return at < last;
}

/** Statements by which a full column takes the place of the old one; null if it is not. */
export async function swapStatements(
  owner: MigrationConnection,
  doctype: Doctype,
  id: number,
  { field, from, to }: Retype,
): Promise<string[] | null> {
  const [row] = await owner.query(
    `select expression, done_id >= last_id as is_full from sys.backfill
     where doctype_id = $1 and fieldname = $2`,
    [id, field],
  );
  const expression = conversion(from, to, `new.${identifier(field)}`);
  if (row?.['expression'] !== expression || row['is_full'] !== 't') return null;
  const table = qualifiedTable(doctype.name);
  const column = identifier(field);
  const indexes = allIndexesOf(doctype).filter((sql) => sql.includes(column));
  return [
    `alter table ${table} drop column ${column}`,
    `alter table ${table} rename column ${identifier(nextColumn(field))} to ${column}`,
    ...indexes
      .map(indexNameOf)
      .map(
        (name) =>
          `alter index if exists doc.${identifier(nextIndex(name))} rename to ${identifier(name)}`,
      ),
    // Whatever was not made beforehand.
    ...indexes,
  ];
}

/** Takes away what a migration to another definition had begun, and what this one has used up. */
export async function endFilling(
  owner: MigrationConnection,
  doctype: Doctype,
  id: number,
): Promise<void> {
  const begun = await owner.query(
    'delete from sys.backfill where doctype_id = $1 returning column_name',
    [id],
  );
  if (begun.length > 0) await owner.script(`drop function if exists sys.carry_${id}() cascade`);
  const table = qualifiedTable(doctype.name);
  for (const { column_name } of begun) {
    await owner.script(
      `alter table ${table} drop column if exists ${identifier(String(column_name))}`,
    );
  }
}

/** Where nobody wants the other definition any more, what was begun of it goes. */
export async function leaveFilling(
  owner: MigrationConnection,
  doctype: Doctype,
  id: number,
  patience: Patience,
): Promise<void> {
  const [begun] = await owner.query('select from sys.backfill where doctype_id = $1 limit 1', [id]);
  if (begun) await patiently(owner, patience, async () => await endFilling(owner, doctype, id));
}
