import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { plant } from './planted-project.ts';
import { tidy } from './tidy.ts';

/** What tidy says about a planted project; new files count as well as committed ones. */
function problems(t: TestContext, files: Readonly<Record<string, string>>): string[] {
  const root = plant(t, files);
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  return tidy(root).map(({ file, line, problem }) => `${file}:${line} ${problem}`);
}

const ARCHITECTURE = `# Architecture

## Invariants

| name | says |
|---|---|
| \`one-truth\` | the same answer everywhere |

## To add something
`;

const long = (length: number) => 'x'.repeat(length);
const said = (...words: string[]) => words.join('');

/** A file, and the one thing that is wrong with it. */
const PLANTED: readonly (readonly [path: string, text: string, problem: RegExp])[] = [
  ['bin/a.ts', 'a();\n'.repeat(501), /:501 501 lines/],
  ['bin/a.ts', `export const ${long(95)} = 1;\n`, /:1 113 columns/],
  ['bin/a.ts', `\n// ${long(98)}\n`, /:2 101 columns/],
  ['bin/a.ts', `const ${long(90)} = ${long(20)} + 'a';\n`, /columns/],
  ['docs/data.txt', long(310_000), /303 KB/],
  ['bin/a.ts', `\n// ${said('FIX', 'ME')} later\n`, /:2 a work note/],
  ['bin/a.ts', `/*\n * ${said('TO', 'DO')} */\n`, /a work note/],
  ['docs/a.md', `# A\n\n${said('TO', 'DO')}: more\n`, /:3 a work note/],
  ['docs/a.md', '# A\n\n# B\n', /:3 2 headings/],
  ['docs/a.md', 'no heading\n\n```sh\n# a comment\n```\n', /0 headings/],
  ['docs/a.md', '# A\n\n[b](../src/b.ts)\n', /:3 a link to `..\/src\/b.ts`, which/],
  ['docs/BadName.md', '# A\n', /the name `BadName\.md`/],
  ['bin/badName.ts', '', /the name `badName\.ts`/],
  ['bin/bad_name.sql', '', /the name `bad_name\.sql`/],
  ['bin/utils.ts', '', /the name `utils` says nothing/],
  ['bin/session-manager.test.ts', '', /the name `session-manager` says nothing/],
  ['bin/lib/a.ts', '', /the name `lib` says nothing/],
  ['docs/a.md', `# A\n\nSee ${said('/ho', 'me/someone/')}x\n`, /:3 `.home.someone.` is a path/],
  ['a.json', `"${said('/wo', 'rk/')}x"`, /is a path of one machine/],
  ['a.yaml', `x: https://${said('registry', '.npmjs.org')}/a`, /is a package registry/],
  ['src/authz/a.ts', 'export const a = Date.now();', /reads the clock/],
  ['src/doctype/a.ts', 'export const a = new Date( );', /reads the clock/],
  ['src/doctype/a.ts', 'export const a = new Date;', /reads the clock/],
  ['src/authz/a.ts', 'export const a = Math.random();', /draws a random value/],
  ['src/authz/a.ts', 'declare const process: { pid: number };', /declares something ambient/],
  ['src/authz/a.ts', '/// <reference types="node" />', /a reference directive/],
  ['src/base/a.ts', "console.log('x');", /`console\.log` outside/],
  ['web/src/a.tsx', "console.log('x');", /`console\.log` outside/],
  ['src/base/a.ts', "new Function('return 1')();", /makes code from text/],
  ['src/base/a.ts', 'read({ ignorePermissions: true });', /a way around permissions/],
  ['src/base/a.ts', "read({ 'ignore_permissions': 1 });", /a way around permissions/],
  ['src/cli/a.ts', 'read({ overrideAccess });', /a way around permissions/],
  ['src/audit/a.ts', 'const a = `\n  SELECT * FROM b`;', /:2 SQL outside/],
  ['src/audit/a.ts', "const a = 'select a from b';", /SQL outside/],
  ['src/audit/a.ts', "const a = 'insert into b values ($1)';", /SQL outside/],
  ['src/audit/a.ts', "const a = 'UPDATE b SET c = 1';", /SQL outside/],
  ['src/audit/a.ts', "const a = 'delete from b';", /SQL outside/],
  ['test/a.test.ts', "test.only('a', () => {});", /silences all others/],
  ['test/a.test.ts', "test('a', { only: true }, () => {});", /silences all others/],
  ['test/a.test.ts', "test.skip('a', () => {});", /without a reason/],
  ['test/a.test.ts', "test('a', (t) => t.skip());", /without a reason/],
  ['test/a.test.ts', "test('a', { skip: true }, () => {});", /without a reason/],
  ['bin/a.ts', '// biome-ignore lint/suspicious/noExplicitAny: later\n', /without a reason/],
  ['bin/a.ts', '// biome-ignore-all lint/suspicious/noExplicitAny\n', /without a reason/],
  ['bin/a.ts', '/* @ts-expect-error */\n', /without a reason/],
  ['bin/a.ts', '// @ts-ignore the types are wrong\n', /a check switched off/],
  ['bin/a.ts', '// @ts-nocheck\n', /a check switched off/],
  ['src/base/a.ts', '\n// INVARIANT (two-truths): no\n', /:2 unknown invariant `two-truths`/],
  ['src/base/a.ts', '\n// INVARIANT (one-truth): yes\n', /:2 no test of invariant `one-truth`/],
  ['sql/000001.sql', '-- INVARIANT (one-truth): yes\n', /:1 no test of invariant `one-truth`/],
];

for (const [path, text, problem] of PLANTED) {
  test(`refused in ${path}: ${JSON.stringify(text.slice(0, 60))}`, (t) => {
    // The planted file is reached, so that it is not dead as well.
    const files = { 'ARCHITECTURE.md': ARCHITECTURE, 'bin/start.mjs': `import '../${path}';` };
    const found = problems(t, { ...files, [path]: text });
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', problem);
    assert.ok(found[0]?.startsWith(path));
  });
}

test('a source file that only its test reaches is dead, and so is a circle of files', (t) => {
  const found = problems(t, {
    'src/main.ts': "import './base/used.ts';\nspawn('./base/child.ts');",
    'src/base/used.ts': '',
    'src/base/child.ts': '',
    'src/base/unused.ts': '',
    'src/base/unused.test.ts': "import './unused.ts';",
    'src/base/one.ts': "import './two.ts';",
    'src/base/two.ts': "import './one.ts';",
  });
  assert.deepEqual(
    found,
    ['one', 'two', 'unused'].map((name) => `src/base/${name}.ts:1 dead: no program reaches it`),
  );
});

test('what the rules allow passes', (t) => {
  const found = problems(t, {
    'ARCHITECTURE.md': ARCHITECTURE,
    'README.md':
      '# A\n\n```sh\n# not a heading\n```\n\nNo `TODO` here, nor /api/work/a.\n[a](src/main.ts) [b](docs/decisions) [c](https://a.b) [d](#a)',
    'package-lock.json': long(400_000),
    '.gitignore': 'ignored/\n',
    'ignored/BadName.ts': '// @ts-ignore',
    'docs/decisions/0001-a.md': '# A\n',
    'src/main.ts': [
      "import './store/a.ts';",
      "import './service-account.ts';",
      "import './cli/a.ts';",
      `const a = '${long(120)}';`,
      `// https://example.com/${long(100)}`,
      '// INVARIANT (one-truth): yes',
      '// @ts-expect-error the package has no types for this',
      '// biome-ignore lint/a/b: the interface demands it',
      'const b = "Select one of the roles, or delete them from the list";',
      'Date.now();',
      '',
    ].join('\n'),
    'src/store/a.ts': "const a = 'SELECT 1 FROM b';",
    'src/service-account.ts': '',
    'src/cli/a.ts': "console.log('a');",
    'src/authz/a.test.ts': 'Date.now();',
    'web/src/generated/a-b.test.ts': `// DO NOT EDIT\n${'a();\n'.repeat(600)}`,
    'test/a.test.ts':
      "test('one-truth: the same', (t) => t.skip('no browser'));\ntest('b', { skip: why }, f);",
  });
  assert.deepEqual(found, []);
});

test('a project without files fails', (t) => {
  const root = plant(t, {});
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  const run = spawnSync(process.execPath, [`${import.meta.dirname}/tidy.ts`, root], {
    encoding: 'utf8',
  });
  assert.equal(run.status, 1);
  assert.match(run.stdout, /saw no files/);
});
