/** House rules that need the whole project: named invariants, links of pages, dead files. */
import { posix } from 'node:path';
import { importsOf, resolveImport } from './imports.ts';
import { ENTRY_POINTS } from './layer-table.ts';
import type { ProjectFile } from './project-files.ts';
import { lineAt } from './source-text.ts';
import { isTest } from './source-tree.ts';
import type { Violation } from './violation.ts';

const INVARIANTS_PAGE = 'ARCHITECTURE.md';

/** Every rule of this file, applied to all files of the project. */
export function tidyProject(files: readonly ProjectFile[]): Violation[] {
  return [...invariants(files), ...brokenLinks(files), ...deadFiles(files)];
}

/** An invariant that code names is on the list, and a test of its name attacks it. */
function invariants(files: readonly ProjectFile[]): Violation[] {
  const listed = listedInvariants(files);
  const titles = files.filter(({ path }) => isTest(path)).flatMap(testTitles);
  return files.filter(isCode).flatMap((file) =>
    [...file.text.matchAll(/INVARIANT \(([^)\n]*)\)/g)].flatMap((match) => {
      const name = match[1] ?? '';
      const place = { file: file.path, line: lineAt(file.text, match.index) };
      if (!listed.has(name)) {
        const wayOut = `use a name of the table in ${INVARIANTS_PAGE}`;
        return [{ ...place, problem: `unknown invariant \`${name}\``, wayOut }];
      }
      if (titles.some((title) => title.includes(name))) return [];
      const wayOut = `write one whose title contains \`${name}\` and that can fail`;
      return [{ ...place, problem: `no test of invariant \`${name}\``, wayOut }];
    }),
  );
}

function isCode({ path, source }: ProjectFile): boolean {
  return /^(src|apps|web|sql|bin)\//.test(path) && (source !== null || path.endsWith('.sql'));
}

function listedInvariants(files: readonly ProjectFile[]): ReadonlySet<string> {
  const page = files.find(({ path }) => path === INVARIANTS_PAGE)?.text ?? '';
  const section = /^## Invariants\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(page)?.[1] ?? '';
  return new Set([...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1] ?? ''));
}

/** The titles of a file's tests. */
function testTitles({ text, source }: ProjectFile): string[] {
  if (source === null) return [];
  const calls = [...source.code.matchAll(/\b(?:test|it|describe|suite)\s*\(\s*(?=["'`])/g)];
  const starts = new Set(calls.map((match) => match.index + match[0].length));
  return source.pieces
    .filter((piece) => starts.has(piece.start))
    .map((piece) => text.slice(piece.start + 1, piece.end));
}

/** A page links only to files and folders of the project that are there. */
function brokenLinks(files: readonly ProjectFile[]): Violation[] {
  const paths = files.map(({ path }) => path);
  const exists = (target: string) =>
    paths.some((path) => path === target || path.startsWith(`${target}/`));
  return files
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)[^)]*\)/g)]
        .map((match) => ({ link: match[1] ?? '', line: lineAt(text, match.index) }))
        .filter(({ link }) => !exists(posix.join(posix.dirname(path), link)))
        .map(({ link, line }) => ({
          file: path,
          line,
          problem: `a link to \`${link}\`, which is not there`,
          wayOut: 'link to where it went, from the page that links',
        })),
    );
}

/** Source files that no entry point, program or tool reaches; tests do not keep a file alive. */
function deadFiles(files: readonly ProjectFile[]): Violation[] {
  const sources = new Map(
    files.filter(({ path, source }) => source !== null && !isTest(path)).map((f) => [f.path, f]),
  );
  const isEntry = (path: string) =>
    ENTRY_POINTS.includes(path) || /^(bin|tools|bench)\//.test(path);
  const waiting = [...sources.keys()].filter(isEntry);
  const reached = new Set(waiting);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const file = sources.get(path);
    for (const target of file === undefined ? [] : mentionedBy(file)) {
      if (!sources.has(target) || reached.has(target)) continue;
      reached.add(target);
      waiting.push(target);
    }
  }
  return [...sources.keys()]
    .filter((path) => /^(src|web\/src)\//.test(path) && !/\.d\.ts$/.test(path))
    .filter((path) => !reached.has(path))
    .map((file) => ({
      file,
      line: 1,
      problem: 'dead: no program reaches it',
      wayOut: 'import it, delete it, or list it under ENTRY_POINTS in tools/layer-table.ts',
    }));
}

/** What a file imports, and the source files it names in strings, to start them as processes. */
function mentionedBy(file: ProjectFile): string[] {
  const imported = importsOf(file.text).flatMap(({ specifier }) =>
    specifier === null ? [] : [resolveImport(file.path, specifier)],
  );
  const named = (file.source?.pieces ?? [])
    .filter((piece) => piece.kind === 'string' && /\.(ts|mts|mjs|js)["']$/.test(piece.text))
    .map((piece) => piece.text.slice(1, -1))
    .flatMap((name) => [name, resolveImport(file.path, name.startsWith('.') ? name : `./${name}`)]);
  return [...imported, ...named].filter((path) => path !== null);
}
