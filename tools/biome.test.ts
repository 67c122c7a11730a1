/** The lint rules that the house relies on, each seen to refuse what it is there to refuse. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { plant } from './planted-project.ts';

const PROJECT = join(import.meta.dirname, '..');
const BIOME = join(PROJECT, 'node_modules/@biomejs/biome/bin/biome');

/** Runs Biome with the project's own settings; the rules that failed, and the exit code. */
function lint(t: TestContext, files: Readonly<Record<string, string>>) {
  const root = plant(t, {
    'biome.json': readFileSync(join(PROJECT, 'biome.json'), 'utf8'),
    '.gitignore': readFileSync(join(PROJECT, '.gitignore'), 'utf8'),
    ...files,
  });
  const run = spawnSync(process.execPath, [BIOME, 'ci', '--error-on-warnings', '--colors=off'], {
    cwd: root,
    encoding: 'utf8',
  });
  const rules = [...run.stderr.matchAll(/^(\S+):\d+:\d+ lint\/\w+\/(\w+)/gm)].map(
    ([, file, rule]) => `${file} ${rule}`,
  );
  return { rules, status: run.status, output: run.stdout + run.stderr };
}

/** A function of 71 lines between its braces. */
const LONG = `export function long(): void {\n${'  console.error(1);\n'.repeat(71)}}\n`;

test('clean source passes, and is seen', (t) => {
  const { status, output } = lint(t, { 'src/a.ts': 'export const a = 1;\n' });
  assert.equal(status, 0, output);
  assert.match(output, /Checked 2 files/);
});

test('an import cycle is refused, also one of types only', (t) => {
  const { rules, status } = lint(t, {
    'src/a.ts':
      "import type { B } from './b.ts';\n\nexport type A = { b: B };\nexport const a = 1;\n",
    'src/b.ts': "import { c } from './c.ts';\n\nexport type B = number;\nexport const b = c;\n",
    'src/c.ts': "import { a } from './a.ts';\n\nexport const c = a;\n",
    'src/d.ts': "import type { E } from './e.ts';\n\nexport type D = { e: E };\n",
    'src/e.ts': "import type { D } from './d.ts';\n\nexport type E = { d: D };\n",
  });
  assert.equal(status, 1);
  assert.deepEqual(
    rules.sort(),
    ['a', 'b', 'c', 'd', 'e'].map((name) => `src/${name}.ts noImportCycles`),
  );
});

test('a floating promise is refused, also of an imported function', (t) => {
  const { rules } = lint(t, {
    'src/a.ts': 'export async function later(): Promise<void> {}\n',
    'src/b.ts': "import { later } from './a.ts';\n\nexport function b(): void {\n  later();\n}\n",
    'src/c.ts':
      'async function later(): Promise<void> {}\n\nexport function c(): void {\n  later();\n}\n',
  });
  assert.deepEqual(rules, ['src/b.ts noFloatingPromises', 'src/c.ts noFloatingPromises']);
});

test('`any` is refused', (t) => {
  const { rules } = lint(t, { 'src/a.ts': 'export const a: any = 1;\n' });
  assert.deepEqual(rules, ['src/a.ts noExplicitAny']);
});

test('a function of more than 70 lines is refused, but not in a test', (t) => {
  const { rules } = lint(t, { 'src/a.ts': LONG, 'src/a.test.ts': LONG });
  assert.deepEqual(rules, ['src/a.ts noExcessiveLinesPerFunction']);
});

test('Node modules without `node:` and types imported as values are refused', (t) => {
  const { rules } = lint(t, {
    'src/a.ts':
      "import { readFileSync } from 'fs';\n\nexport const a = readFileSync;\nexport type A = 1;\n",
    'src/b.ts': "import { A } from './a.ts';\n\nexport const b: A = 1;\n",
  });
  assert.deepEqual(rules, ['src/a.ts useNodejsImportProtocol', 'src/b.ts useImportType']);
});

test('unformatted source is refused', (t) => {
  const { status, output } = lint(t, { 'src/a.ts': 'export const a = "1"\n' });
  assert.equal(status, 1);
  assert.match(output, /src\/a\.ts format/);
});
