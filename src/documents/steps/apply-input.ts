/** Makes the document as it will be: what is stored, and what the caller gives. */
import { levelsAnywhere } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { randomId } from '../../base/random.ts';
import { defaultOf } from '../../doctype/default-value.ts';
import { type Field, isColumn, STANDARD_FIELDS } from '../../doctype/definition.ts';
import { columnOf } from '../../doctype/table-name.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import { eachOrRefused } from '../several-refused.ts';
import type { Echo, WriteWork } from '../work.ts';
import { requireVersionForRows } from './check-version.ts';
import { type ParsedDocument, parseDocument } from './parse-document.ts';

type Rows = StoredValues[];

/** For new documents: defaults, then what was given. */
export async function applyNew(works: readonly WriteWork[]): Promise<void> {
  const [first] = works;
  if (!first) return;
  const isKnown = knownFields(first);
  const fresh = freshRows(first);
  await eachOrRefused(works, (work) => applyOne(work, isKnown, fresh));
}

const GIVEN_TO_NEW: ReadonlySet<string> = new Set(['name']);
const GIVEN_TO_IMPORT: ReadonlySet<string> = new Set(['name', 'owner', 'docstatus', 'creation']);

function applyOne(work: WriteWork, isKnown: (field: Field) => boolean, fresh: FreshRow): void {
  const parsed = parseDocument(work.table, work.input, isKnown);
  refuseStandard(work, parsed, work.operation === 'import' ? GIVEN_TO_IMPORT : GIVEN_TO_NEW);
  const { name, owner, docstatus, ...values } = parsed.values;
  if (name !== undefined) work.name = String(name);
  const own = setAside(work, work.table, values, null);
  work.after = { values: { ...fresh(work.table), ...own }, tables: {} };
  work.after.values['owner'] = owner ?? work.caller.principal.id;
  work.after.values['docstatus'] = docstatus ?? 0;
  for (const child of work.table.children) {
    const { fieldname } = child.field;
    const rows = parsed.tables[fieldname] ?? [];
    work.after.tables[fieldname] = rows.map((row, i) =>
      newRow(work, child, fresh(child.table), row, i),
    );
  }
  noteGiven(work, parsed);
}

/** For a stored document: a field that is not given keeps its value. */
export function applyChange(work: WriteWork): void {
  const { before, table } = work;
  if (!before) throw new Error('nothing was loaded');
  const parsed = parseDocument(table, work.input, knownFields(work));
  refuseStandard(work, parsed, new Set());
  requireVersionForRows(work, Object.keys(parsed.tables).length > 0);
  const values = { ...before.values };
  for (const [name, value] of Object.entries(setAside(work, table, parsed.values, null))) {
    if (!isStandard(name)) values[name] = value;
  }
  const tables: Record<string, Rows> = {};
  const fresh = freshRows(work);
  for (const child of table.children) {
    const { fieldname } = child.field;
    const stored = before.tables[fieldname] ?? [];
    const given = parsed.tables[fieldname];
    tables[fieldname] = given ? mergeRows(work, child, fresh, stored, given) : [...stored];
  }
  work.after = { values, tables };
  noteGiven(work, parsed);
}

/** The document as it stands, to be given another docstatus. */
export function keepDocument(work: WriteWork): void {
  if (!work.before) throw new Error('nothing was loaded');
  const tables = Object.entries(work.before.tables).map(([name, rows]) => [name, [...rows]]);
  work.after = { values: { ...work.before.values }, tables: Object.fromEntries(tables) };
}

/** Rows merge by their `name`; one without is new; one that is not given is removed. */
function mergeRows(
  work: WriteWork,
  child: Table['children'][number],
  fresh: FreshRow,
  stored: readonly StoredValues[],
  given: readonly StoredValues[],
): Rows {
  const byName = new Map(stored.map((row) => [row['name'], row]));
  return given.map((row, index) => {
    if (row['name'] === undefined) return newRow(work, child, fresh(child.table), row, index);
    const before = byName.get(row['name']);
    if (!before || !byName.delete(row['name'])) {
      throw new Refusal('bad_value', `There is no row \`${String(row['name'])}\` to change.`);
    }
    const place = { table: child.field.fieldname, name: row['name'] };
    return { ...before, ...setAside(work, child.table, row, place), idx: index + 1 };
  });
}

function newRow(
  work: WriteWork,
  { field, table }: Table['children'][number],
  fresh: StoredValues,
  row: StoredValues,
  index: number,
): StoredValues {
  const name = randomId(12);
  const own = setAside(work, table, row, { table: field.fieldname, name });
  return { ...fresh, ...own, name, idx: index + 1 };
}

/** Takes values of read-only fields out; clients send them back with the rest of a document. */
function setAside(
  work: WriteWork,
  table: Table,
  values: StoredValues,
  row: Echo['row'],
): StoredValues {
  if (work.operation === 'import') return values;
  const entries = Object.entries(values).filter(([name, value]) => {
    const field = table.columns.get(name)?.field;
    if (!field?.read_only) return true;
    work.echoes.push({ field, value, row });
    return false;
  });
  return Object.fromEntries(entries);
}

type FreshRow = (table: Table) => StoredValues;

/** Blanks and defaults of each table, worked out once for all documents of a batch. */
export function freshRows(work: WriteWork): FreshRow {
  const made = new Map<Table, StoredValues>();
  return (table) => {
    const known = made.get(table) ?? { ...blanks(table), ...defaultsOf(table, work) };
    made.set(table, known);
    return known;
  };
}

/** Fields of a level that is open to the caller nowhere do not exist for them. */
function knownFields(work: WriteWork): (field: Field) => boolean {
  const { caller, moment, doctype } = work;
  if (doctype.governed_by) return () => true;
  const base = { principal: caller.principal, doctype: doctype.name, now: moment.now };
  const actions = ['read', 'write', 'create', 'import'] as const;
  const levels = new Set(
    actions.flatMap((action) => [...levelsAnywhere(moment.policy.world, { ...base, action })]),
  );
  return (field) => levels.has(field.level ?? 0);
}

function defaultsOf(table: Table, work: WriteWork): Record<string, StoredValues[string]> {
  const values: Record<string, StoredValues[string]> = {};
  for (const field of table.doctype.fields.filter(isColumn)) {
    const word = defaultOf(field);
    if (word === null) continue;
    const { at } = work.transaction.opening;
    if (word.kind === 'value') values[field.fieldname] = word.value;
    else if (word.kind === 'user') values[field.fieldname] = work.caller.principal.id;
    else if (word.kind === 'today') values[field.fieldname] = at.slice(0, 10);
    else values[field.fieldname] = columnOf(field) === 'time' ? at.slice(11) : at;
  }
  return values;
}

/** A Check has no third state; everything else begins blank. */
function blanks(table: Table): Record<string, StoredValues[string]> {
  const values: Record<string, StoredValues[string]> = {};
  for (const column of table.columns.values()) {
    if (column.field) values[column.name] = column.field.fieldtype === 'Check' ? 0 : null;
  }
  return values;
}

/** Standard columns are the pipeline's; clients send them back, which is fine unless changed. */
function refuseStandard(
  work: WriteWork,
  parsed: ParsedDocument,
  allowed: ReadonlySet<string>,
): void {
  for (const [name, value] of Object.entries(parsed.values)) {
    if (!isStandard(name) || allowed.has(name) || name === 'modified') continue;
    const stored = work.before?.values[name] ?? (name === 'docstatus' ? 0 : undefined);
    if (value === stored) continue;
    const hint = name === 'docstatus' ? ' Use submit, cancel or amend.' : '';
    const detail = `\`${name}\` cannot be set.${hint}`;
    throw new Refusal('bad_value', detail, {
      errors: [{ field: name, code: 'bad_value', detail }],
    });
  }
}

function noteGiven(work: WriteWork, parsed: ParsedDocument): void {
  for (const name of Object.keys(parsed.values)) work.given.add(name);
  for (const [table, rows] of Object.entries(parsed.tables)) {
    work.given.add(table);
    for (const row of rows) for (const name of Object.keys(row)) work.given.add(`${table}.${name}`);
  }
}

function isStandard(name: string): boolean {
  return (STANDARD_FIELDS as readonly string[]).includes(name);
}
