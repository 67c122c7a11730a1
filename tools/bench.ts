/**
 * Runs benchmarks: `npm run bench [-- NAME…] [-- --data=FOLDER] [-- --seed=N] [-- --scale=PART]`,
 * all of them without a name.
 *
 * Each `bench/NAME.bench.ts` exports `benchmark`; what it measured is printed and written to
 * `bench/results/NAME.json`. `--data` names a folder whose database is made once and used again,
 * `--seed` another world than the usual one, where a benchmark makes one; `--scale=0.1` a tenth of
 * the size, where a benchmark has sizes.
 * Fails where a name is unknown, where there is no benchmark at all, and where a target is missed.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect, parseArgs } from 'node:util';
import type { Benchmark, Outcome, Result } from '../bench/support/benchmark.ts';

const SUFFIX = '.bench.ts';

/** Packages whose versions decide what is measured. */
const PACKAGES = ['fastify', 'pg'];

function findBenchmarks(root: string): string[] {
  return globSync(`bench/*${SUFFIX}`, { cwd: root })
    .map((path) => basename(path, SUFFIX))
    .sort();
}

type Asked = {
  readonly dataDir: string | null;
  /** Null for the benchmark's own. */
  readonly seed: number | null;
  readonly scale: number;
};

async function runBenchmark(
  root: string,
  name: string,
  { dataDir, seed, scale }: Asked,
): Promise<Outcome> {
  const file = join(root, 'bench', `${name}${SUFFIX}`);
  const module: { readonly benchmark?: Benchmark } = await import(pathToFileURL(file).href);
  if (!module.benchmark) throw new Error(`${file} exports no \`benchmark\``);
  console.log(name);
  // What else the machine was doing: times of a busy one say little, ratios rather more.
  const loadBefore = Number((loadavg()[0] ?? 0).toFixed(2));
  const log = (line: string) => console.log(`  … ${line}`);
  const outcome = await module.benchmark.run({
    ...{ root, dataDir, scale, log },
    seed: seed ?? module.benchmark.seed,
  });
  if (outcome.results.length === 0) throw new Error('it measured nothing');
  write(root, name, seed ?? module.benchmark.seed, loadBefore, outcome);
  return outcome;
}

function write(
  root: string,
  name: string,
  seed: number,
  loadBefore: number,
  outcome: Outcome,
): void {
  const record = {
    name,
    commit: commitOf(root),
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      memory_gb: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
      load_before: loadBefore,
    },
    versions: { node: process.versions.node, ...packageVersions(root), ...outcome.versions },
    seed,
    settings: outcome.settings,
    results: outcome.results,
  };
  const folder = join(root, 'bench/results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(record, null, 2)}\n`);
}

/** What was measured: the commit, and `+changes` where the tree differs from it. */
function commitOf(root: string): string {
  const git = (...words: string[]) => spawnSync('git', words, { cwd: root, encoding: 'utf8' });
  const head = git('rev-parse', 'HEAD');
  if (head.status !== 0) return 'unknown';
  const changes = git('status', '--porcelain', '--', '.', ':!bench/results').stdout;
  return head.stdout.trim() + (changes === '' ? '' : '+changes');
}

function packageVersions(root: string): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const name of PACKAGES) {
    try {
      const manifest = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
      versions[name] = String((JSON.parse(manifest) as { version: unknown }).version);
    } catch {
      // Not installed, so not measured either.
    }
  }
  return versions;
}

function lineOf(result: Result): string {
  const { metric, ours, baseline, baseline_name: other, ratio, unit, target, met } = result;
  const value =
    ratio === null ? `${ours} ${unit}` : `${ratio} × (${ours} against ${baseline} ${unit})`;
  const verdict =
    met === null ? '' : met ? `  ok, at most ${target}` : `  MISSED, at most ${target}`;
  return `  ${metric}: ${value}${verdict}${other === null ? '' : `\n      against ${other}`}`;
}

async function main(root: string): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { data: { type: 'string' }, seed: { type: 'string' }, scale: { type: 'string' } },
  });
  const seed = values.seed === undefined ? null : Number(values.seed);
  if (seed !== null && !Number.isSafeInteger(seed)) throw new Error('--seed takes a whole number');
  const scale = values.scale === undefined ? 1 : Number(values.scale);
  if (!(scale > 0 && scale <= 1)) throw new Error('--scale is above 0 and at most 1');
  const known = findBenchmarks(root);
  if (known.length === 0) throw new Error('there is no benchmark: that measures nothing');
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`there is no benchmark \`${unknown}\`; there are ${known.join(', ')}`);
  }
  const dataDir = values.data === undefined ? null : resolve(values.data);
  const names = positionals.length > 0 ? [...new Set(positionals)] : known;
  let failed = 0;
  for (const name of names) {
    try {
      const { settings, results } = await runBenchmark(root, name, { dataDir, seed, scale });
      console.log(`  ${inspect(settings, { breakLength: Number.POSITIVE_INFINITY })}`);
      for (const result of results) console.log(lineOf(result));
      failed += results.filter(({ met }) => met === false).length;
    } catch (error) {
      console.error(`  ${name} failed: ${inspect(error)}`);
      failed++;
    }
  }
  console.log(`${names.length} run, ${failed} failed or missed`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(join(import.meta.dirname, '..'));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
