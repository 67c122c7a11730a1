/** What became of each mutant, kept from run to run, so that survivors can be tried again alone. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One mutant; lines and columns count from 1. */
export type Mutant = {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly mutator: string;
  /** The text that it stands in for, and what stands there instead. */
  readonly from: string;
  readonly to: string;
  readonly status: string;
};

export type FileRecord = {
  /** Of the file's text: a record of another text says nothing. */
  readonly hash: string;
  /** The share of the searches' samples that was tried. */
  readonly samples: number;
  readonly mutants: readonly Mutant[];
};

/** By path from the root. */
export type MutationRecord = Readonly<Record<string, FileRecord>>;

/** Of Stryker's results, what is used here; lines and columns count from 1. */
export type TestedMutant = {
  /** From the root. */
  readonly fileName: string;
  readonly location: { readonly start: Place; readonly end: Place };
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
};

type Place = { readonly line: number; readonly column: number };

const RECORD = '.runtime/mutation/record.json';
/** Detected, as Stryker reckons: an endless loop gives a mutant away. */
const DETECTED: ReadonlySet<string> = new Set(['Killed', 'Timeout']);
const UNDETECTED: ReadonlySet<string> = new Set(['Survived', 'NoCoverage']);

export function isDetected({ status }: Mutant): boolean {
  return DETECTED.has(status);
}

export function hasSurvived({ status }: Mutant): boolean {
  return UNDETECTED.has(status);
}

export function readRecord(root: string): MutationRecord {
  const path = join(root, RECORD);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

export function writeRecord(root: string, record: MutationRecord): void {
  const path = join(root, RECORD);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(record));
}

export function hashOf(root: string, file: string): string {
  return createHash('sha256')
    .update(readFileSync(join(root, file)))
    .digest('hex')
    .slice(0, 16);
}

/**
 * The record with new results in it. Where only some mutants of a file were tried, those that
 * were not keep what they had; of a file that has changed since, nothing is kept. A mutant that was
 * killed once stays so, as long as the file is the same: its neighbours are tried along with a
 * survivor, maybe with fewer samples.
 */
export function recorded(
  root: string,
  before: MutationRecord,
  tested: readonly TestedMutant[],
  samples: number,
): MutationRecord {
  const files = Map.groupBy(tested, ({ fileName }) => fileName);
  const after: Record<string, FileRecord> = { ...before };
  for (const [file, own] of files) {
    const hash = hashOf(root, file);
    const source = readFileSync(join(root, file), 'utf8');
    const known = before[file]?.hash === hash ? before[file].mutants : [];
    const killed = new Set(known.filter((one) => !hasSurvived(one)).map(keyOf));
    const found = new Map(
      own
        .map((one) => mutantOf(source, one))
        .filter((one) => !killed.has(keyOf(one)))
        .map((one) => [keyOf(one), one]),
    );
    const kept = known.filter((one) => !found.has(keyOf(one)));
    const mutants = [...kept, ...found.values()].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    );
    after[file] = { hash, samples, mutants };
  }
  return after;
}

function keyOf({ line, column, endLine, endColumn, mutator, to }: Mutant): string {
  return JSON.stringify([line, column, endLine, endColumn, mutator, to]);
}

function mutantOf(source: string, one: TestedMutant): Mutant {
  const { start, end } = one.location;
  const lines = source.split('\n');
  const offset = ({ line, column }: Place): number =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, column - 1);
  return {
    ...{ line: start.line, column: start.column },
    ...{ endLine: end.line, endColumn: end.column },
    mutator: one.mutatorName,
    from: onOneLine(source.slice(offset(start), offset(end))),
    to: onOneLine(one.replacement),
    status: one.status,
  };
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** Patterns by which Stryker tries the survivors of these files again. */
export function survivorPatterns(root: string, record: MutationRecord): string[] {
  return Object.entries(record).flatMap(([file, { hash, mutants }]) => {
    if (hash !== hashOf(root, file)) throw new Error(`${file} has changed: try all of it again`);
    return mutants.filter(hasSurvived).map(({ line, column, endLine, endColumn }) => {
      // Stryker counts the columns of its ranges from 0.
      return `${file}:${line}:${column - 1}-${endLine}:${endColumn - 1}`;
    });
  });
}
