/** Brings the tables of doctypes to their definitions, all in one transaction or not at all. */
import { createHash } from 'node:crypto';
import { type AskedLosses, NO_LOSSES } from '../../doctype/asked-losses.ts';
import { type Doctype, isColumn, isTable } from '../../doctype/definition.ts';
import { renamed, renamesOf } from '../../doctype/renames.ts';
import { columnOf, tableName } from '../../doctype/table-name.ts';
import { identifier } from '../identifier.ts';
import { describeChange, statementsOf } from './change-statements.ts';
import { type JudgeDefinition, judgeOfDefinitions } from './definition-gains.ts';
import { policiesOf, triggersOf } from './doctype-policies.ts';
import { qualifiedTable } from './doctype-table.ts';
import { type Examined, examineDoctype } from './examine-doctype.ts';
import { endFilling, leaveFilling, swapStatements } from './fill-columns.ts';
import { fillSearch, putSearch } from './fill-entries.ts';
import type { InstallationRoles, MigrationConnection } from './migration-connection.ts';
import { PATIENCE, patiently } from './patiently.ts';
import { type Pace, prepareLarge } from './prepare-large.ts';
import { type RecordImport, recordImport } from './record-import.ts';
import { renameStatements } from './rename-fields.ts';
import { dropReportView, putReportViews } from './report-views.ts';
import { rowPathFaults, rowPathStatements, rowPathsOf, rowTriggers } from './row-paths.ts';
import { putEntries } from './search-entries.ts';

export type DoctypeOutcome = {
  readonly name: string;
  readonly outcome: 'created' | 'changed' | 'unchanged' | 'refused';
  readonly details: readonly string[];
};

type Known = { readonly id: number; readonly definition: Doctype; readonly checksum: string };

export type HowToApply = {
  /** Whether they are a release of the system's own, or come from outside and are judged. */
  readonly by: 'release' | 'import';
  /** Writes down what was applied. */
  readonly record: RecordImport | null;
  readonly asked: AskedLosses;
  readonly pace: Pace;
};

/** Small tables at once; large ones in steps that nobody has to wait for. */
export const USUAL_PACE: Pace = {
  ...{ largeRows: 10_000, batchRows: 5_000, patience: PATIENCE },
  progress: () => {},
};

/**
 * Applies the definitions. Where one cannot be brought over without losing data, nothing of any
 * is applied and its reasons are given; so where one is not let through that gives access.
 */
export async function applyDoctypes(
  owner: MigrationConnection,
  roles: InstallationRoles,
  definitions: readonly Doctype[],
  by: 'release' | 'import' = 'release',
  record: RecordImport | null = null,
  more: Partial<Pick<HowToApply, 'asked' | 'pace'>> = {},
): Promise<DoctypeOutcome[]> {
  const how: HowToApply = { by, record, asked: NO_LOSSES, pace: USUAL_PACE, ...more };
  const strangers = refusedLosses(definitions, how.asked);
  if (strangers.length > 0) return strangers;
  await prepareAll(owner, definitions, how);
  try {
    const applied = await patiently(owner, how.pace.patience, async () => {
      const outcomes = await applyTogether(owner, roles, definitions, how);
      if (outcomes.some(({ outcome }) => outcome === 'refused')) throw new Refused(outcomes);
      return outcomes;
    });
    await fillSearch(owner, how.pace);
    return applied;
  } catch (error) {
    if (error instanceof Refused) return error.outcomes;
    throw error;
  }
}

/** Ends the transaction in which something was refused. */
class Refused extends Error {
  readonly outcomes: DoctypeOutcome[];

  constructor(outcomes: DoctypeOutcome[]) {
    super('refused');
    this.outcomes = outcomes;
  }
}

/** Losses that were asked for of doctypes that are not there. */
function refusedLosses(
  definitions: readonly Doctype[],
  { drop, retype }: AskedLosses,
): DoctypeOutcome[] {
  const fields = [...drop, ...retype];
  return fields
    .filter((field) => !definitions.some(({ name }) => field.startsWith(`${name}.`)))
    .map((field) => ({
      name: field,
      outcome: 'refused',
      details: ['is no field of a doctype that is migrated here.'],
    }));
}

/**
 * Looks at all of them, and does ahead what takes long. Whatever is refused is told by the
 * transaction that applies them, and nothing is done ahead of that.
 */
async function prepareAll(
  owner: MigrationConnection,
  definitions: readonly Doctype[],
  { asked, pace, by }: HowToApply,
): Promise<void> {
  const known = await knownDoctypes(owner);
  const together = definitionsWith(known, definitions);
  const judge = by === 'import' ? await judgeOfDefinitions(owner) : letThrough;
  const examined = new Map<number, Examined>();
  for (const definition of definitions) {
    const there = known.get(definition.name);
    if (!there) continue;
    if (there.checksum === checksumOf(definition)) {
      await leaveFilling(owner, definition, there.id, pace.patience);
      continue;
    }
    const one = await examineDoctype(owner, definition, there.definition, false, asked);
    const reasons = [...one.reasons, ...rowPathFaults(definition, together)];
    if (one.before) reasons.push(...(await judge(one.before, definition)));
    if (reasons.length > 0) return;
    examined.set(there.id, one);
  }
  for (const [id, one] of examined) await prepareLarge(owner, id, one, pace);
}

/** In the transaction that has begun. */
async function applyTogether(
  owner: MigrationConnection,
  roles: InstallationRoles,
  definitions: readonly Doctype[],
  { by, record, asked, pace }: HowToApply,
): Promise<DoctypeOutcome[]> {
  // The epoch before any table, as every writer takes them: or the two would wait for each other.
  await owner.script('select sys.lock_epoch()');
  const known = await knownDoctypes(owner);
  const judge = by === 'import' ? await judgeOfDefinitions(owner) : letThrough;
  const outcomes: DoctypeOutcome[] = [];
  const together = definitionsWith(known, definitions);
  for (const definition of definitions) {
    const reasons = rowPathFaults(definition, together);
    outcomes.push(
      reasons.length > 0
        ? { name: definition.name, outcome: 'refused', details: reasons }
        : await applyOne(owner, definition, known.get(definition.name), judge, asked),
    );
  }
  if (outcomes.some(({ outcome }) => outcome === 'refused')) return outcomes;
  if (outcomes.some(({ outcome }) => outcome !== 'unchanged')) {
    await settle(owner, roles, known, definitions, outcomes);
    if (record) await recordImport(owner, record, outcomes.flatMap(importedBy));
  }
  const all = await knownDoctypes(owner);
  await putReportViews(owner, roles, all);
  await putSearch(owner, roles, all, pace);
  return outcomes;
}

/** What has to wait until all tables are as they are defined. */
async function settle(
  owner: MigrationConnection,
  roles: InstallationRoles,
  known: ReadonlyMap<string, Known>,
  definitions: readonly Doctype[],
  outcomes: readonly DoctypeOutcome[],
): Promise<void> {
  const names = outcomes.filter(({ outcome }) => outcome !== 'unchanged').map(({ name }) => name);
  await protectTables(owner, roles, known, new Set(names));
  for (const definition of definitions) {
    // Where a document is may hang on its rows.
    const stored = known.get(definition.name);
    const before = stored && renamed(stored.definition, renamesOf(stored.definition, definition));
    if (isMoved(before, definition)) await placeAnew(owner, definition, stored?.id ?? 0);
  }
  await owner.script('update sys.epoch set value = value + 1');
}

/** By which a definition is known to be the stored one. */
export function checksumOf(definition: Doctype): string {
  return createHash('sha256').update(JSON.stringify(definition)).digest('hex');
}

function importedBy({ name, outcome, details }: DoctypeOutcome) {
  if (outcome === 'unchanged') return [];
  return [{ doctype: name, name: null, detail: { outcome, changes: details.length } }];
}

/** A release of the system's own is not judged. */
export const letThrough: JudgeDefinition = async () => [];

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
  asked: AskedLosses,
): Promise<DoctypeOutcome> {
  const { name } = definition;
  const checksum = checksumOf(definition);
  const isSame = known?.checksum === checksum;
  const stored = known?.definition ?? null;
  const one = await examineDoctype(owner, definition, stored, isSame, asked);
  if (one.isUnchanged) return { name, outcome: 'unchanged', details: [] };
  if (one.reasons.length > 0) return { name, outcome: 'refused', details: one.reasons };
  if (known && stored) {
    // PostgreSQL keeps a column that a view speaks of as it is.
    await dropReportView(owner, definition, known.id);
    for (const rename of one.renames) {
      const statements = renameStatements(stored, rename);
      for (const sql of statements) await owner.script(sql);
    }
    const reasons = one.before ? await judge(one.before, definition) : [];
    if (reasons.length > 0) return { name, outcome: 'refused', details: reasons };
    await dropTriggers(owner, qualifiedTable(name));
  }
  const text = JSON.stringify(definition);
  const id = known?.id ?? (await register(owner, definition, text, checksum));
  const details = one.renames.map(({ from, to }) => `rename ${from} to ${to}`);
  for (const change of one.changes) {
    const swap =
      change.kind === 'retype-column' ? await swapStatements(owner, definition, id, change) : null;
    for (const sql of swap ?? statementsOf(definition, change)) await owner.script(sql);
    details.push(describeChange(change));
  }
  for (const sql of one.drops.statements) await owner.script(sql);
  if (known) {
    await endFilling(owner, definition, id);
    await owner.query('update sys.doctype set definition = $2, checksum = $3 where id = $1', [
      id,
      text,
      checksum,
    ]);
  }
  await describeToPolicies(owner, definition, id, one.before ?? undefined);
  return {
    name,
    outcome: known ? 'changed' : 'created',
    details: [...details, ...one.drops.told],
  };
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
  await putEntries(owner, doctype, id);
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
export function isMoved(before: Doctype | undefined, after: Doctype): boolean {
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
