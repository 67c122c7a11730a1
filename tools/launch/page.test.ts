import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';

const { buildPage, pageIsCurrent } = (await import(
  new URL('./page.mjs', import.meta.url).href
)) as {
  buildPage: (root: string, node: string) => void;
  pageIsCurrent: (root: string) => boolean;
};

/** A clone whose builder puts the sources' text into the page, or fails when told so. */
function clone(t: TestContext): (path: string, text: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'launch page '));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    return root;
  };
  write('package-lock.json', '{}');
  write(
    'node_modules/.bin/vite',
    `const { cpSync, readFileSync } = require('node:fs');
     if (readFileSync('index.html', 'utf8') === 'broken') process.exit(1);
     cpSync('index.html', process.argv[process.argv.indexOf('--outDir') + 1] + '/index.html');`,
  );
  return write;
}

test('a clone without a page needs none', (t) => {
  assert.equal(pageIsCurrent(clone(t)('README.md', '')), true);
});

test('the page is built when it is missing, and again when a source changed', (t) => {
  const write = clone(t);
  const root = write('web/index.html', 'one');
  assert.equal(pageIsCurrent(root), false);
  buildPage(root, process.execPath);
  assert.equal(pageIsCurrent(root), true);
  for (const path of ['web/src/a.ts', 'src/contract/b.ts', 'package-lock.json', 'web/index.html']) {
    write(path, 'changed');
    assert.equal(pageIsCurrent(root), false, path);
    buildPage(root, process.execPath);
    assert.equal(pageIsCurrent(root), true, path);
  }
  assert.equal(readFileSync(join(root, 'web/dist/index.html'), 'utf8'), 'changed');
});

test('a build that fails leaves the old page, which is not taken for the new one', (t) => {
  const write = clone(t);
  const root = write('web/index.html', 'one');
  buildPage(root, process.execPath);
  write('web/index.html', 'broken');
  assert.throws(() => buildPage(root, process.execPath), { status: 1 });
  assert.equal(readFileSync(join(root, 'web/dist/index.html'), 'utf8'), 'one');
  assert.equal(pageIsCurrent(root), false);
  assert.ok(existsSync(join(root, 'web/dist')));
});
