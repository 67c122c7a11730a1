/**
 * What raw SQL sees: one view for each doctype, in schema `reports`. It belongs to a role that is
 * subject to row-level security, with a policy of its own on every table, and it is a barrier: no
 * function of a statement is given a row before the policy let it through.
 *
 * A row is there exactly where its level 0 is open for reports. Secrets are no columns of a view;
 * a field above level 0 is null on rows where its level is closed.
 */
import { createHash } from 'node:crypto';
import { type Doctype, type Field, isColumn, isTable } from '../../doctype/definition.ts';
import { columnOf, sensitivityOf, tableName } from '../../doctype/table-name.ts';
import { identifier, quoted } from '../identifier.ts';
import { qualifiedTable } from './doctype-table.ts';
import { governedReport, type Parent, parentsAmong } from './governed-policies.ts';
import type { InstallationRoles, MigrationConnection } from './migration-connection.ts';

type Known = ReadonlyMap<string, { readonly id: number; readonly definition: Doctype }>;

const DOCUMENT_COLUMNS = ['name', 'owner', 'creation', 'modified', 'modified_by', 'docstatus'];
const ROW_COLUMNS = ['name', 'parenttype', 'parentfield', 'idx'];

/** Makes the views and policies that are missing or differ, in the caller's transaction. */
export async function putReportViews(
  owner: MigrationConnection,
  roles: InstallationRoles,
  known: Known,
): Promise<void> {
  const rows = await owner.query('select doctype_id, checksum from sys.report_view');
  const checksums = new Map(rows.map((row) => [Number(row['doctype_id']), row['checksum']]));
  for (const { id, definition } of known.values()) {
    const statements = statementsOf(definition, id, roles, known);
    const checksum = createHash('sha256').update(statements.join(';')).digest('hex');
    if (checksums.get(id) === checksum) continue;
    await owner.script(statements.join(';\n'));
    await owner.query(
      `insert into sys.report_view values ($1, $2)
       on conflict (doctype_id) do update set checksum = excluded.checksum`,
      [id, checksum],
    );
  }
}

/** Takes the view of a doctype away before its table changes. */
export async function dropReportView(
  owner: MigrationConnection,
  doctype: Doctype,
  id: number,
): Promise<void> {
  await owner.script(`drop view if exists ${viewOf(doctype)}`);
  await owner.query('delete from sys.report_view where doctype_id = $1', [id]);
}

function viewOf({ name }: Doctype): string {
  return `reports.${identifier(tableName(name))}`;
}

function statementsOf(
  doctype: Doctype,
  id: number,
  roles: InstallationRoles,
  known: Known,
): string[] {
  const table = qualifiedTable(doctype.name);
  const view = viewOf(doctype);
  const body = doctype.istable ? rowsView(doctype, known) : documentsView(doctype, id);
  const reached = reachedFor(doctype, id, known);
  return [
    `drop policy if exists report on ${table}`,
    `create policy report on ${table} for select to "${roles.views}" using (${reached})`,
    `grant select on ${table} to "${roles.views}"`,
    `drop view if exists ${view}`,
    `create view ${view} with (security_barrier) as ${body}`,
    `alter view ${view} owner to "${roles.views}"`,
    `revoke all on ${view} from public`,
    `grant select on ${view} to "${roles.report}"`,
  ];
}

/** The table's policy: what belongs to a document is reported with it. */
function reachedFor(doctype: Doctype, id: number, known: Known): string {
  if (doctype.istable) return parentReached(doctype, known);
  if (!doctype.governed_by) return isOpen(id, qualifiedTable(doctype.name), 0);
  const parents = parentsAmong(known.values());
  const open = (parent: Parent, level: number): string =>
    // Level 0 is what the parent's own policy asks for.
    level === 0 ? 'true' : `(${isOpen(parent.id, qualifiedTable(parent.definition.name), level)})`;
  return governedReport(doctype, doctype.governed_by, parents, open);
}

/** The condition under which a level of a document, here `d`, is open for reports. */
function isOpen(id: number, table: string, level: number): string {
  const row = level === 0 ? table.split('.')[1] : 'd';
  const call = (name: string): string => `(select sys.${name}(${id}, ${level}))`;
  const shared =
    level === 0 ? `or ${row}.name = any ((select sys.report_shared(${id}))::text[])` : '';
  return `get_bit(${call('report_cells')}, ${row}.cell_id) <> 0 ${shared}
    or (${call('report_conditions')} is not null
      and sys.report_meets(${call('report_conditions')}, ${row}.cell_id, to_jsonb(${row}.*)))`;
}

function documentsView(doctype: Doctype, id: number): string {
  const table = qualifiedTable(doctype.name);
  const own = shownFields(doctype).map((field) => {
    const level = field.level ?? 0;
    const value = shownValue('d', field);
    const shown = level === 0 ? value : `case when ${isOpen(id, table, level)} then ${value} end`;
    return `${shown} as ${identifier(field.fieldname)}`;
  });
  const columns = [...DOCUMENT_COLUMNS.map((name) => `d.${name}`), ...own];
  return `select ${columns.join(', ')} from ${table} d`;
}

/** Rows are as open as their document is, and as the field that holds them. */
function rowsView(doctype: Doctype, known: Known): string {
  const fields = shownFields(doctype);
  const levels = [...new Set(fields.map(({ level = 0 }) => level))].filter((level) => level > 0);
  const parents = holdersOf(doctype, known).map(({ id, parent, field }) => {
    const table = qualifiedTable(parent.name);
    const open = (level: number): string =>
      level === 0 ? 'true' : `(${isOpen(id, table, level)})`;
    const flags = levels.map((level) => `${open(level)} as open_${level}`);
    return `select ${['d.name as parent', ...flags].join(', ')} from ${table} d
      where d.id = r.parent_id and r.parenttype = ${quoted(parent.name)}
        and r.parentfield = ${quoted(field.fieldname)} and ${open(field.level ?? 0)}`;
  });
  const none = ['null::text as parent', ...levels.map((level) => `false as open_${level}`)];
  const from = parents.length > 0 ? parents.join(' union all ') : `select ${none} where false`;
  const own = fields.map((field) => {
    const level = field.level ?? 0;
    const value = shownValue('r', field);
    const shown = level === 0 ? value : `case when p.open_${level} then ${value} end`;
    return `${shown} as ${identifier(field.fieldname)}`;
  });
  const columns = [...ROW_COLUMNS.map((name) => `r.${name}`), 'p.parent', ...own];
  return `select ${columns.join(', ')} from ${qualifiedTable(doctype.name)} r
    cross join lateral (${from}) p`;
}

/** The table's policy: rows are reached with their document, by the document's own policy. */
function parentReached(doctype: Doctype, known: Known): string {
  const names = new Set(holdersOf(doctype, known).map(({ parent }) => parent.name));
  if (names.size === 0) return 'false';
  const cases = [...names].map((name) => {
    const exists = `exists (select from ${qualifiedTable(name)} p where p.id = parent_id)`;
    return `when ${quoted(name)} then ${exists}`;
  });
  return `case parenttype ${cases.join(' ')} else false end`;
}

/** Fields of doctypes whose rows are of this one. */
function holdersOf(
  doctype: Doctype,
  known: Known,
): { readonly id: number; readonly parent: Doctype; readonly field: Field }[] {
  return [...known.values()].flatMap(({ id, definition: parent }) =>
    parent.fields
      .filter((field) => isTable(field) && field.options === doctype.name)
      .map((field) => ({ id, parent, field })),
  );
}

/** INVARIANT (secrets-stay): a secret has no column here. */
function shownFields(doctype: Doctype): Field[] {
  const standard = doctype.istable ? [...ROW_COLUMNS, 'parent'] : DOCUMENT_COLUMNS;
  return doctype.fields.filter(
    (field) =>
      isColumn(field) && sensitivityOf(field) !== 'secret' && !standard.includes(field.fieldname),
  );
}

/** Money is kept as a whole number of ten-thousandths; people add and compare amounts. */
function shownValue(row: string, field: Field): string {
  const column = `${row}.${identifier(field.fieldname)}`;
  return columnOf(field) === 'money' ? `(${column} * 0.0001)` : column;
}
