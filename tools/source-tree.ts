/** The source files of the project, read from disk, each with what it imports. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { type Import, importsOf } from './imports.ts';

export type SourceFile = {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
};

const FOLDERS = ['src', 'apps', 'web/src', 'bin', 'tools', 'test', 'bench'] as const;

/** All TypeScript and JavaScript files of the project's folders, sorted by path. */
export function readSourceTree(root: string): readonly SourceFile[] {
  return FOLDERS.filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      globSync(`${folder}/**/*.{ts,tsx,mts,js,jsx,mjs}`, {
        cwd: root,
        exclude: (name) => name === 'node_modules',
      }),
    )
    .map((path) => path.split(sep).join('/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, imports: importsOf(text) };
    });
}

/** Tests, and everything under `test/` and `bench/`: they may import what they test. */
export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.startsWith('test/') || path.startsWith('bench/');
}

/** Part of the product: shipped, and bound by the layers. */
export function isProduct(path: string): boolean {
  return !isTest(path) && /^(src|apps|web\/src)\//.test(path);
}
