/**
 * The words of a doctype's documents, kept beside its table: the entries, the triggers that keep
 * them in the document's own transaction, and the view through which the application searches.
 *
 * The view has the conditions of the policy `see` in its body and is no barrier: the operators of
 * trigrams are not leakproof, and behind a barrier no index would serve them. That is why it shows
 * words and numbers only, and why documents that are found are read under their policy again.
 */
import type { Doctype } from '../../doctype/definition.ts';
import { searchColumn, searchPartsOf } from '../../doctype/search-parts.ts';
import { columnOf } from '../../doctype/table-name.ts';
import { identifier } from '../identifier.ts';
import { ENTRY_DOCUMENT, entriesTable, seenEntries } from '../search-tables.ts';
import { qualifiedTable } from './doctype-table.ts';
import type { MigrationConnection } from './migration-connection.ts';
import { triggerOn } from './trigger.ts';

/** Changes where entries or their indexes are made otherwise than before: all are made anew. */
const MAKING = 2;

const ENTRY_TRIGGERS = ['keep_entries_new', 'keep_entries', 'keep_entries_gone'];

/** By what the entries of a definition are known; null where it has none. */
export function entriesShape(doctype: Doctype): string | null {
  const parts = searchPartsOf(doctype);
  return parts.length === 0 ? null : JSON.stringify({ making: MAKING, parts });
}

/** Makes the entries' table where it is missing or of another shape: empty, and not ready. */
export async function putEntries(
  owner: MigrationConnection,
  doctype: Doctype,
  id: number,
): Promise<void> {
  const shape = entriesShape(doctype);
  const [state] = await owner.query('select shape from search.state where doctype_id = $1', [id]);
  if ((state?.['shape'] ?? null) === shape) return;
  await owner.script(
    `set local client_min_messages = warning;
     drop table if exists ${entriesTable(id)} cascade;
     delete from search.state where doctype_id = ${id};
     ${ENTRY_TRIGGERS.map((name) => `drop trigger if exists ${name} on ${qualifiedTable(doctype.name)}`).join(';')}`,
  );
  if (shape === null) return;
  const columns = searchPartsOf(doctype).map((part) => `${searchColumn(part)} text not null`);
  await owner.script(
    `create table ${entriesTable(id)} (
       ${ENTRY_DOCUMENT} bigint primary key, bw__cell int not null, ${columns.join(', ')});
     ${entryTriggers(doctype, id).join(';\n')};`,
  );
  // Nobody writes to the table now: every document that comes later goes through the triggers.
  await owner.query(
    `insert into search.state (doctype_id, shape, last_id)
     select $1, $2, coalesce(max(id), 0) from ${qualifiedTable(doctype.name)}`,
    [id, shape],
  );
}

/** What keeps the entries, put anew; nothing for a doctype that has none. */
export function entryTriggers(doctype: Doctype, id: number): string[] {
  if (entriesShape(doctype) === null) return [];
  const trigger = triggerOn(doctype);
  const keep = `for each statement execute function search.keep_${id}()`;
  return [
    keepFunction(doctype, id),
    ...trigger('keep_entries_new', 'after insert', `referencing new table as changed ${keep}`),
    ...trigger(
      'keep_entries',
      'after update',
      `referencing old table as before new table as changed ${keep}`,
    ),
    ...trigger('keep_entries_gone', 'after delete', `referencing old table as before ${keep}`),
  ];
}

/** `insert … select` of the entries of rows `d`, which `from` brings. */
export function insertEntries(doctype: Doctype, id: number, from: string): string {
  const parts = searchPartsOf(doctype);
  const columns = [ENTRY_DOCUMENT, 'bw__cell', ...parts.map(searchColumn)];
  const words = parts.map(({ fields }) => {
    const values = fields.map((name) => textOf(doctype, name)).join(', ');
    return `search.words_of(pg_catalog.concat_ws(' ', ${values}))`;
  });
  return `insert into ${entriesTable(id)} (${columns.join(', ')})
    select ${['d.id', 'd.cell_id', ...words].join(', ')} from ${from}`;
}

/** A date as documents show it, whatever the session's style is. */
function textOf({ fields }: Doctype, name: string): string {
  const field = fields.find(({ fieldname }) => fieldname === name);
  const value = `d.${identifier(name)}`;
  const isDate = field !== undefined && columnOf(field) === 'date';
  return isDate ? `pg_catalog.to_char(${value}, 'YYYY-MM-DD')` : value;
}

function keepFunction(doctype: Doctype, id: number): string {
  const parts = searchPartsOf(doctype);
  const looked = ['cell_id', ...parts.flatMap(({ fields }) => fields)].map(identifier);
  const row = (alias: string): string =>
    `(${looked.map((column) => `${alias}.${column}`).join(', ')})`;
  const set = ['bw__cell', ...parts.map(searchColumn)].map((name) => `${name} = excluded.${name}`);
  return `create or replace function search.keep_${id}() returns trigger
    language plpgsql security definer set search_path = '' as $keep$
    begin
      if tg_op = 'INSERT' then
        ${insertEntries(doctype, id, 'changed d')};
      elsif tg_op = 'UPDATE' then
        ${insertEntries(
          doctype,
          id,
          `changed d join before b on b.id = d.id where ${row('d')} is distinct from ${row('b')}`,
        )}
        on conflict (${ENTRY_DOCUMENT}) do update set ${set.join(', ')};
      else
        delete from ${entriesTable(id)} e using before b where e.${ENTRY_DOCUMENT} = b.id;
      end if;
      return null;
    end $keep$;
    revoke execute on function search.keep_${id} from public`;
}

/** The view, with the conditions of the policy `see`; see `doctype-policies.ts`. */
export function seenView(doctype: Doctype, id: number, app: string): string[] {
  const columns = searchPartsOf(doctype).map((part) => `e.${searchColumn(part)}`);
  const table = qualifiedTable(doctype.name);
  const call = (name: string): string => `(select sys.${name}(${id}, 'select'))`;
  const beyond = (condition: string): string =>
    `exists (select from ${table} d where d.id = e.${ENTRY_DOCUMENT} and ${condition})`;
  const meets = `sys.meets(${call('conditions')}, d.cell_id, to_jsonb(d.*))`;
  return [
    `create or replace view ${seenEntries(id)} as
     select ${[`e.${ENTRY_DOCUMENT}`, ...columns].join(', ')} from ${entriesTable(id)} e
     where get_bit(${call('cell_bits')}, e.bw__cell) <> 0
       or e.${ENTRY_DOCUMENT} in (
         select d.id from ${table} d where d.name = any (${call('shared_names')}::text[]))
       or (${call('conditions')} is not null and ${beyond(meets)})`,
    `revoke all on ${seenEntries(id)} from public`,
    `grant select on ${seenEntries(id)} to "${app}"`,
  ];
}
