/** The files of the project as git sees them: committed ones, and new ones that are not ignored. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { codeOnly, type Piece, scan } from './source-text.ts';

export type ProjectFile = {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Empty for a binary file. */
  readonly text: string;
  readonly lines: readonly string[];
  /** Written by a program: not bound by rules about how people write. */
  readonly isGenerated: boolean;
  /** Set for TypeScript and JavaScript. */
  readonly source: { readonly pieces: readonly Piece[]; readonly code: string } | null;
};

/**
 * Reads every file that is, or would be, committed.
 *
 * @throws Error if git is missing or `root` is no git working tree.
 */
export function readProjectFiles(root: string): readonly ProjectFile[] {
  // A tree that belongs to another user is read all the same: nothing of it is executed.
  const asked = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others'];
  const listed = execFileSync('git', [...asked, '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return [...new Set(listed.split('\0'))]
    .filter((path) => path !== '' && isFile(join(root, path)))
    .sort()
    .map((path) => readProjectFile(root, path));
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function readProjectFile(root: string, path: string): ProjectFile {
  const content = readFileSync(join(root, path));
  const text = content.includes(0) ? '' : content.toString('utf8');
  const pieces = /\.(ts|tsx|mts|js|jsx|mjs)$/.test(path) ? scan(text) : null;
  return {
    path,
    bytes: content.length,
    text,
    lines: text.replace(/\n$/, '').split('\n'),
    isGenerated: isGenerated(path, text),
    source: pieces === null ? null : { pieces, code: codeOnly(text, pieces) },
  };
}

function isGenerated(path: string, text: string): boolean {
  const saysSo = /^(?:\/\/|\/\*\*?|--|#|<!--|\s+\*)[^\n]*\bDO NOT EDIT\b/m.test(text.slice(0, 400));
  const isLock = basename(path) === 'package-lock.json';
  return saysSo || isLock || /(^|\/)(generated|docs\/reference|bench\/results)\//.test(path);
}

/** A file that people write line by line, and so keeps to the limits on length. */
export function isSource(file: ProjectFile): boolean {
  return file.source !== null || ['.css', '.sql', '.sh'].includes(extname(file.path));
}
