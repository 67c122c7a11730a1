/**
 * A copy of the project for Stryker to change: with the kernel's types taken away beforehand, each
 * letter in its place. Babel, by which Stryker writes mutants, loses brackets around `a as number`,
 * and what is left then means something else.
 */
import {
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

const FOLDER = '.runtime/mutation/project';
const COPIED = ['src', 'apps', 'test', 'package.json'];

/** Makes the copy anew and gives its path. */
export function makeStrippedProject(root: string, kernel: string): string {
  const folder = join(root, FOLDER);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of COPIED) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const file of globSync(kernel, { cwd: folder })) {
    const path = join(folder, file);
    if (file.endsWith('.test.ts')) continue;
    writeFileSync(path, stripTypeScriptTypes(readFileSync(path, 'utf8')));
  }
  return folder;
}
