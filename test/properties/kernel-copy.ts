/** Copies of the kernel, each with one bug planted in it. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Kernel } from './agreement.ts';
import type { PlantedBug } from './planted-bugs.ts';

const KERNEL = fileURLToPath(new URL('../../src/authz', import.meta.url));
const copies = mkdtempSync(join(tmpdir(), 'bailiwick-planted-'));
after(() => rmSync(copies, { recursive: true }));

/** A copy of the kernel with the bug in it, or, for comparison, with none. */
export async function kernelWith(planted: PlantedBug | null, folder: string): Promise<Kernel> {
  const copy = join(copies, folder);
  cpSync(KERNEL, copy, { recursive: true, filter: (path) => !path.endsWith('.test.ts') });
  writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
  if (planted) {
    const path = join(copy, planted.file);
    const parts = readFileSync(path, 'utf8').split(planted.find);
    assert.equal(parts.length, 2, `the text stands in ${planted.file} not exactly once`);
    writeFileSync(path, parts.join(planted.replace));
  }
  return await import(pathToFileURL(join(copy, 'index.ts')).href);
}
