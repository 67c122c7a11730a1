/**
 * Runs the tests: `npm test [-- PART-OF-A-PATH…] [-- --file-timeout=SECONDS]`.
 *
 * Each file runs in a process of its own, as many at a time as there are processors. If
 * `test/support/prepare.ts` exists, its `prepare()` is called first and what it returns at the
 * end: it starts the one PostgreSQL that all files share, and tells them by environment variables.
 */
import { existsSync, globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect, parseArgs } from 'node:util';
import { type FileResult, runTestFile, type TestResult } from './test-file.ts';
import { lastLine, progress, reportOf } from './test-report.ts';

const FOLDERS = ['test', 'src', 'apps', 'tools'] as const;
const FILE_TIMEOUT_SECONDS = 300;

/** The test files under `root` whose path contains any of the filters; all, without filters. */
function findTestFiles(root: string, filters: readonly string[]): string[] {
  return FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      globSync(`${folder}/**/*.test.{ts,tsx}`, {
        cwd: root,
        exclude: (name) => name === 'node_modules',
      }).sort(),
    )
    .map((path) => path.split(sep).join('/'))
    .filter((path) => filters.length === 0 || filters.some((part) => path.includes(part)))
    .map((path) => join(root, path));
}

/** Calls `prepare()` of `test/support/prepare.ts`, where there is one. */
async function prepare(root: string): Promise<() => Promise<void>> {
  const path = join(root, 'test/support/prepare.ts');
  if (!existsSync(path)) return async () => {};
  const module: { prepare(): Promise<() => Promise<void>> } = await import(
    pathToFileURL(path).href
  );
  return module.prepare();
}

async function runFiles(
  files: readonly string[],
  timeoutMs: number,
  stop: AbortSignal,
): Promise<FileResult[]> {
  const waiting = [...files];
  const results: FileResult[] = [];
  const mark = progress((text) => process.stdout.write(text));
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      if (stop.aborted) return;
      results.push(await runTestFile(file, timeoutMs, stop, mark));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results.sort((one, other) => one.file.localeCompare(other.file));
}

/** A failure of the run itself, told like that of a test. */
function failedRun(what: string, detail: string): FileResult {
  const failed: TestResult = { file: what, title: what, outcome: 'failed', seconds: 0, detail };
  return { file: what, tests: [failed], printed: '', seconds: 0 };
}

async function runAll(
  root: string,
  filters: readonly string[],
  timeoutMs: number,
  stop: AbortSignal,
): Promise<FileResult[]> {
  const files = findTestFiles(root, filters);
  if (files.length === 0) return [];
  const results: FileResult[] = [];
  const support = join(root, 'test/support/prepare.ts');
  try {
    const release = await prepare(root);
    try {
      results.push(...(await runFiles(files, timeoutMs, stop)));
    } finally {
      await release();
    }
  } catch (error) {
    results.push(failedRun(support, inspect(error)));
  }
  if (stop.aborted) results.push(failedRun(root, 'interrupted: not all tests have run'));
  return results;
}

async function main(root: string): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'file-timeout': { type: 'string', default: String(FILE_TIMEOUT_SECONDS) } },
  });
  const seconds = Number(values['file-timeout']);
  if (!(seconds > 0)) throw new Error('`--file-timeout` takes a number of seconds');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const files = await runAll(root, positionals, seconds * 1000, stop.signal);
  const results = files.flatMap(({ tests }) => tests);
  console.log(`\n${reportOf(root, files)}`);
  const ran = results.filter(({ outcome }) => outcome !== 'skipped');
  if (ran.length === 0) console.log('No test ran: that proves nothing.');
  process.stdout.write(`${lastLine(results)}\n`);
  return ran.length === 0 || ran.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

const code = await main(join(import.meta.dirname, '..'));
// The run is over and what it prepared is released: no handle left behind may keep it open.
process.stdout.write('', () => process.exit(code));
