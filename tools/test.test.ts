import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { plant } from './planted-project.ts';

const START = "import { describe, test } from 'node:test';\n";
const PASSES = `${START}test('adds', () => {});\n`;

/** Runs the runner in a planted project of its own. */
function runIn(t: TestContext, files: Readonly<Record<string, string>>, ...args: string[]) {
  const root = plant(t, { 'package.json': '{"type":"module"}', ...files });
  for (const name of ['test.ts', 'test-file.ts', 'test-report.ts']) {
    cpSync(join(import.meta.dirname, name), join(root, 'tools', name));
  }
  // The runner would take itself for a test, and refuse to start others.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const run = spawnSync(process.execPath, [join(root, 'tools/test.ts'), ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  const lines = run.stdout.trimEnd().split('\n');
  return { status: run.status, output: run.stdout + run.stderr, last: lines.at(-1) };
}

test('passing tests of all folders are counted', (t) => {
  const { status, last, output } = runIn(t, {
    'src/base/a.test.ts': PASSES,
    'apps/b.test.ts': PASSES,
    'tools/c.test.ts': PASSES,
    'test/d.test.ts': `${START}describe('s', () => { test('x', () => {}); test('y', () => {}); });`,
    'src/node_modules/e.test.ts': 'throw new Error();',
  });
  assert.equal(last, '5 passed, 0 failed, 0 skipped', output);
  assert.equal(status, 0);
});

test('a failure is told in full, with its file, and fails the run', (t) => {
  const { status, last, output } = runIn(t, {
    'test/a.test.ts': PASSES,
    'test/b.test.ts': `${START}console.log('said before');
      describe('outer', () => { test('inner', () => { throw new Error('planted'); }); });`,
  });
  assert.equal(last, '1 passed, 1 failed, 0 skipped');
  assert.equal(status, 1);
  assert.match(output, /^test\/b\.test\.ts\n {2}✖ outer › inner\n {6}Error: planted/m);
  assert.match(output, /said before/);
});

test('skipped tests are listed with their reasons and are not failures', (t) => {
  const { status, last, output } = runIn(t, {
    'test/a.test.ts': `${PASSES}test('sees', { skip: 'no browser' }, () => {});
      test('hears', (t) => t.skip('no sound'));`,
  });
  assert.equal(last, '1 passed, 0 failed, 2 skipped');
  assert.equal(status, 0);
  assert.match(output, /test\/a\.test\.ts › sees: no browser\n.* › hears: no sound/);
});

const BROKEN: readonly (readonly [what: string, source: string, told: RegExp])[] = [
  ['holds no test', 'export {};', /the file holds no test/],
  ['does not parse', 'this is no program', /ERR_INVALID_TYPESCRIPT_SYNTAX/],
  ['crashes on import', "throw new Error('planted');", /Error: planted/],
  ['ends with a code', `${PASSES}process.on('exit', () => { process.exitCode = 3; });`, /F/],
  ['fails in a hook', `${START}describe('s', { }, () => { test('x', before); });`, /before is not/],
];

for (const [what, source, told] of BROKEN) {
  test(`a file that ${what} has failed`, (t) => {
    const { status, last, output } = runIn(t, { 'test/a.test.ts': source });
    assert.match(last ?? '', /^\d passed, 1 failed, 0 skipped$/, output);
    assert.equal(status, 1);
    assert.match(output, told);
  });
}

test('a file that does not end is stopped, and what it was doing is told', (t) => {
  const source = `${START}test('waits', () => new Promise(() => { setInterval(() => {}, 99); }));`;
  const { status, last, output } = runIn(t, { 'test/a.test.ts': source }, '--file-timeout=1');
  assert.equal(last, '0 passed, 1 failed, 0 skipped', output);
  assert.equal(status, 1);
  assert.match(output, /stopped \(limit 1 s\): still running: waits/);
});

test('slow tests are told, and the files that took long', (t) => {
  const source = `${START}test('waits', () => new Promise((done) => setTimeout(done, 1100)));`;
  const { output } = runIn(t, { 'test/a.test.ts': source, 'test/b.test.ts': PASSES });
  assert.match(output, /^Slowest:\n {2}1\.\d s test\/a\.test\.ts › waits\n$/m);
  assert.match(output, /^Slowest files:\n {2}\d\.\d s test\/a\.test\.ts$/m);
});

test('no test at all is a failure, also if a filter matches none or all are skipped', (t) => {
  const none = runIn(t, {});
  const unmatched = runIn(t, { 'test/a.test.ts': PASSES }, 'nothing-like-that');
  const skipped = runIn(t, { 'test/a.test.ts': `${START}test('x', { skip: 'y' }, () => {});` });
  assert.deepEqual([none.last, none.status], ['0 passed, 0 failed, 0 skipped', 1]);
  assert.deepEqual([unmatched.last, unmatched.status], ['0 passed, 0 failed, 0 skipped', 1]);
  assert.deepEqual([skipped.last, skipped.status], ['0 passed, 0 failed, 1 skipped', 1]);
});

test('filters choose files by a part of their path', (t) => {
  const files = { 'test/a.test.ts': PASSES, 'src/b.test.ts': PASSES, 'src/c.test.ts': 'x y z' };
  assert.equal(runIn(t, files, 'test/', 'src/b').last, '2 passed, 0 failed, 0 skipped');
});

test('what is prepared is there for every file and released at the end', (t) => {
  const { last, output } = runIn(t, {
    'test/support/prepare.ts': `export async function prepare() {
      process.env['PREPARED'] = 'yes';
      return async () => { console.log('released'); };
    }`,
    'test/a.test.ts': `${START}test('x', () => {
      if (process.env['PREPARED'] !== 'yes') throw new Error();
    });`,
  });
  assert.equal(last, '1 passed, 0 failed, 0 skipped', output);
  assert.match(output, /released/);
});

test('a failed preparation fails the run', (t) => {
  const { status, last, output } = runIn(t, {
    'test/support/prepare.ts': "export async function prepare() { throw new Error('no server'); }",
    'test/a.test.ts': PASSES,
  });
  assert.deepEqual([status, last], [1, '0 passed, 1 failed, 0 skipped']);
  assert.match(output, /no server/);
});
