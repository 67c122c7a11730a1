/** How a test run is told: dots while it runs, then skips, slow tests and failures in full. */
import { relative } from 'node:path';
import type { FileResult, TestResult } from './test-file.ts';

const DOTS_PER_LINE = 80;
const SLOW_SECONDS = 1;
const SLOW_SHOWN = 5;
const SLOW_FILES_SHOWN = 25;
const MARKS = { passed: '.', failed: 'F', skipped: 's' } as const;

/** Returns a function that prints one mark per test, in lines. */
export function progress(write: (text: string) => void): (result: TestResult) => void {
  let marks = 0;
  return ({ outcome }) => {
    marks += 1;
    write(MARKS[outcome] + (marks % DOTS_PER_LINE === 0 ? '\n' : ''));
  };
}

/** The report of a run, without its last line. */
export function reportOf(root: string, files: readonly FileResult[]): string {
  const results = files.flatMap(({ tests }) => tests);
  const named = (result: TestResult) => `${place(root, result.file)} › ${titleOf(result)}`;
  const skipped = results
    .filter(({ outcome }) => outcome === 'skipped')
    .map((result) => `  ${named(result)}: ${result.detail}`);
  const slow = results
    .filter(({ outcome, seconds }) => outcome === 'passed' && seconds >= SLOW_SECONDS)
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, SLOW_SHOWN)
    .map((result) => `  ${result.seconds.toFixed(1)} s ${named(result)}`);
  const slowFiles = files
    .filter(({ seconds }) => seconds >= SLOW_SECONDS)
    .sort((one, other) => other.seconds - one.seconds)
    .slice(0, SLOW_FILES_SHOWN)
    .map(({ file, seconds }) => `  ${seconds.toFixed(1)} s ${place(root, file)}`);
  const failures = files
    .filter(({ tests }) => tests.some(({ outcome }) => outcome === 'failed'))
    .map((file) => failuresOf(root, file));
  const sections = [
    section('Skipped', skipped),
    section('Slowest', slow),
    section('Slowest files', slowFiles),
    section('Failed', failures),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

/** The last line of every run. */
export function lastLine(results: readonly TestResult[]): string {
  const count = (wanted: TestResult['outcome']) =>
    results.filter(({ outcome }) => outcome === wanted).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
}

function failuresOf(root: string, { file, tests, printed }: FileResult): string {
  const failures = tests
    .filter(({ outcome }) => outcome === 'failed')
    .map((result) => `  ✖ ${titleOf(result)}\n${indent(result.detail)}`);
  const output = printed.trim() === '' ? [] : [`  printed by the file:\n${indent(printed.trim())}`];
  return [place(root, file), ...failures, ...output].join('\n');
}

function titleOf({ file, title }: TestResult): string {
  return title === file ? 'the file as a whole' : title;
}

function place(root: string, file: string): string {
  return relative(root, file);
}

function section(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${heading}:\n${lines.join('\n')}\n`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '      ');
}
