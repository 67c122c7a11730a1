/** Mutants that are known to survive, each for a reason that somebody has thought about. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { hasSurvived, type MutationRecord } from './record.ts';

const LIST = 'test/mutation/survivors.yaml';

export type Listed = {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
};

type Entry = { readonly reason: string; readonly mutants: readonly string[] };

/**
 * The list: by file, reasons with their mutants, each written as `from → to`. Throws where an
 * entry is not of this form.
 */
export function readSurvivors(root: string): Listed[] {
  const files = parse(readFileSync(join(root, LIST), 'utf8')) as Record<string, Entry[]> | null;
  return Object.entries(files ?? {}).flatMap(([file, entries]) =>
    entries.flatMap(({ reason, mutants }) =>
      mutants.map((text) => {
        const [from, to, ...more] = text.split(' → ');
        if (from === undefined || to === undefined || more.length > 0) {
          throw new Error(`${LIST}: \`${text}\` is not of the form \`from → to\``);
        }
        return { file: `src/authz/${file}`, from, to, reason };
      }),
    ),
  );
}

/** A mutant as it is listed. */
export function nameOf({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${from} → ${to}`;
}

/** Survivors that are not listed, and listed ones that survive no more, by file. */
export function compareSurvivors(record: MutationRecord, listed: readonly Listed[]) {
  const isNamed = (file: string, name: string): boolean =>
    listed.some((one) => one.file === file && nameOf(one) === name);
  const survivors = Object.entries(record).flatMap(([file, { mutants }]) =>
    mutants.filter(hasSurvived).map((mutant) => ({ file, mutant })),
  );
  return {
    unlisted: survivors.filter(({ file, mutant }) => !isNamed(file, nameOf(mutant))),
    gone: listed.filter(
      (one) =>
        record[one.file] !== undefined &&
        !survivors.some(({ file, mutant }) => file === one.file && nameOf(mutant) === nameOf(one)),
    ),
  };
}
