import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { checkLayers } from './check-layers.ts';
import { MODULES } from './layer-table.ts';
import { plant } from './planted-project.ts';

const PACKAGES = JSON.stringify({
  dependencies: { pg: '1', fastify: '1' },
  devDependencies: { 'fast-check': '1' },
});
const WEB_PACKAGES = JSON.stringify({ dependencies: { react: '1', vite: '1' } });
const MANIFESTS = { 'package.json': PACKAGES, 'web/package.json': WEB_PACKAGES };

/** One line of source in one file, and a part of the complaint that it must cause. */
const PLANTED: readonly (readonly [path: string, source: string, complaint: RegExp])[] = [
  ['src/base/a.ts', "import '../doctype/b.ts';", /base \[0\] imports doctype \[1\]/],
  ['src/authz/a.ts', "import type { B } from '../base/b.ts';", /authz \[0\] imports base \[0\]/],
  ['src/store/a.ts', "export * from '../documents/b.ts';", /store \[2\] imports documents/],
  ['src/identity/a.ts', "export type { B } from '../documents/b.ts';", /imports documents \[4\]/],
  ['src/audit/a.ts', "await import('../jobs/b.ts');", /audit \[3\] imports jobs \[3\]/],
  ['src/http/a.ts', "import type { B } from '../cli/b.ts';", /http \[6\] imports cli \[6\]/],
  ['src/cli/a.ts', "import { b } from '../store/b.ts';", /cli imports store/],
  ['src/cli/a.ts', "import { b } from '../main.ts';", /imports main\.ts/],
  ['bench/a.ts', "import { b } from '../src/main.ts';", /imports main\.ts/],
  ['src/store/a.ts', "import { config } from '../config.ts';", /imports src\/config\.ts/],
  ['src/stor/a.ts', "import '../base/b.ts';", /`stor` is not in the layer table/],
  ['src/store/a.ts', "import '../bass/b.ts';", /`bass` is not in the layer table/],
  ['src/store/a.ts', "import '../../apps/people/b.ts';", /imports apps\/people/],
  ['src/store/a.ts', "import '../../test/support/b.ts';", /imports test\/support/],
  ['src/store/a.test.ts', "import '../../test/support/b.ts';", /imports test\/support/],
  ['apps/people/a.ts', "import '../../test/support/b.ts';", /imports the test file/],
  ['src/store/a.ts', "import './b.test.ts';", /imports the test file/],
  ['src/main.ts', "import '../tools/b.ts';", /imports tools\/b\.ts/],
  ['src/main.ts', 'await import(name);', /computed path/],
  ['apps/people/a.ts', "import { B } from '../../src/doctype/b.ts';", /imports values/],
  ['apps/people/a.ts', "import type { B } from '../../src/base/b.ts';", /imports src\/base/],
  ['apps/people/a.ts', "import 'node:fs';", /imports node:fs/],
  ['web/src/a.tsx', "import type { B } from '../../src/doctype/b.ts';", /the Desk imports/],
  ['web/src/a.tsx', "import 'vite';", /web imports the package `vite`/],
  ['src/doctype/a.ts', "import { readFile } from 'fs/promises';", /imports fs\/promises/],
  ['src/authz/a.ts', "import 'node:crypto';", /imports node:crypto/],
  ['src/contract/a.ts', "import 'node:util';", /imports node:util/],
  ['src/documents/a.ts', "import pg from 'pg';", /documents imports the package `pg`/],
  ['src/cli/a.ts', "import type { X } from 'fastify';", /cli imports the package `fastify`/],
  ['src/http/a.ts', "import cookie from '@fastify/cookie';", /@fastify\/cookie`, not declared/],
  ['src/store/a.ts', "import fc from 'fast-check';", /fast-check`, not declared/],
  ['test/a.ts', "import x from 'left-pad';", /left-pad`, not declared/],
  ['src/store/a.ts', 'export const a = process.env.PGHOST;', /reads the environment/],
  ['src/store/a.ts', "export const a = process['env'];", /reads the environment/],
  ['src/store/a.ts', 'const { env } = process;', /reads the environment/],
  ['src/store/a.ts', "import { env } from 'node:process';", /reads the environment/],
  ['src/store/a.ts', "import type { A } from './a.ts';", /import cycle: src\/store\/a\.ts/],
];

for (const [path, source, complaint] of PLANTED) {
  test(`refused in ${path}: ${source}`, (t) => {
    const found = checkLayers(plant(t, { ...MANIFESTS, [path]: `\n${source}\n` }));
    assert.deepEqual(
      found.map(({ file, line }) => `${file}:${line}`),
      [`${path}:2`],
    );
    assert.match(found[0]?.problem ?? '', complaint);
    assert.notEqual(found[0]?.wayOut ?? '', '');
  });
}

test('a cycle of three files is found, type-only imports counted', (t) => {
  const root = plant(t, {
    ...MANIFESTS,
    'src/base/a.ts': "import type { B } from './b.ts';",
    'src/base/b.ts': "export type { C } from './c.ts';",
    'src/base/c.ts': "import './a.ts';",
    'src/base/d.ts': "import './a.ts';",
  });
  const problems = checkLayers(root).map(({ problem }) => problem);
  assert.deepEqual(problems, ['import cycle: src/base/a.ts, src/base/b.ts, src/base/c.ts']);
});

test('what the table allows passes', (t) => {
  const root = plant(t, {
    ...MANIFESTS,
    'src/main.ts': "import './http/a.ts';\nimport './store/a.ts';\nimport '../apps/people/a.ts';",
    'src/config.ts': 'export const port = process.env.PORT;',
    'src/http/a.ts': "import 'fastify';\nimport 'node:http';\nimport '../documents/a.ts';",
    'src/identity/a.ts': '',
    'src/documents/a.ts':
      "import '../store/a.ts';\nimport '../identity/a.ts';\nexport const pid = process.pid;",
    'src/store/a.ts': "import pg from 'pg';",
    'src/store/a.test.ts': "import '../http/a.ts';\nprocess.env.A;\nimport 'fast-check';",
    'src/contract/a.ts': '',
    'src/doctype/b.ts': '',
    'apps/people/a.ts': "import type { B } from '../../src/doctype/b.ts';",
    'web/src/a.tsx': "import 'react';\nimport type { A } from '../../src/contract/a.ts';",
    'bin/bailiwick.mjs': "import '../src/main.ts';",
  });
  assert.deepEqual(checkLayers(root), []);
});

test('a tree without source files fails', (t) => {
  const root = plant(t, { 'README.md': '# Empty' });
  assert.equal(checkLayers(root).length, 1);
  const run = spawnSync(process.execPath, [`${import.meta.dirname}/check-layers.ts`, root]);
  assert.equal(run.status, 1);
});

test('sideways imports of the table name modules of the same number', () => {
  for (const [name, row] of Object.entries(MODULES)) {
    for (const other of row.sideways ?? []) {
      assert.equal(MODULES[other]?.layer, row.layer, `${name} → ${other}`);
    }
    for (const other of Object.keys(row.never ?? {})) assert.ok(MODULES[other], other);
  }
});
