/**
 * Dimension paths through rows: the column that carries the rows' values with their document, and
 * what keeps the two together. `sql/000009-child-paths.sql` has the functions they call.
 */
import { rowPathFault } from '../../doctype/check-definitions.ts';
import { type Doctype, isTable } from '../../doctype/definition.ts';
import { identifier, quoted } from '../identifier.ts';
import { qualifiedTable } from './doctype-table.ts';
import { triggerOn } from './trigger.ts';

type RowPath = {
  readonly path: string;
  /** The child doctype, the field whose rows are of it, and their column. */
  readonly child: string;
  readonly field: string;
  readonly column: string;
};

/** The paths of a doctype that go through its rows. */
export function rowPathsOf(doctype: Doctype): RowPath[] {
  return (doctype.dimension_paths ?? []).flatMap(({ path }) => {
    const [field = '', column] = path.split('.');
    const child = doctype.fields.find((one) => one.fieldname === field && isTable(one))?.options;
    return column === undefined || child === undefined ? [] : [{ path, child, field, column }];
  });
}

/** Adds the column, the function that tells from the rows what should stand in it, the check. */
export function rowPathStatements(doctype: Doctype, id: number): string[] {
  const paths = rowPathsOf(doctype);
  if (paths.length === 0) return [];
  const said = paths.map(
    ({ path, child, field, column }) => `${quoted(path)}, (
       select coalesce(pg_catalog.jsonb_agg(v order by v collate "C" nulls first), '[null]')
       from (select distinct nullif(r.${identifier(column)}, '') as v from ${qualifiedTable(child)} r
         where r.parent_id = document_id and r.parenttype = ${quoted(doctype.name)}
           and r.parentfield = ${quoted(field)}) once)`,
  );
  return [
    `alter table ${qualifiedTable(doctype.name)} add column if not exists child_dimensions jsonb`,
    `create or replace function sys.rows_say_${id}(document_id bigint) returns jsonb
     language plpgsql stable security definer set search_path = '' as $$
     begin
       return pg_catalog.jsonb_build_object(${said.join(', ')});
     end $$`,
    // The document is locked: whoever else changes its rows waits here, or is waited for.
    `create or replace function sys.check_rows_${id}(document_id bigint) returns void
     language plpgsql security definer set search_path = '' as $$
     declare
       said jsonb;
     begin
       perform sys.refuse_older_picture();
       select d.child_dimensions into said from ${qualifiedTable(doctype.name)} d
       where d.id = document_id for no key update;
       if found and said is distinct from sys.rows_say_${id}(document_id) then
         raise exception 'a document has to say where its rows put it' using errcode = '23514';
       end if;
     end $$`,
    `revoke execute on function sys.rows_say_${id}, sys.check_rows_${id} from public`,
  ];
}

/** Triggers that note which documents have to be compared with their rows. */
export function placedTriggers(doctype: Doctype, id: number): string[] {
  if (rowPathsOf(doctype).length === 0) return [];
  const trigger = triggerOn(doctype);
  return [
    ...trigger(
      'note_insert',
      'after insert',
      `referencing new table as changed for each statement execute function sys.note_new_documents(${id})`,
    ),
    ...trigger(
      'note_update',
      'after update',
      `referencing new table as changed old table as before for each statement execute function sys.note_changed_documents(${id})`,
    ),
  ];
}

/** Triggers of a child table whose rows carry a dimension of one of these doctypes. */
export function rowTriggers(child: Doctype, parents: readonly Doctype[]): string[] {
  if (!child.istable) return [];
  const carries = parents.some((parent) =>
    rowPathsOf(parent).some((path) => path.child === child.name),
  );
  const table = qualifiedTable(child.name);
  const trigger = triggerOn(child);
  // Of both states: a row can leave one document and enter another.
  const events = [
    ['insert', 'insert', 'new'],
    ['update_from', 'update', 'old'],
    ['update_to', 'update', 'new'],
    ['delete', 'delete', 'old'],
  ] as const;
  return events.flatMap(([name, event, rows]) =>
    carries
      ? trigger(
          `note_${name}`,
          `after ${event}`,
          `referencing ${rows} table as changed for each statement execute function sys.note_changed_rows()`,
        )
      : [`drop trigger if exists note_${name} on ${table}`],
  );
}

/**
 * Paths through rows that do not carry their dimension, of this doctype or through rows of it,
 * where `together` holds all definitions as they will be.
 */
export function rowPathFaults(
  { name, istable }: Doctype,
  together: ReadonlyMap<string, Doctype>,
): string[] {
  const concerned = [...together.values()].filter(
    (other) =>
      other.name === name || (istable && rowPathsOf(other).some((one) => one.child === name)),
  );
  return concerned.flatMap((doctype) =>
    (doctype.dimension_paths ?? []).flatMap((path) => {
      const fault = rowPathFault(doctype, path, together);
      return fault === null ? [] : [`${doctype.name}.${path.path}: ${fault}`];
    }),
  );
}
