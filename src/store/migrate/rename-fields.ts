/** A field under another name: its values, and whatever in the database speaks of it. */
import { type Doctype, isColumn } from '../../doctype/definition.ts';
import { type Rename, renamed } from '../../doctype/renames.ts';
import { identifier, quoted } from '../identifier.ts';
import { allIndexesOf, indexNameOf, qualifiedTable } from './doctype-table.ts';

/**
 * Statements for the transaction that puts the new definition in force. Rules that speak of the
 * field go on speaking of it: they reach what they reached before.
 */
export function renameStatements(before: Doctype, { from, to }: Rename): string[] {
  const table = qualifiedTable(before.name);
  const field = before.fields.find(({ fieldname }) => fieldname === from);
  if (!field) return [];
  if (!isColumn(field)) return field.options ? rowsRenamed(before, field.options, from, to) : [];
  const part = `case when part ->> 0 = ${quoted(from)}
    then jsonb_set(part, '{0}', to_jsonb(${quoted(to)}::text)) else part end`;
  return [
    `alter table ${table} rename column ${identifier(from)} to ${identifier(to)}`,
    ...indexesRenamed(before, { from, to }),
    `update doc.role_rule r set "when" = (
       select jsonb_agg(${part} order by place)
       from jsonb_array_elements(r."when") with ordinality parts (part, place))
     where r.document_type = ${quoted(before.name)} and jsonb_typeof(r."when") = 'array'
       and exists (select from jsonb_array_elements(r."when") p where p ->> 0 = ${quoted(from)})`,
  ];
}

/** Rows say which field they belong to. That changes no document, so nothing watches over it. */
function rowsRenamed(doctype: Doctype, child: string, from: string, to: string): string[] {
  return [
    'insert into sys.filling values (pg_current_xact_id()) on conflict do nothing',
    `update ${qualifiedTable(child)} set parentfield = ${quoted(to)}
     where parenttype = ${quoted(doctype.name)} and parentfield = ${quoted(from)}`,
    'delete from sys.filling where transaction = pg_current_xact_id()',
  ];
}

/** Indexes are called after their field, by which errors know it too. */
function indexesRenamed(before: Doctype, rename: Rename): string[] {
  const now = allIndexesOf(renamed(before, [rename])).map(indexNameOf);
  return allIndexesOf(before)
    .map(indexNameOf)
    .flatMap((name, index) => {
      const other = now[index];
      if (other === undefined || other === name) return [];
      return [`alter index if exists doc.${identifier(name)} rename to ${identifier(other)}`];
    });
}
