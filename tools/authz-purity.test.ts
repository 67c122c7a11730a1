/**
 * The compiler keeps the kernel pure: its own `tsconfig.json` gives it no ambient types and no
 * way out of its folder. Each test plants one impurity under those settings and sees `tsc` refuse.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { plant } from './planted-project.ts';

const PROJECT = join(import.meta.dirname, '..');

/** Compiles `source` in a folder with the kernel's settings, as `npm run check` does. */
function compileWith(t: TestContext, source: string) {
  const settings = ['tsconfig.json', 'package.json', 'src/authz/tsconfig.json'];
  const root = plant(t, {
    ...Object.fromEntries(
      settings.map((path) => [path, readFileSync(join(PROJECT, path), 'utf8')]),
    ),
    'src/base/outside.ts': 'export const outside = 1;\n',
    'src/authz/planted.ts': source,
  });
  // Node's types are installed, as in the project: the settings must shut them out.
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  const tsc = join(PROJECT, 'node_modules/typescript/bin/tsc');
  const run = spawnSync(process.execPath, [tsc, '-p', 'src/authz'], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status: run.status, output: run.stdout };
}

test('pure source compiles', (t) => {
  const { status, output } = compileWith(t, 'export const two = Math.max(1, 2);\n');
  assert.equal(status, 0, output);
});

const IMPURE: readonly (readonly [what: string, source: string, error: RegExp])[] = [
  ['node:fs', "import { readFileSync } from 'node:fs';\nreadFileSync('x');", /planted\.ts.*TS2591/],
  ['process', 'export const a = process.pid;', /planted\.ts.*TS(2580|2591)/],
  ['console', "console.log('x');", /planted\.ts.*TS2584/],
  ['fetch', "export const a = fetch('x');", /planted\.ts.*TS2304/],
  ['setTimeout', 'setTimeout(() => 1, 1);', /planted\.ts.*TS2304/],
  ['crypto', 'export const a = crypto.randomUUID();', /planted\.ts.*TS2304/],
  [
    'a file outside the folder',
    "import { outside } from '../base/outside.ts';\nexport const a = outside;",
    /TS6059/,
  ],
  [
    'a type from outside the folder',
    "import type { outside } from '../base/outside.ts';\nexport type A = typeof outside;",
    /TS6059/,
  ],
];

for (const [what, source, error] of IMPURE) {
  test(`the kernel cannot use ${what}`, (t) => {
    const { status, output } = compileWith(t, `${source}\n`);
    assert.notEqual(status, 0);
    assert.match(output, error);
  });
}
