/** House rules for TypeScript and JavaScript: what code must not call, say, or switch off. */
import { MODULES } from './layer-table.ts';
import type { ProjectFile } from './project-files.ts';
import { lineAt, type Piece, type PieceKind } from './source-text.ts';
import { isProduct, isTest } from './source-tree.ts';
import type { Violation } from './violation.ts';

const COLUMNS_MAX = 100;

/** A pattern, where it is forbidden, and what to do instead. */
type Ban = {
  readonly pattern: RegExp;
  readonly where: (path: string) => boolean;
  readonly problem: string;
  readonly wayOut: string;
};

const PURE_MODULES = Object.keys(MODULES).filter((name) => MODULES[name]?.pure);

function isPure(path: string): boolean {
  return !isTest(path) && PURE_MODULES.some((name) => path.startsWith(`src/${name}/`));
}

/** Looked for in code; strings and comments are blanked out. */
const BANNED_CODE: readonly Ban[] = [
  {
    pattern: /\bDate\s*\.\s*now\b|\bnew\s+Date\b(?!\s*\(\s*[^\s)])|\bperformance\s*\.\s*now\b/g,
    where: isPure,
    problem: 'reads the clock in a pure module',
    wayOut: 'take the time as a parameter',
  },
  {
    pattern: /\bMath\s*\.\s*random\b|\bcrypto\s*\.\s*\w+/g,
    where: isPure,
    problem: 'draws a random value in a pure module',
    wayOut: 'take the value as a parameter',
  },
  {
    pattern: /\bdeclare\s+(?:const|let|var|function|class|global|module|namespace)\b/g,
    where: isPure,
    problem: 'declares something ambient in a pure module',
    wayOut: 'the compiler proves purity only without it: take a parameter',
  },
  {
    pattern: /(?<![.\w])(?:eval|Function)\s*\(/g,
    where: isProduct,
    problem: 'makes code from text',
    wayOut: 'parse the text and interpret it',
  },
  {
    pattern: /\bconsole\s*\.\s*log\b/g,
    where: (path) => isProduct(path) && !path.startsWith('src/cli/'),
    problem: '`console.log` outside the CLI and tools',
    wayOut: 'return the value, or write to the log',
  },
  {
    pattern: /\b(?:test|it|describe|suite|t)\s*\.\s*only\b|\bonly\s*:\s*true\b/g,
    where: isTest,
    problem: 'a test that silences all others',
    wayOut: 'remove `only`',
  },
  {
    pattern:
      /\b(?:test|it|describe|suite)\s*\.\s*(?:skip|todo)\b|\.\s*(?:skip|todo)\s*\(\s*\)|\b(?:skip|todo)\s*:\s*true\b/g,
    where: isTest,
    problem: 'a test skipped without a reason',
    wayOut: "say why: `{ skip: 'reason' }` or `t.skip('reason')`",
  },
];

/** Looked for in strings, templates and code. */
const BYPASS: Ban = {
  pattern: /\b(?:ignorePermissions|ignore_permissions|overrideAccess|override_access)\b/g,
  where: isProduct,
  problem: 'names a way around permissions',
  wayOut: 'there is none: act as a named principal with grants',
};

/**
 * Looked for in strings and templates. Prose and lists of options may say `Select`; SQL says
 * `SELECT`, or starts with `select`.
 */
const SQL: Ban = {
  pattern:
    /\bSELECT\s|^\W*(?:select|with)\s(?=[\s\S]*\sfrom\s)|\b(?:insert\s+into|INSERT\s+INTO|update\s+\S+\s+set|UPDATE\s.{1,80}?\sSET|delete\s+from|DELETE\s+FROM)\s/g,
  where: (path) => isProduct(path) && !path.startsWith('src/store/'),
  problem: 'SQL outside src/store',
  wayOut: 'give the statement a file in src/store and call it',
};

/** Every rule of this file, applied to one file. */
export function tidyCode(file: ProjectFile): Violation[] {
  if (file.source === null || file.isGenerated) return [];
  const { pieces, code } = file.source;
  return [
    ...BANNED_CODE.flatMap((ban) => find(file, ban, code, 0)),
    ...inPieces(file, BYPASS, pieces, ['code', 'string', 'template']),
    ...inPieces(file, SQL, pieces, ['string', 'template']),
    ...suppressions(file, pieces),
    ...wideLines(file, pieces),
  ];
}

function find(file: ProjectFile, ban: Ban, text: string, offset: number): Violation[] {
  if (!ban.where(file.path)) return [];
  return [...text.matchAll(ban.pattern)].map((match) => ({
    file: file.path,
    line: lineAt(file.text, offset + match.index),
    problem: ban.problem,
    wayOut: ban.wayOut,
  }));
}

function inPieces(
  file: ProjectFile,
  ban: Ban,
  pieces: readonly Piece[],
  kinds: readonly PieceKind[],
): Violation[] {
  return pieces
    .filter((piece) => kinds.includes(piece.kind))
    .flatMap((piece) => find(file, ban, piece.text, piece.start));
}

const SUPPRESSION =
  /@ts-(?:ignore|nocheck)|(?:@ts-expect-error|biome-ignore(?:-\w+)?\s+[\w/]+)[ \t:]*(.*)|\/\/\/\s*<reference\b/g;

function suppressions(file: ProjectFile, pieces: readonly Piece[]): Violation[] {
  return pieces
    .filter((piece) => piece.kind === 'comment')
    .flatMap((piece) =>
      [...piece.text.matchAll(SUPPRESSION)].flatMap((match) => {
        const reason = match[1]?.replace(/\*\/.*$/, '').trim();
        if (reason !== undefined && /\S\s+\S/.test(reason)) return [];
        const line = lineAt(file.text, piece.start + match.index);
        return [{ file: file.path, line, ...complaintAbout(match[0], reason) }];
      }),
    );
}

function complaintAbout(words: string, reason: string | undefined) {
  if (reason !== undefined) {
    const wayOut = 'say after it, in words, why the rule is wrong here';
    return { problem: 'a suppression without a reason', wayOut };
  }
  return words.startsWith('/')
    ? { problem: 'a reference directive', wayOut: 'import what is needed' }
    : { problem: 'a check switched off', wayOut: 'use `@ts-expect-error` with a reason' };
}

function wideLines(file: ProjectFile, pieces: readonly Piece[]): Violation[] {
  let start = 0;
  return file.text.split('\n').flatMap((text, index) => {
    const from = start;
    start += text.length + 1;
    if (text.length <= COLUMNS_MAX) return [];
    if (text.length - longestUnbreakable(pieces, from, from + text.length) <= COLUMNS_MAX)
      return [];
    const problem = `${text.length} columns, more than ${COLUMNS_MAX}`;
    return [{ file: file.path, line: index + 1, problem, wayOut: 'break the line' }];
  });
}

/** The length of the longest string, template, pattern or address between two offsets. */
function longestUnbreakable(pieces: readonly Piece[], from: number, to: number): number {
  const lengths = pieces
    .filter((piece) => piece.end > from && piece.start < to && piece.kind !== 'code')
    .map((piece) => {
      const text = piece.text.slice(Math.max(0, from - piece.start), to - piece.start);
      if (piece.kind !== 'comment') return text.length;
      return /\w+:\/\/\S+/.exec(text)?.[0].length ?? 0;
    });
  return Math.max(0, ...lengths);
}
