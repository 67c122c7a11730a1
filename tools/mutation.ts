/**
 * Mutation testing of the kernel:
 * `npm run mutation [-- FILE…] [-- --survivors] [-- --samples=0.15]`.
 *
 * Stryker changes the kernel bit by bit, some five thousand times, and each change has to be
 * found by the kernel's tests and searches (`test/mutation/kernel-tests.ts`). It takes hours of
 * one processor. Without files all of `src/authz` is tried; `--survivors` tries again what has
 * survived before, `--samples` tries a share of the searches' samples first.
 *
 * Fails below a score of 90 %, and where a survivor that `test/mutation/survivors.yaml` lists
 * survives no more.
 */
import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import {
  type MutationRecord,
  readRecord,
  recorded,
  survivorPatterns,
  type TestedMutant,
  writeRecord,
} from './mutation/record.ts';
import { makeStrippedProject } from './mutation/stripped-project.ts';
import { scoreOf, tableOf, writeResults } from './mutation/summary.ts';
import { compareSurvivors, nameOf, readSurvivors } from './mutation/survivors.ts';

const SCORE_MIN = 90;
const KERNEL = 'src/authz/*.ts';

/** Stryker works on the current folder, which from here on is a copy of the project. */
async function tryMutants(
  root: string,
  patterns: readonly string[],
  samples: number,
): Promise<TestedMutant[]> {
  process.env['MUTATION_SAMPLES'] = String(samples);
  const folder = makeStrippedProject(root, KERNEL);
  process.chdir(folder);
  const stryker = new Stryker({
    mutate: [...patterns],
    testRunner: 'kernel',
    plugins: ['./test/mutation/kernel-runner.ts', './test/mutation/telling-reporter.ts'],
    reporters: ['telling'],
    coverageAnalysis: 'perTest',
    concurrency: 1,
    tempDirName: 'sandbox',
    disableTypeChecks: false,
    // Of the time that the tests which cover a mutant take without it.
    timeoutFactor: 3,
    // A worker that starts anew loads the tests within the time of its first mutant. Endless loops
    // are told by how often a mutant is passed.
    timeoutMS: 20_000,
    // Tests that ask the kernel while they load are loaded again and again, and stay in memory.
    maxTestRunnerReuse: 400,
    cleanTempDir: 'always',
    allowConsoleColors: false,
  });
  const tested = await stryker.runMutationTest();
  return tested.map((one) => ({ ...one, fileName: relative(folder, one.fileName) }));
}

/** Prints the survivors that nobody has thought about; false where the list is not true. */
function tellSurvivors(root: string, record: MutationRecord): boolean {
  const { unlisted, gone } = compareSurvivors(record, readSurvivors(root));
  for (const { file, mutant } of unlisted) {
    console.log(`Survived: ${file}:${mutant.line}: ${nameOf(mutant)}`);
  }
  for (const one of gone) {
    console.log(`Listed, and survives no more: ${one.file}: ${nameOf(one)}`);
  }
  return gone.length === 0;
}

async function main(root: string): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      survivors: { type: 'boolean', default: false },
      samples: { type: 'string', default: '1' },
    },
  });
  const samples = Number(values.samples);
  if (!(samples > 0 && samples <= 1)) throw new Error('`--samples` is above 0, and 1 at most');
  const files = globSync(positionals.length > 0 ? positionals : KERNEL, { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .sort();
  if (files.length === 0) throw new Error('there is no such file');
  const before = readRecord(root);
  const known = Object.fromEntries(Object.entries(before).filter(([file]) => files.includes(file)));
  const patterns = values.survivors ? survivorPatterns(root, known) : files;
  if (patterns.length === 0) throw new Error('there is nothing to try');
  const after = recorded(root, before, await tryMutants(root, patterns, samples), samples);
  const there = globSync(KERNEL, { cwd: root });
  const record = Object.fromEntries(
    Object.entries(after)
      .filter(([file]) => there.includes(file))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  writeRecord(root, record);
  const isListTrue = tellSurvivors(root, record);
  console.log(`\n${tableOf(record)}`);
  writeResults(root, record);
  const { score } = scoreOf(Object.values(record).flatMap(({ mutants }) => mutants));
  return isListTrue && score >= SCORE_MIN;
}

process.exitCode = (await main(join(import.meta.dirname, '..'))) ? 0 : 1;
