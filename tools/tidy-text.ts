/** House rules that any text file keeps: sizes, names, headings, and what must not be said. */
import { basename } from 'node:path';
import { isSource, type ProjectFile } from './project-files.ts';
import type { Violation } from './violation.ts';

const LINES_MAX = 500;
const BYTES_MAX = 300 * 1024;

/** Names that say nothing of what a file holds, and so attract everything. */
const EMPTY_NAMES: ReadonlySet<string> = new Set(
  'util utils helper helpers lib libs misc manager managers service services core common shared'.split(
    ' ',
  ),
);
const NAMED = /\.(ts|tsx|mts|js|jsx|mjs|css|sql|ya?ml|sh|html)$|^docs\/.*\.md$/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

/** A work note left in a comment; tracked work belongs into an issue. */
const WORK_NOTE = /\b(?:FIXME|TODO|XXX)\b/;
const MACHINE_PATH = /(?<![\w.-])\/(?:work|root|home\/[\w.-]+|Users\/[\w.-]+)\//;
const REGISTRY_HOST = /\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\bnpm\.pkg\.[a-z]|\bartifactory\.[a-z]/i;

/** Every rule of this file, applied to one file. */
export function tidyText(file: ProjectFile): Violation[] {
  return [
    ...tooLarge(file),
    ...badName(file),
    ...headings(file),
    ...file.lines.flatMap((line, index) => saysTooMuch(file.path, line, index + 1)),
    ...workNotes(file),
  ];
}

function tooLarge(file: ProjectFile): Violation[] {
  const { path, bytes, lines } = file;
  const found: Violation[] = [];
  if (bytes > BYTES_MAX && basename(path) !== 'package-lock.json') {
    const problem = `${Math.ceil(bytes / 1024)} KB, more than ${BYTES_MAX / 1024}`;
    found.push({ file: path, line: 1, problem, wayOut: 'generate it, or leave it out of git' });
  }
  if (isSource(file) && !file.isGenerated && lines.length > LINES_MAX) {
    const problem = `${lines.length} lines, more than ${LINES_MAX}`;
    found.push({
      file: path,
      line: LINES_MAX + 1,
      problem,
      wayOut: 'split it: one thing per file',
    });
  }
  return found;
}

function badName({ path }: ProjectFile): Violation[] {
  if (!NAMED.test(path)) return [];
  const name = basename(path);
  const found: Violation[] = [];
  if (!KEBAB.test(name)) {
    const wayOut = 'write it in kebab-case: `filter-to-sql.ts`';
    found.push({ file: path, line: 1, problem: `the name \`${name}\``, wayOut });
  }
  if (path.startsWith('docs/')) return found;
  const parts = path.split('/').map((part) => part.replace(/\..*$/, ''));
  const empty = parts.find((part) => EMPTY_NAMES.has(part.split('-').at(-1) ?? part));
  if (empty !== undefined) {
    const wayOut = 'name what it holds (a type) or does (a verb)';
    found.push({ file: path, line: 1, problem: `the name \`${empty}\` says nothing`, wayOut });
  }
  return found;
}

function headings({ path, lines }: ProjectFile): Violation[] {
  if (!path.endsWith('.md')) return [];
  let inFence = false;
  const found: number[] = [];
  for (const [index, line] of lines.entries()) {
    if (/^\s*(```|~~~)/.test(line)) inFence = !inFence;
    else if (!inFence && /^# /.test(line)) found.push(index + 1);
  }
  if (found.length === 1) return [];
  const problem = `${found.length} headings of the first level`;
  return [{ file: path, line: found[1] ?? 1, problem, wayOut: 'a page has exactly one `# `' }];
}

function saysTooMuch(file: string, text: string, line: number): Violation[] {
  const found: Violation[] = [];
  const place = MACHINE_PATH.exec(text)?.[0];
  if (place !== undefined) {
    const wayOut = 'derive it from the project, the home folder or the temporary folder';
    found.push({ file, line, problem: `\`${place}\` is a path of one machine`, wayOut });
  }
  const host = REGISTRY_HOST.exec(text)?.[0];
  if (host !== undefined) {
    const wayOut = 'leave it to the npm settings of the machine';
    found.push({ file, line, problem: `\`${host}\` is a package registry`, wayOut });
  }
  return found;
}

function workNotes({ path, text, lines, source }: ProjectFile): Violation[] {
  const wayOut = 'do it, or open an issue';
  const violation = (line: number) => ({ file: path, line, problem: 'a work note', wayOut });
  if (source === null) {
    if (path.endsWith('.json')) return [];
    // In prose, a word between backticks is spoken about, not used.
    return lines.flatMap((line, index) =>
      WORK_NOTE.test(line.replace(/`[^`]*`/g, '')) ? [violation(index + 1)] : [],
    );
  }
  return source.pieces
    .filter((piece) => piece.kind === 'comment' && WORK_NOTE.test(piece.text))
    .map((piece) => violation(text.slice(0, piece.start).split('\n').length));
}
