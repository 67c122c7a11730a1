/** `import-doctypes DIR`: real Frappe DocType JSON becomes typed tables, nothing in force. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APPS } from '../../apps/all.ts';
import type { ImportReport } from '../cli/actions.ts';
import { completeDefinition } from '../doctype/complete-definition.ts';
import { readFrappeDoctype } from '../doctype/frappe-doctype.ts';
import type { ImportReading, StorableReading } from '../doctype/import-reading.ts';
import { resolveTargets } from '../doctype/resolve-targets.ts';
import { runMigrator } from '../store/installation/installation.ts';
import { dataDirOf, open } from './open-system.ts';
import type { Root } from './system.ts';

const BUILT_IN = new Set(APPS.flatMap((app) => app.doctypes.map(({ name }) => name)));

type Line = {
  readonly file: string;
  readonly doctype: string | null;
  readonly outcome: string;
  readonly draftRules: number;
  readonly notTaken: readonly {
    readonly field: string | null;
    readonly key: string;
    readonly why: string;
  }[];
};

/** Reads every JSON file of a folder, applies what can be stored, and accounts for each file. */
export async function importDoctypes(
  root: Root,
  folder: string,
): Promise<ImportReport & { files: readonly Line[] }> {
  const installation = await open(root, () => {});
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
    if (names.length === 0) throw new Error(`there are no JSON files in ${folder}`);
    const readings = await Promise.all(names.map((name) => read(join(folder, name))));
    const resolved = resolveTargets(readings, BUILT_IN);
    const storable = resolved
      .filter(isStorable)
      .filter(({ doctype }) => !BUILT_IN.has(doctype.name));
    const outcomes = await apply(root, storable);
    const files = resolved.map((reading, index) => lineOf(names[index] ?? '', reading, outcomes));
    return {
      broken: files.filter(({ outcome }) => /^(broken|refused)/.test(outcome)).length,
      files,
      lines: linesOf(files),
    };
  } finally {
    await installation.stop();
  }
}

async function read(path: string): Promise<ImportReading> {
  const text = await readFile(path, 'utf8');
  try {
    return readFrappeDoctype(JSON.parse(text), path);
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'broken', why: 'it is not JSON' };
    throw error;
  }
}

/** Runs the migration in its own process, since only that may change tables. */
async function apply(
  root: Root,
  readings: readonly StorableReading[],
): Promise<Map<string, string>> {
  const scratch = await mkdtemp(join(tmpdir(), 'bailiwick-import-'));
  try {
    const file = join(scratch, 'definitions.json');
    const doctypes = readings.map(({ doctype }) => completeDefinition(doctype));
    const draftRules = readings.flatMap(({ doctype, draftRules: rules }) =>
      rules.map((rule) => ({ ...rule, document_type: doctype.name })),
    );
    await writeFile(file, JSON.stringify({ doctypes, draftRules }), { mode: 0o600 });
    const { databaseUrl } = root.config;
    const options = { dataDir: dataDirOf(root), databaseUrl, mainFile: root.mainFile };
    const report = await runMigrator(options, ['--definitions', file]);
    const outcomes = JSON.parse(report) as { name: string; outcome: string; details: string[] }[];
    return new Map(
      outcomes.map(({ name, outcome, details }) => [
        name,
        outcome === 'refused' ? `refused: ${details.join('; ')}` : outcome,
      ]),
    );
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function lineOf(file: string, reading: ImportReading, outcomes: ReadonlyMap<string, string>): Line {
  if (reading.kind === 'broken') {
    return { file, doctype: null, outcome: `broken: ${reading.why}`, draftRules: 0, notTaken: [] };
  }
  if (reading.kind === 'virtual') {
    const { name, notTaken } = reading;
    return { file, doctype: name, outcome: 'not storable: virtual', draftRules: 0, notTaken };
  }
  const { doctype, draftRules, notTaken } = reading;
  if (BUILT_IN.has(doctype.name)) {
    const outcome = 'mapped to the built-in doctype, which is not altered';
    return { file, doctype: doctype.name, outcome, draftRules: 0, notTaken: [] };
  }
  const outcome = outcomes.get(doctype.name) ?? 'not applied';
  return { file, doctype: doctype.name, outcome, draftRules: draftRules.length, notTaken };
}

function linesOf(files: readonly Line[]): string[] {
  const counts = new Map<string, number>();
  const lines: string[] = [];
  for (const { file, doctype, outcome, draftRules, notTaken } of files) {
    const word = outcome.split(':')[0] ?? outcome;
    counts.set(word, (counts.get(word) ?? 0) + 1);
    lines.push(`${file}: ${doctype ?? '?'}: ${outcome}`);
    if (draftRules > 0) lines.push(`  ${draftRules} rules not in force: choose a reach`);
    for (const { field, key, why } of notTaken) {
      lines.push(`  not taken: ${field === null ? key : `${field}.${key}`}: ${why}`);
    }
  }
  const summary = [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
  return [...lines, `${files.length} files: ${summary}`];
}

function isStorable(reading: ImportReading): reading is StorableReading {
  return reading.kind === 'storable';
}
