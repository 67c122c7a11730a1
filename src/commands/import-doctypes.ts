/** `import-doctypes DIR`: real Frappe DocType JSON becomes typed tables, nothing in force. */
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPS } from '../../apps/all.ts';
import { Refusal } from '../base/errors.ts';
import type { ImportedFile, ImportReport } from '../cli/actions.ts';
import { completeDefinition } from '../doctype/complete-definition.ts';
import { readFrappeDoctype } from '../doctype/frappe-doctype.ts';
import type { ImportReading, StorableReading } from '../doctype/import-reading.ts';
import { resolveTargets } from '../doctype/resolve-targets.ts';
import { tableName } from '../doctype/table-name.ts';
import { runMigrator } from '../store/installation/installation.ts';
import type { DoctypeOutcome } from '../store/migrate/apply-doctypes.ts';
import { noteUse } from './audit-use.ts';
import { dataDirOf, operator, withSystem } from './open-system.ts';
import type { Root, System } from './system.ts';

const BUILT_IN = new Map(APPS.flatMap((app) => app.doctypes.map((one) => [one.name, one])));

/** One file may be this large; the largest real ones have a tenth of it. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;

/** Reads every JSON file of a folder, applies what can be stored, and accounts for each file. */
export async function importDoctypes(root: Root, folder: string): Promise<ImportReport> {
  const names = await jsonFiles(folder);
  const readings = await Promise.all(names.map((name) => read(join(folder, name), name)));
  return await withSystem(root, async (system) => {
    const { doctypes } = await system.store.policy();
    const here = new Set(doctypes.keys());
    const resolved = withoutTakenTables(resolveTargets(readings, here), here);
    const storable = resolved.filter(isStorable).filter(({ doctype }) => !isBuiltIn(doctype.name));
    const outcomes = await apply(root, storable);
    const drafts = await countDrafts(root, system);
    const files = resolved.map((reading, index) =>
      accountFor(names[index] ?? '', reading, outcomes, drafts),
    );
    const summary = summarise(files);
    await noteUse(system, operator(root), 'import-doctypes', { summary });
    return { files, summary };
  });
}

async function jsonFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new Refusal('unavailable', `Cannot read the folder ${folder}: ${cause.code}.`, { cause });
  });
  const json = names.filter((name) => name.endsWith('.json')).sort();
  if (json.length > 0) return json;
  throw new Refusal('bad_value', `There are no JSON files in ${folder}.`);
}

async function read(path: string, name: string): Promise<ImportReading> {
  const broken = (why: string): ImportReading => ({ kind: 'broken', why: `${name}: ${why}` });
  try {
    // A link could lead out of the folder, and a pipe or device would never end.
    const found = await lstat(path);
    if (!found.isFile()) return broken('not a file');
    if (found.size > FILE_BYTES_MAX) return broken('larger than 4 MiB');
    const text = await readFile(path, 'utf8');
    return readFrappeDoctype(JSON.parse(text), name);
  } catch (error) {
    if (error instanceof SyntaxError) return broken('not JSON');
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) return broken(`cannot be read (${code})`);
    throw error;
  }
}

function isBuiltIn(name: string): boolean {
  return BUILT_IN.has(name);
}

/** Two names may come to the same table; the one that is here keeps it. */
function withoutTakenTables(
  readings: readonly ImportReading[],
  here: ReadonlySet<string>,
): readonly ImportReading[] {
  const owners = new Map([...here].map((name) => [tableName(name), name]));
  return readings.map((reading) => {
    if (!isStorable(reading)) return reading;
    const { name } = reading.doctype;
    const owner = owners.get(tableName(name));
    if (owner === undefined || owner === name) return reading;
    return { kind: 'broken', why: `${name}: would be kept in the same table as \`${owner}\`` };
  });
}

/** Runs the migration in its own process, since only that may change tables. */
async function apply(
  root: Root,
  readings: readonly StorableReading[],
): Promise<ReadonlyMap<string, DoctypeOutcome>> {
  const scratch = await mkdtemp(join(tmpdir(), 'bailiwick-import-'));
  try {
    const file = join(scratch, 'definitions.json');
    const doctypes = readings.map(({ doctype }) => completeDefinition(doctype));
    const draftRules = readings.flatMap((reading) => reading.draftRules);
    await writeFile(file, JSON.stringify({ doctypes, draftRules }), { mode: 0o600 });
    const { databaseUrl } = root.config;
    const options = { dataDir: dataDirOf(root), databaseUrl, mainFile: root.mainFile };
    const report = await runMigrator(options, ['--definitions', file]);
    const outcomes = JSON.parse(report) as DoctypeOutcome[];
    return new Map(outcomes.map((outcome) => [outcome.name, outcome]));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Drafts that still wait for a reach, by doctype. */
async function countDrafts(root: Root, system: System): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const limit = 500;
  for (let offset = 0; ; offset += limit) {
    const page = await system.documents.list(operator(root), 'Role Rule', {
      fields: ['document_type'],
      filters: [['status', '=', 'draft']],
      orderBy: 'name asc',
      limit,
      offset,
    });
    for (const { document_type: doctype } of page) {
      counts.set(String(doctype), (counts.get(String(doctype)) ?? 0) + 1);
    }
    if (page.length < limit) return counts;
  }
}

function accountFor(
  file: string,
  reading: ImportReading,
  outcomes: ReadonlyMap<string, DoctypeOutcome>,
  drafts: ReadonlyMap<string, number>,
): ImportedFile {
  const nothing = { details: [], draft_rules: 0, not_taken: [] };
  if (reading.kind === 'broken') {
    return { ...nothing, file, doctype: null, outcome: 'broken', details: [reading.why] };
  }
  if (reading.kind === 'virtual') {
    const details = ['virtual: its documents are computed by code'];
    const { name: doctype, notTaken: not_taken } = reading;
    return { file, doctype, outcome: 'not storable', details, draft_rules: 0, not_taken };
  }
  const { name } = reading.doctype;
  if (isBuiltIn(name)) {
    const details = ['an import never alters a built-in doctype'];
    const outcome = 'mapped to a built-in doctype';
    return { ...nothing, file, doctype: name, outcome, details, not_taken: missingIn(reading) };
  }
  const { outcome, details } = outcomes.get(name) ?? { outcome: 'refused', details: ['not tried'] };
  const draft_rules = drafts.get(name) ?? 0;
  return { file, doctype: name, outcome, details, draft_rules, not_taken: reading.notTaken };
}

/** What a built-in doctype has no place for. */
function missingIn({ doctype, draftRules }: StorableReading): ImportedFile['not_taken'] {
  const known = new Set(BUILT_IN.get(doctype.name)?.fields.map(({ fieldname }) => fieldname));
  const fields = doctype.fields
    .filter(({ fieldname }) => !known.has(fieldname))
    .map(({ fieldname: field, fieldtype }) => ({
      field,
      key: fieldtype,
      why: 'the built-in doctype has no such field',
    }));
  if (draftRules.length === 0) return fields;
  const why = 'a built-in doctype keeps its own rules';
  return [...fields, { field: null, key: 'permissions', why }];
}

function summarise(files: readonly ImportedFile[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of files) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

function isStorable(reading: ImportReading): reading is StorableReading {
  return reading.kind === 'storable';
}
