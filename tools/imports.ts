/** Finds what a source file imports, in every form the language has. */
import { posix } from 'node:path';
import { codeOnly, lineAt, type Piece, scan } from './source-text.ts';

/** One import. `specifier` is null where it is computed, so that nobody can tell what it is. */
export type Import = {
  readonly specifier: string | null;
  readonly line: number;
  /** `import type` or `export type`: nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
};

const STATEMENT =
  /(?<![.\w$])(?:import\s*(?<imported>type\s+(?!from\b))?(?:[\w$*{}\s,]+?\bfrom\s*)?|export\s*(?<exported>type\s*)?(?:\*(?:\s*as\s+[\w$]+)?|\{[^}]*\})\s*from\s*)(?=["'])/g;
const CALL =
  /(?<![.\w$])(?:(?<dynamic>import)|require(?:\.resolve)?|import\.meta\.resolve)\s*\(\s*/g;

/** All imports of a source text: statements, re-exports, `import()` and `require()`. */
export function importsOf(source: string): readonly Import[] {
  const pieces = scan(source);
  const code = codeOnly(source, pieces);
  const literals = new Map(
    pieces.filter(isLiteral).map((piece) => [piece.start, piece.text.slice(1, -1)]),
  );
  const found: Import[] = [];
  for (const match of code.matchAll(STATEMENT)) {
    const typeOnly = (match.groups?.['imported'] ?? match.groups?.['exported']) !== undefined;
    const specifier = literals.get(match.index + match[0].length) ?? null;
    found.push({ specifier, line: lineAt(source, match.index), typeOnly });
  }
  for (const match of code.matchAll(CALL)) {
    const end = match.index + match[0].length;
    const specifier = literals.get(end) ?? null;
    const isComputedImport = match.groups?.['dynamic'] !== undefined && !isMethod(code, end);
    if (specifier === null && !isComputedImport) continue;
    found.push({ specifier, line: lineAt(source, match.index), typeOnly: false });
  }
  return found.sort((one, other) => one.line - other.line);
}

function isLiteral(piece: Piece): boolean {
  return piece.kind === 'string' || (piece.kind === 'template' && piece.text.endsWith('`'));
}

/** `import(request) {` or `import(request): T`, a method that is named like the action. */
function isMethod(code: string, insideParentheses: number): boolean {
  let depth = 1;
  let at = insideParentheses;
  for (; at < code.length && depth > 0; at += 1) {
    if (code[at] === '(') depth += 1;
    if (code[at] === ')') depth -= 1;
  }
  return /^\s*[{:]/.test(code.slice(at));
}

/** The path from the project's root that a relative specifier means; null for a package. */
export function resolveImport(importer: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  return posix.join(posix.dirname(importer), specifier);
}

/** The package a bare specifier belongs to: `@a/b/c` is of `@a/b`, `d/e` is of `d`. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
