/** The trigger that puts a document into its cell. */
import type { Doctype } from '../../doctype/definition.ts';
import { identifier, quoted } from '../identifier.ts';
import { qualifiedTable, statisticsName } from './doctype-table.ts';
import { rowPathsOf } from './row-paths.ts';
import type { MakeTrigger } from './trigger.ts';

/**
 * A document's cell follows its values and is never taken from the application. Without dimension
 * paths there is only one cell; otherwise the trigger is made for the table: to look columns up by
 * their names, a general one would have to turn each row into JSON.
 */
export function cellTrigger(doctype: Doctype, id: number, trigger: MakeTrigger): string[] {
  const paths = (doctype.dimension_paths ?? []).map(({ path }) => path);
  const ofRows = rowPathsOf(doctype).map(({ path }) => path);
  const own = paths.filter((path) => !ofRows.includes(path)).map(identifier);
  const columns = ['cell_id', ...new Set(own), ...(ofRows.length > 0 ? ['child_dimensions'] : [])];
  const when = `before insert or update of ${columns.join(', ')}`;
  if (paths.length === 0) {
    const call = 'for each row execute function sys.place_in_only_cell()';
    return [`select sys.intern_cell(${id}, '{}')`, ...trigger('place_in_cell', when, call)];
  }
  const place = `sys.place_in_cell_${id}()`;
  return [
    ...statistics(doctype, own),
    `create or replace function ${place} returns trigger
     language plpgsql security definer set search_path = '' as $$
     declare
       wanted text[];
     begin
       ${canonical(ofRows)}
       wanted := array[${paths.map((path) => partOf(path, ofRows)).join(', ')}];
       -- Most cells are known, and looking here spares each row a call.
       select id into new.cell_id from sys.cell
       where doctype_id = ${id} and dimension_values = wanted;
       if new.cell_id is null then new.cell_id := sys.intern_cell(${id}, wanted); end if;
       return new;
     end $$`,
    `revoke execute on function ${place} from public`,
    ...trigger('place_in_cell', when, `for each row execute function ${place}`),
  ];
}

/**
 * Which part of the rows lies in each cell decides how a list is read, and values of dimensions go
 * together: a branch belongs to one company. PostgreSQL has to be told that it matters.
 */
function statistics(doctype: Doctype, own: readonly string[]): string[] {
  const table = qualifiedTable(doctype.name);
  const fields = [...new Set(own)];
  const name = identifier(statisticsName(doctype));
  return [
    `alter table ${table} alter column cell_id set statistics ${CELL_STATISTICS}`,
    `drop statistics if exists doc.${name}`,
    ...(fields.length < 2
      ? []
      : [`create statistics doc.${name} (dependencies) on ${fields.join(', ')} from ${table}`]),
  ];
}

/** Cells whose part is known one by one; the others share what is left. */
const CELL_STATISTICS = 1000;

function partOf(path: string, ofRows: readonly string[]): string {
  if (ofRows.includes(path)) return `sys.set_of_rows(new.child_dimensions -> ${quoted(path)})`;
  return `nullif(new.${identifier(path)}::text, '')`;
}

/** Brings what the document says of its rows into the one form in which it is compared. */
function canonical(ofRows: readonly string[]): string {
  if (ofRows.length === 0) return '';
  const parts = ofRows.map(
    (path) => `${quoted(path)}, sys.distinct_values(new.child_dimensions -> ${quoted(path)})`,
  );
  return `new.child_dimensions := pg_catalog.jsonb_build_object(${parts.join(', ')});`;
}
