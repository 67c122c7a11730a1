/** The score of each file, printed and written down. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasSurvived, isDetected, type Mutant, type MutationRecord } from './record.ts';

const RESULTS = 'bench/results/mutation.json';

type Score = {
  readonly mutants: number;
  readonly killed: number;
  readonly endless: number;
  readonly survived: number;
  readonly untested: number;
  /** In percent, of the mutants that could run. */
  readonly score: number;
};

export function scoreOf(mutants: readonly Mutant[]): Score {
  const count = (status: string): number =>
    mutants.filter((mutant) => mutant.status === status).length;
  const valid = mutants.filter((mutant) => isDetected(mutant) || hasSurvived(mutant)).length;
  return {
    mutants: valid,
    killed: count('Killed'),
    endless: count('Timeout'),
    survived: count('Survived'),
    untested: count('NoCoverage'),
    score: percent(mutants.filter(isDetected).length, valid),
  };
}

/** To one decimal, downwards: 89.96 is not 90. */
function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : Math.floor((1000 * part) / whole) / 10;
}

export function tableOf(record: MutationRecord): string {
  const rows = Object.entries(record).map(([file, { mutants }]) => line(file, scoreOf(mutants)));
  const all = Object.values(record).flatMap(({ mutants }) => mutants);
  const head = ['file', 'mutants', 'killed', 'endless', 'survived', 'untested', 'score'];
  return [cells(head), ...rows, line('all', scoreOf(all))].join('\n');
}

function line(name: string, { mutants, killed, endless, survived, untested, score }: Score) {
  return cells([name, mutants, killed, endless, survived, untested, score.toFixed(1)]);
}

function cells([first, ...rest]: readonly (string | number)[]): string {
  return [String(first).padEnd(36), ...rest.map((cell) => String(cell).padStart(9))].join('');
}

/** Writes what was measured, without the single mutants. */
export function writeResults(root: string, record: MutationRecord): void {
  const git = (...words: string[]) => execFileSync('git', words, { cwd: root, encoding: 'utf8' });
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules/@stryker-mutator/core/package.json'), 'utf8'),
  );
  const all = Object.values(record).flatMap(({ mutants }) => mutants);
  const results = {
    name: 'mutation',
    commit: git('rev-parse', '--short', 'HEAD').trim(),
    date: new Date().toISOString(),
    versions: { node: process.versions.node, stryker: version },
    all: scoreOf(all),
    files: Object.fromEntries(
      Object.entries(record).map(([file, { hash, samples, mutants }]) => [
        file,
        { hash, samples, ...scoreOf(mutants) },
      ]),
    ),
  };
  mkdirSync(join(root, 'bench/results'), { recursive: true });
  writeFileSync(join(root, RESULTS), `${JSON.stringify(results, null, 2)}\n`);
}
