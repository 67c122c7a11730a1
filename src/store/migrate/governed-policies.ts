/**
 * Policies of tables whose documents belong to others: each row is reached with the document that
 * it names, by that document's own policy, whose parts are computed once for a statement.
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

/**
 * Tells which doctypes need their policies anew since others changed: those that belong to other
 * documents name every doctype of these, and where they may be of one field, its level.
 */
export function governingChange(
  before: ReadonlyMap<string, Parent>,
  after: ReadonlyMap<string, Parent>,
  changed: ReadonlySet<string>,
): (doctype: Doctype) => boolean {
  const isNew = [...changed].some((name) => !before.has(name));
  const levelsOf = (one: Parent | undefined): string =>
    JSON.stringify(one ? [...fieldsByLevel(one.definition)] : null);
  const isLeveled = [...changed].some(
    (name) => levelsOf(before.get(name)) !== levelsOf(after.get(name)),
  );
  return ({ governed_by: governance }) =>
    governance !== undefined && (isNew || (isLeveled && governance.field_field !== undefined));
}

const ME = '(select (sys.me()).principal)';
const ACTION = '(select (sys.me()).action)';

/** Statements that put the policies of such a doctype's table anew. */
export function governedPolicies(
  doctype: Doctype,
  governance: Governance,
  parents: readonly Parent[],
  roles: InstallationRoles,
): string[] {
  const table = qualifiedTable(doctype.name);
  const reached = withParent(doctype, governance, parents, openForClaim);
  const own = identifier(tableName(doctype.name));
  const people = (governance.changed_by ?? []).map((name) => `${own}.${identifier(name)} = ${ME}`);
  // The claim says what has to be possible with the document that it belongs to.
  const changer = people.length > 0 ? `(${people.join(' or ')})` : `${ACTION} = 'write'`;
  const claimed = people.length > 0 ? 'read' : 'write';
  const change = `${ACTION} = '${claimed}' and ${changer} and (${reached})`;
  const policy = (name: string, command: string, body: string, role: string): string[] => [
    `drop policy if exists ${name} on ${table}`,
    `create policy ${name} on ${table} for ${command} to "${role}" ${body}`,
  ];
  const isNew = `${ACTION} = '${governance.add}' and owner = ${ME} and docstatus = 0`;
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    ...policy('maintain', 'all', 'using (true) with check (true)', roles.owner),
    ...policy(
      'see',
      'select',
      `using (${ACTION} in ('read', 'write') and (${reached}))`,
      roles.app,
    ),
    ...policy('add', 'insert', `with check (${isNew} and (${reached}))`, roles.app),
    ...policy('change', 'update', `using (${change}) with check (${change})`, roles.app),
    ...policy('remove', 'delete', `using (${change})`, roles.app),
    `grant select, insert, update, delete on ${table} to "${roles.app}"`,
    // Of what is gone the table knows nothing.
    'drop policy if exists see_governed on sys.deleted_document',
    `create policy see_governed on sys.deleted_document for select to "${roles.app}"
       using (${ACTION} = 'read' and sys.reaches_gone_governed(doctype_id, content))`,
  ];
}

/** Under which documents a report shows such rows: those that it shows. */
export function governedReport(
  doctype: Doctype,
  governance: Governance,
  parents: readonly Parent[],
  isOpen: (parent: Parent, level: number) => string,
): string {
  return withParent(doctype, governance, parents, isOpen);
}

/** True where the parent's policy lets a row through, named `d`, and the field's level is open. */
function withParent(
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
