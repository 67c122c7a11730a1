import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { plant } from './planted-project.ts';

/** Runs the runner in a planted project of its own. */
function runIn(t: TestContext, files: Readonly<Record<string, string>>, ...args: string[]) {
  const root = plant(t, { 'package.json': '{"type":"module"}', ...files });
  cpSync(join(import.meta.dirname, 'bench.ts'), join(root, 'tools/bench.ts'));
  const run = spawnSync(process.execPath, [join(root, 'tools/bench.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  const recordOf = (name: string) => {
    const path = join(root, `bench/results/${name}.json`);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
  };
  return { status: run.status, output: run.stdout + run.stderr, recordOf };
}

/** A benchmark that measures nothing and says it measured this. */
function benchmark(ours: number, target: number | null): string {
  const met = target === null ? null : ours <= target;
  const result = { metric: 'm', ours, baseline: 2, baseline_name: 'b', ratio: ours / 2, unit: 's' };
  const outcome = {
    settings: { fsync: 'on' },
    versions: { postgresql: '18' },
    results: [{ ...result, target, met }],
  };
  return `export const benchmark = { seed: 7, run: async () => (${JSON.stringify(outcome)}) };`;
}

test('an unknown name fails, and names those there are', (t) => {
  const files = { 'bench/one.bench.ts': benchmark(1, null) };
  const { status, output, recordOf } = runIn(t, files, 'one', 'two');
  assert.equal(status, 2);
  assert.match(output, /no benchmark `two`; there are one/);
  assert.equal(recordOf('one'), null);
});

test('no benchmark at all fails', (t) => {
  const { status, output } = runIn(t, { 'bench/support/a.ts': '' });
  assert.equal(status, 2);
  assert.match(output, /measures nothing/);
});

test('a benchmark is written with where, when and how it was measured', (t) => {
  const files = {
    'bench/one.bench.ts': benchmark(3, 5),
    'bench/two.bench.ts': benchmark(1, null),
  };
  const { status, output, recordOf } = runIn(t, files, 'one');
  assert.equal(status, 0, output);
  const { date, machine, versions, ...record } = recordOf('one');
  assert.ok(!Number.isNaN(Date.parse(date)));
  assert.deepEqual(Object.keys(machine), ['cpu', 'cores', 'memory_gb', 'system', 'load_before']);
  assert.deepEqual(versions, { node: process.versions.node, postgresql: '18' });
  assert.deepEqual(record, {
    name: 'one',
    commit: 'unknown',
    seed: 7,
    settings: { fsync: 'on' },
    results: [
      {
        metric: 'm',
        ours: 3,
        baseline: 2,
        baseline_name: 'b',
        ratio: 1.5,
        unit: 's',
        target: 5,
        met: true,
      },
    ],
  });
  assert.equal(recordOf('two'), null);
});

test('a target that is missed fails the run, and is written all the same', (t) => {
  const { status, output, recordOf } = runIn(t, { 'bench/one.bench.ts': benchmark(6, 5) });
  assert.equal(status, 1);
  assert.match(output, /MISSED, at most 5/);
  assert.equal(recordOf('one').results[0].met, false);
});

test('one that throws, exports nothing or measures nothing fails the run', (t) => {
  const broken = [
    "export const benchmark = { seed: 1, run: async () => { throw new Error('planted'); } };",
    'export {};',
    'export const benchmark = { seed: 1, run: async () => ({ results: [] }) };',
  ];
  for (const source of broken) {
    const { status, output } = runIn(t, { 'bench/one.bench.ts': source });
    assert.equal(status, 1, output);
    assert.match(output, /one failed/);
  }
});
