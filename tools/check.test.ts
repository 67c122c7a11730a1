import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { check, type Gate, gatesOf, runGate } from './check.ts';
import { plant } from './planted-project.ts';

const PROJECT = join(import.meta.dirname, '..');
const SETTINGS = ['package.json', 'biome.json', '.gitignore', 'tsconfig.json'];
const GATES = ['format and lint', 'types', 'types of the kernel', 'layers', 'tidy'];

/** A small project with the house's own settings and gates, and the given files. */
function project(t: TestContext, files: Readonly<Record<string, string>>): string {
  const copied = [...SETTINGS, 'src/authz/tsconfig.json'].map((path) => [
    path,
    readFileSync(join(PROJECT, path), 'utf8'),
  ]);
  const root = plant(t, { ...Object.fromEntries(copied), ...files });
  cpSync(join(PROJECT, 'tools'), join(root, 'tools'), {
    recursive: true,
    filter: (path) =>
      !/(\.test|generate|bench|conformance|mutation|nightly|crash|soak)\.ts$|(conformance|mutation)$/.test(
        path,
      ),
  });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  return root;
}

const CLEAN = {
  'src/main.ts': "import { one } from './authz/one.ts';\n\nexport const two = one + 1;\n",
  'src/authz/one.ts': 'export const one = 1;\n',
};

/** What each gate must refuse, and what the others must not notice. */
const PLANTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'format and lint': { 'src/main.ts': "import './authz/one.ts';\nexport const a = 'x' \n" },
  types: {
    'src/main.ts': "import { one } from './authz/one.ts';\n\nexport const a: string = one;\n",
  },
  'types of the kernel': { 'src/authz/one.ts': 'export const one = process.pid;\n' },
  layers: { 'src/authz/one.ts': "import 'pg';\n\nexport const one = 1;\n" },
  tidy: { 'src/base/unused.ts': 'export const unused = 1;\n' },
};

test('a clean project passes every gate', async (t) => {
  const root = project(t, CLEAN);
  const outcomes = await Promise.all(gatesOf(root).map((gate) => runGate(gate, root)));
  assert.deepEqual(
    outcomes.map(({ gate, passed }) => (passed ? gate : `${gate} failed`)),
    GATES,
    outcomes.map(({ output }) => output).join('\n'),
  );
});

for (const [name, files] of Object.entries(PLANTED)) {
  test(`the gate \`${name}\` refuses what it is for`, async (t) => {
    const root = project(t, { ...CLEAN, ...files });
    const gate = gatesOf(root).find((one) => one.name === name);
    assert.ok(gate);
    const outcome = await runGate(gate, root);
    assert.equal(outcome.passed, false, outcome.output);
    assert.match(outcome.output, new RegExp(Object.keys(files)[0] ?? ''));
  });
}

test('every gate fails on a project with nothing in it', async (t) => {
  const root = project(t, {});
  for (const gate of gatesOf(root)) {
    // The tools themselves are source, so what must see nothing is given an empty folder.
    const outcome = await runGate({ ...gate, run: elsewhere(gate, plant(t, {})) }, root);
    assert.equal(outcome.passed, false, `${gate.name}: ${outcome.output}`);
  }
});

/** The gate's arguments, pointed at another folder. */
function elsewhere({ run }: Gate, folder: string): readonly string[] {
  const [script = '', ...rest] = run;
  if (rest[0] === 'ci') return [script, 'ci', '--config-path=biome.json', folder];
  return rest[0] === '-p' ? [script, '-p', folder, ...rest.slice(2)] : [script, folder];
}

test('a gate that ends well without having seen anything has failed', async () => {
  const gate: Gate = { name: 'a', run: ['-e', 'console.log(0)'], seen: Number, seenMin: 1 };
  const outcome = await runGate(gate, '.');
  assert.equal(outcome.passed, false);
  assert.match(outcome.output, /saw nothing/);
});

test('one failed gate fails the whole, and so does having no gate', async (t) => {
  t.mock.method(console, 'log', () => {});
  const good: Gate = { name: 'good', run: ['-e', 'console.log(3)'], seen: Number, seenMin: 1 };
  const bad: Gate = { ...good, name: 'bad', run: ['-e', 'console.log(3); process.exit(2)'] };
  assert.equal(await check([good], '.'), true);
  assert.equal(await check([good, bad], '.'), false);
  assert.equal(await check([], '.'), false);
});
