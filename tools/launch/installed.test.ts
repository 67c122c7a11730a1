import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

// The launcher is plain JavaScript without declarations, so it is imported by address.
const { whatIsMissing } = (await import(new URL('./installed.mjs', import.meta.url).href)) as {
  whatIsMissing: (folder: string, development: boolean) => string | undefined;
};

type Entry = Record<string, unknown>;

const HERE = { os: [process.platform], cpu: [process.arch] };
const LOCK: Record<string, Entry> = {
  '': { name: 'probe' },
  'node_modules/one': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/tool': { version: '2.0.0', integrity: 'sha512-b', dev: true },
  'node_modules/native-here': { version: '3.0.0', optional: true, ...HERE },
  'node_modules/native-away': { version: '3.0.0', optional: true, os: ['plan9'], cpu: ['x64'] },
  'node_modules/native-musl': { version: '3.0.0', optional: true, ...HERE, libc: ['musl'] },
};
const ALL = ['node_modules/one', 'node_modules/tool', 'node_modules/native-here'];

function clone(t: TestContext, installed: string[], record?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'installed '));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: LOCK }));
  const packages: Record<string, Entry> = {};
  for (const path of installed) {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, 'package.json'), '{}');
    packages[path] = LOCK[path] ?? {};
  }
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  const file = join(folder, 'node_modules', '.package-lock.json');
  writeFileSync(file, record ?? JSON.stringify({ packages }));
  return folder;
}

test('what the lock file names for this machine and purpose is enough', (t) => {
  assert.equal(whatIsMissing(clone(t, ALL), true), undefined);
  assert.equal(whatIsMissing(clone(t, ALL), false), undefined);
  const production = clone(t, ['node_modules/one', 'node_modules/native-here']);
  assert.equal(whatIsMissing(production, false), undefined);
  assert.match(whatIsMissing(production, true) ?? '', /tool is not installed/);
});

test('an optional package for this very machine is not dispensable', (t) => {
  const folder = clone(t, ['node_modules/one', 'node_modules/tool']);
  assert.match(whatIsMissing(folder, true) ?? '', /native-here is not installed/);
});

test('another version or content than the lock file names is missing', (t) => {
  const folder = clone(t, ALL);
  for (const change of [{ version: '1.0.1' }, { integrity: 'sha512-z' }]) {
    const one = { ...LOCK['node_modules/one'], ...change };
    const packages = { ...LOCK, 'node_modules/one': one };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    assert.match(whatIsMissing(folder, true) ?? '', /one is not the version/);
  }
});

test('a damaged record, and one whose packages are gone, prove nothing', (t) => {
  for (const record of ['', '{"packages": {"node_mod', '[]', '{"packages": null}']) {
    assert.match(whatIsMissing(clone(t, ALL, record), true) ?? '', /nothing is installed/);
  }
  const folder = clone(t, ALL);
  rmSync(join(folder, 'node_modules/one'), { recursive: true });
  assert.match(whatIsMissing(folder, true) ?? '', /one is gone/);
});
