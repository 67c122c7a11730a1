/** Brings the tables of doctypes to their definitions, all in one transaction or not at all. */
import { createHash } from 'node:crypto';
import { type Doctype, isColumn, isTable } from '../../doctype/definition.ts';
import { type Change, planChange } from '../../doctype/migration-plan.ts';
import { columnOf, tableName } from '../../doctype/table-name.ts';
import { identifier } from '../identifier.ts';
import { refusalsOf } from './change-refusals.ts';
import { type JudgeDefinition, judgeOfDefinitions } from './definition-gains.ts';
import { policiesOf, triggersOf } from './doctype-policies.ts';
import {
  columnDefinition,
  columnIndex,
  createTable,
  indexesOf,
  qualifiedTable,
  SQL_TYPE,
  uniqueIndex,
} from './doctype-table.ts';
import type { InstallationRoles, MigrationConnection } from './migration-connection.ts';
import { type RecordImport, recordImport } from './record-import.ts';
import { dropReportView, putReportViews } from './report-views.ts';
import { rowPathFaults, rowPathStatements, rowPathsOf, rowTriggers } from './row-paths.ts';

export type DoctypeOutcome = {
  readonly name: string;
  readonly outcome: 'created' | 'changed' | 'unchanged' | 'refused';
  readonly details: readonly string[];
};

type Known = { readonly id: number; readonly definition: Doctype; readonly checksum: string };

/**
 * Applies the definitions. Where one cannot be brought over without losing data, nothing of any
 * is applied and its reasons are given; so where one is not let through that gives access. `by`
 * says whether they are a release of the system's own, or come from outside and are judged; `record`
 * writes down what was applied.
 */
export async function applyDoctypes(
  owner: MigrationConnection,
  roles: InstallationRoles,
  definitions: readonly Doctype[],
  by: 'release' | 'import' = 'release',
  record: RecordImport | null = null,
): Promise<DoctypeOutcome[]> {
  // The epoch before any table, as every writer takes them: or the two would wait for each other.
  await owner.script('begin; select sys.lock_epoch()');
  try {
    const known = await knownDoctypes(owner);
    const judge = by === 'import' ? await judgeOfDefinitions(owner) : letThrough;
    const outcomes: DoctypeOutcome[] = [];
    const together = definitionsWith(known, definitions);
    for (const definition of definitions) {
      const reasons = rowPathFaults(definition, together);
      outcomes.push(
        reasons.length > 0
          ? { name: definition.name, outcome: 'refused', details: reasons }
          : await applyOne(owner, definition, known.get(definition.name), judge),
      );
    }
    const refused = outcomes.some(({ outcome }) => outcome === 'refused');
    const changed = outcomes.some(({ outcome }) => outcome === 'created' || outcome === 'changed');
    if (changed && !refused) {
      const names = outcomes
        .filter(({ outcome }) => outcome !== 'unchanged')
        .map(({ name }) => name);
      await protectTables(owner, roles, known, new Set(names));
      for (const definition of definitions) {
        // Once all tables are there: where a document is may hang on its rows.
        if (isMoved(known.get(definition.name)?.definition, definition)) {
          await placeAnew(owner, definition, known.get(definition.name)?.id ?? 0);
        }
      }
      await owner.script('update sys.epoch set value = value + 1');
      if (record) await recordImport(owner, record, outcomes.flatMap(importedBy));
    }
    if (!refused) await putReportViews(owner, roles, await knownDoctypes(owner));
    await owner.script(refused ? 'rollback' : 'commit');
    return outcomes;
  } catch (error) {
    // Where the connection is gone, the server has rolled back by itself.
    await owner.script('rollback').catch(() => {});
    throw error;
  }
}

function importedBy({ name, outcome, details }: DoctypeOutcome) {
  if (outcome === 'unchanged') return [];
  return [{ doctype: name, name: null, detail: { outcome, changes: details.length } }];
}

const letThrough: JudgeDefinition = async () => [];

/** Every doctype that has a table, with its stored definition. */
export async function knownDoctypes(owner: MigrationConnection): Promise<Map<string, Known>> {
  const rows = await owner.query(
    'select id, name, definition, checksum from sys.doctype order by id',
  );
  return new Map(
    rows.map((row) => [
      String(row['name']),
      {
        id: Number(row['id']),
        definition: JSON.parse(String(row['definition'])) as Doctype,
        checksum: String(row['checksum']),
      },
    ]),
  );
}

/** All definitions as they will be. */
function definitionsWith(
  known: ReadonlyMap<string, Known>,
  definitions: readonly Doctype[],
): ReadonlyMap<string, Doctype> {
  const together = new Map([...known].map(([name, { definition }]) => [name, definition]));
  for (const definition of definitions) together.set(definition.name, definition);
  return together;
}

async function applyOne(
  owner: MigrationConnection,
  definition: Doctype,
  known: Known | undefined,
  judge: JudgeDefinition,
): Promise<DoctypeOutcome> {
  const { name } = definition;
  const text = JSON.stringify(definition);
  const checksum = createHash('sha256').update(text).digest('hex');
  if (known?.checksum === checksum) return { name, outcome: 'unchanged', details: [] };
  const plan = planChange(known?.definition ?? null, definition);
  if (plan.kind === 'refused') return { name, outcome: 'refused', details: plan.reasons };
  const reasons = [
    ...(await refusalsOf(owner, definition, plan.changes)),
    ...(known ? await judge(known.definition, definition) : []),
  ];
  if (reasons.length > 0) return { name, outcome: 'refused', details: reasons };
  const id = known?.id ?? (await register(owner, definition, text, checksum));
  // PostgreSQL keeps a column that a view speaks of as it is.
  if (known) await dropReportView(owner, definition, id);
  const details: string[] = [];
  // An index may speak of a column that another change adds.
  const isIndex = (change: Change): boolean => change.kind === 'add-index';
  const ordered = plan.changes.toSorted((a, b) => Number(isIndex(a)) - Number(isIndex(b)));
  for (const change of ordered) {
    for (const sql of statementsOf(definition, change)) await owner.script(sql);
    details.push(describe(change));
  }
  if (known) {
    await owner.query('update sys.doctype set definition = $2, checksum = $3 where id = $1', [
      id,
      text,
      checksum,
    ]);
  }
  await describeToPolicies(owner, definition, id, known?.definition);
  return { name, outcome: known ? 'changed' : 'created', details };
}

async function register(
  owner: MigrationConnection,
  doctype: Doctype,
  text: string,
  checksum: string,
) {
  const [row] = await owner.query(
    `insert into sys.doctype (name, table_name, definition, checksum) values ($1, $2, $3, $4) returning id`,
    [doctype.name, tableName(doctype.name), text, checksum],
  );
  return Number(row?.['id']);
}

function statementsOf(doctype: Doctype, change: Change): string[] {
  const table = qualifiedTable(doctype.name);
  const column = 'field' in change ? identifier(change.field) : '';
  const field = doctype.fields.find((one) => 'field' in change && one.fieldname === change.field);
  switch (change.kind) {
    case 'create-table':
      return [createTable(doctype), ...indexesOf(doctype)];
    case 'add-column':
      // A column that an earlier definition had is still there, with its values.
      return field
        ? [`alter table ${table} add column if not exists ${columnDefinition(field)}`]
        : [];
    case 'keep-column':
      return [];
    case 'retype-column': {
      const type = SQL_TYPE[change.to];
      // An amount is kept as a whole number; as text it is what people read.
      const value =
        change.from === 'money'
          ? `trim_scale(${column}::numeric / 10000)::text`
          : `${column}::${type.split(/ (?:collate|not) /)[0]}`;
      return [
        // A Check's column has a default of its own.
        `alter table ${table} alter column ${column} drop default, alter column ${column} drop not null`,
        `alter table ${table} alter column ${column} type ${type} using ${value}`,
      ];
    }
    case 'add-unique':
      return field ? [uniqueIndex(doctype, field).sql] : [];
    case 'drop-unique':
      return field
        ? [`drop index if exists doc.${identifier(uniqueIndex(doctype, field).name)}`]
        : [];
    case 'add-index':
      return [columnIndex(doctype, change.field)];
    case 'drop-index':
      return [];
    case 'seal-column':
      // Values that were readable cannot be called secret afterwards; copies of them are about.
      throw new Error(
        `${doctype.name}.${change.field} holds values; add a new secret field instead`,
      );
    case 'recompute-cells':
    case 'rebuild-tree':
      // Done by `describeToPolicies` and its triggers, for every changed definition.
      return [];
  }
}

function describe(change: Change): string {
  return 'field' in change ? `${change.kind} ${change.field}` : change.kind;
}

/** Writes down what policies and functions read: column types, dimension paths. Re-places rows. */
async function describeToPolicies(
  owner: MigrationConnection,
  doctype: Doctype,
  id: number,
  before: Doctype | undefined,
): Promise<void> {
  await owner.query('delete from sys.field where doctype_id = $1', [id]);
  const columns = doctype.fields.filter(isColumn);
  await owner.query('insert into sys.field select $1, * from unnest($2::text[], $3::text[])', [
    id,
    columns.map(({ fieldname }) => fieldname),
    columns.map(columnOf),
  ]);
  const paths = doctype.dimension_paths ?? [];
  await owner.query('delete from sys.dimension_path where doctype_id = $1', [id]);
  for (const [position, { dimension, path }] of paths.entries()) {
    await owner.query('insert into sys.dimension_path values ($1, $2, $3, $4)', [
      id,
      position + 1,
      dimension,
      path,
    ]);
  }
  if (isMoved(before, doctype)) {
    await owner.query('delete from sys.cell where doctype_id = $1', [id]);
    await owner.query('update sys.doctype set cells = 0 where id = $1', [id]);
  }
  await dropTriggers(owner, qualifiedTable(doctype.name));
  const statements = [...rowPathStatements(doctype, id), ...triggersOf(doctype, id)];
  await owner.script(statements.join(';\n'));
  if (before?.is_dimension) await rebuildTree(owner, doctype);
  // A column that was added has values in every row, and no row was written.
  if (before && doctype.is_permission_record) {
    await owner.query('select sys.record_present($1::regclass)', [qualifiedTable(doctype.name)]);
  }
}

/** True where documents that are there already may be in other cells by the new definition. */
function isMoved(before: Doctype | undefined, after: Doctype): boolean {
  if (!before) return false;
  const place = (doctype: Doctype): string =>
    JSON.stringify([doctype.dimension_paths ?? [], rowPathsOf(doctype)]);
  return place(before) !== place(after);
}

/** Those that the new definition asks for are made again; what it no longer asks for must go. */
async function dropTriggers(owner: MigrationConnection, table: string): Promise<void> {
  const triggers = await owner.query(
    'select tgname as name from pg_catalog.pg_trigger where tgrelid = $1::regclass and not tgisinternal',
    [table],
  );
  for (const { name } of triggers) await owner.script(`drop trigger ${name} on ${table}`);
}

/**
 * The documents stay as they are, so what keeps submitted ones and logs from change is not asked.
 * Only in this transaction, which holds the table for itself.
 */
async function placeAnew(owner: MigrationConnection, doctype: Doctype, id: number): Promise<void> {
  const table = qualifiedTable(doctype.name);
  const said = rowPathsOf(doctype).length > 0 ? `, child_dimensions = sys.rows_say_${id}(id)` : '';
  const triggers = await owner.query(
    `select tgname as name from pg_catalog.pg_trigger
     where tgrelid = $1::regclass and tgname in ('keep_submitted', 'append_only')`,
    [table],
  );
  const each = (verb: string) => triggers.map(({ name }) => `${verb} trigger ${name}`).join(', ');
  if (triggers.length > 0) await owner.script(`alter table ${table} ${each('disable')}`);
  await owner.script(`update ${table} set cell_id = cell_id${said}`);
  if (triggers.length > 0) await owner.script(`alter table ${table} ${each('enable')}`);
}

async function rebuildTree(owner: MigrationConnection, doctype: Doctype): Promise<void> {
  await owner.query('delete from sys.tree_node where dimension = $1', [doctype.name]);
  if (!doctype.is_tree || !doctype.is_dimension) return;
  const parent = identifier(doctype.parent_field ?? '');
  await owner.query(
    `insert into sys.tree_node (dimension, value, parent)
     select $1, name, ${parent} from ${qualifiedTable(doctype.name)}`,
    [doctype.name],
  );
}

/** Puts the policies of changed doctypes anew, and of their children, which name their parents. */
async function protectTables(
  owner: MigrationConnection,
  roles: InstallationRoles,
  before: ReadonlyMap<string, Known>,
  changed: ReadonlySet<string>,
): Promise<void> {
  const all = await knownDoctypes(owner);
  const known = [...all.values()];
  const touched = new Set(changed);
  for (const name of changed) {
    for (const definition of [before.get(name)?.definition, all.get(name)?.definition]) {
      for (const field of definition?.fields.filter(isTable) ?? [])
        touched.add(field.options ?? '');
    }
  }
  for (const { id, definition } of known.filter((one) => touched.has(one.definition.name))) {
    const parents = known
      .filter((other) =>
        other.definition.fields.some(
          (field) => isTable(field) && field.options === definition.name,
        ),
      )
      .map((other) => other.definition);
    const names = parents.map(({ name }) => name);
    const statements = [
      ...policiesOf(definition, id, names, roles),
      ...rowTriggers(definition, parents),
    ];
    await owner.script(statements.join(';\n'));
  }
}
