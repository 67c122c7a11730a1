/**
 * Policies of tables whose documents belong to others: each row is reached with the document that
 * it names, by that document's own policy. Each doctype to whose documents others may belong has a
 * function that asks it, so that a policy is as short however many doctypes there are.
 */
import type { Doctype, Governance } from '../../doctype/definition.ts';
import { fieldsByLevel } from '../../doctype/fields-by-level.ts';
import { tableName } from '../../doctype/table-name.ts';
import { identifier, quoted } from '../identifier.ts';
import { qualifiedTable } from './doctype-table.ts';
import type { InstallationRoles } from './migration-connection.ts';
import { type MakeTrigger, triggerOn } from './trigger.ts';

/** A doctype to whose documents others may belong, with its number. */
export type Parent = { readonly id: number; readonly definition: Doctype };

/** Those among all that are known. */
export function parentsAmong(known: Iterable<Parent>): Parent[] {
  return [...known].filter(
    ({ definition }) => definition.istable !== true && definition.governed_by === undefined,
  );
}

const ME = '(select (sys.me()).principal)';
const ACTION = '(select (sys.me()).action)';

/** Statements that put the policies of such a doctype's table anew. */
export function governedPolicies(
  doctype: Doctype,
  governance: Governance,
  roles: InstallationRoles,
): string[] {
  const table = qualifiedTable(doctype.name);
  const own = identifier(tableName(doctype.name));
  const { doctype_field, name_field, field_field } = governance;
  const named = [doctype_field, name_field].map((name) => `${own}.${identifier(name)}`);
  const field = field_field === undefined ? 'null' : `${own}.${identifier(field_field)}`;
  const reached = `sys.reaches(${[...named, field].join(', ')})`;
  const people = (governance.changed_by ?? []).map((name) => `${own}.${identifier(name)} = ${ME}`);
  // The claim says what has to be possible with the document that it belongs to.
  const changer = people.length > 0 ? `(${people.join(' or ')})` : `${ACTION} = 'write'`;
  const claimed = people.length > 0 ? 'read' : 'write';
  const change = `${ACTION} = '${claimed}' and ${changer} and ${reached}`;
  const policy = (name: string, command: string, body: string, role: string): string[] => [
    `drop policy if exists ${name} on ${table}`,
    `create policy ${name} on ${table} for ${command} to "${role}" ${body}`,
  ];
  const isNew = `${ACTION} = '${governance.add}' and owner = ${ME} and docstatus = 0`;
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    ...policy('maintain', 'all', 'using (true) with check (true)', roles.owner),
    ...policy('see', 'select', `using (${ACTION} in ('read', 'write') and ${reached})`, roles.app),
    ...policy('add', 'insert', `with check (${isNew} and ${reached})`, roles.app),
    ...policy('change', 'update', `using (${change}) with check (${change})`, roles.app),
    ...policy('remove', 'delete', `using (${change})`, roles.app),
    `grant select, insert, update, delete on ${table} to "${roles.app}"`,
    // Of what is gone the table knows nothing.
    'drop policy if exists see_governed on sys.deleted_document',
    `create policy see_governed on sys.deleted_document for select to "${roles.app}"
       using (${ACTION} = 'read' and sys.reaches_gone_governed(doctype_id, content))`,
  ];
}

/**
 * Under which documents a report shows such rows: where the parent's policy lets a row through,
 * named `d`, and the field's level is open. Written out, as the login of reports may call nothing.
 */
export function governedReport(
  doctype: Doctype,
  { doctype_field, name_field, field_field }: Governance,
  parents: readonly Parent[],
  isOpen: (parent: Parent, level: number) => string,
): string {
  if (parents.length === 0) return 'false';
  const own = identifier(tableName(doctype.name));
  const cases = parents.map((parent) => {
    const { definition } = parent;
    const of = `d.name = ${own}.${identifier(name_field)}`;
    const field = field_field === undefined ? '' : `${own}.${identifier(field_field)}`;
    const level =
      field === '' ? '' : ` and (${levelOpen(field, parent, (one) => isOpen(parent, one))})`;
    const exists = `exists (select from ${qualifiedTable(definition.name)} d where ${of}${level})`;
    return `when ${quoted(definition.name)} then ${exists}`;
  });
  return `case ${own}.${identifier(doctype_field)} ${cases.join(' ')} else false end`;
}

function levelOpen(
  field: string,
  { definition }: Parent,
  isOpen: (level: number) => string,
): string {
  const cases = [...fieldsByLevel(definition)].map(
    ([level, names]) => `when ${field} in (${names.map(quoted).join(', ')}) then ${isOpen(level)}`,
  );
  return `case when ${field} is null then true ${cases.join(' ')} else false end`;
}

/** The function by which others belong to such a doctype's documents; none where they may not. */
export function reachesFunction(parent: Parent, roles: InstallationRoles): string[] {
  const { id, definition } = parent;
  const signature = `sys.reaches_${id}(text, text)`;
  if (parentsAmong([parent]).length === 0) return [`drop function if exists ${signature}`];
  const level = levelOpen('of_field', parent, (one) => openForClaim(parent, one));
  return [
    `create or replace function sys.reaches_${id}(wanted text, of_field text) returns boolean
     language plpgsql stable set search_path = '' as $reaches$
     begin
       return exists (select from ${qualifiedTable(definition.name)} d
         where d.name = wanted and (${level}));
     end $reaches$`,
    `revoke execute on function ${signature} from public`,
    `grant execute on function ${signature} to "${roles.app}"`,
  ];
}

function openForClaim({ id }: Parent, level: number): string {
  const call = (name: string): string => `(select sys.${name}(${id}, ${level}))`;
  const shared =
    level === 0 ? `or d.name = any ((select sys.shared_names(${id}, 'select'))::text[])` : '';
  return `(get_bit(${call('open_cells')}, d.cell_id) <> 0 ${shared}
    or (${call('open_conditions')} is not null
      and sys.meets(${call('open_conditions')}, d.cell_id, to_jsonb(d.*))))`;
}

/** Triggers of documents that others may belong to: those go with it, and follow its name. */
export function parentTriggers(doctype: Doctype): string[] {
  if (doctype.append_only || parentsAmong([{ id: 0, definition: doctype }]).length === 0) return [];
  const trigger: MakeTrigger = triggerOn(doctype);
  const call = (name: string) => `execute function sys.${name}(${quoted(doctype.name)})`;
  return [
    ...trigger(
      'take_governed',
      'after delete',
      `referencing old table as taken for each statement ${call('take_governed')}`,
    ),
    ...trigger('move_governed', 'after update of name', `for each row ${call('move_governed')}`),
  ];
}
