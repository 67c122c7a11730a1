/**
 * Cuts TypeScript source into code, comments, strings, templates and regular expressions.
 *
 * TypeScript 7 has no programming interface, so the house rules read source with this scanner.
 * It knows only as much of the language as telling these five apart needs. In doubt (a lone
 * apostrophe in JSX text, a slash that may divide) it takes a character for code.
 */

export type PieceKind = 'code' | 'comment' | 'string' | 'template' | 'regex';

/** A stretch of source: `text` with its quotes, from offset `start` to before `end`. */
export type Piece = {
  readonly kind: PieceKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
};

const LINE_COMMENT = /\/\/[^\n]*/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/y;
const STRING = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
/** From the opening backtick, or from the brace that closes a `${…}`, to the next end of text. */
const TEMPLATE_TEXT = /[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{|$)/y;
const REGEX = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
/** What may stand before a regular expression; before a division stands a value. */
const BEFORE_REGEX =
  /(?:^|[(,=:[!&|?{;+\-*%~^]|=>|\b(?:return|typeof|case|in|of|delete|void|throw|else|do|await|yield))\s*$/;

/** The pieces of a source text, in order, covering all of it. */
export function scan(source: string): readonly Piece[] {
  const pieces: Piece[] = [];
  /** For each open `${`, how many braces are open within it. */
  const openTemplates: number[] = [];
  let codeStart = 0;
  let at = 0;

  const take = (kind: PieceKind, pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) return false;
    if (codeStart < at) pieces.push(codePiece(source, codeStart, at));
    pieces.push({ kind, text, start: at, end: at + text.length });
    at += text.length;
    codeStart = at;
    return true;
  };
  const takeTemplate = (): boolean => {
    if (!take('template', TEMPLATE_TEXT)) return false;
    if (pieces.at(-1)?.text.endsWith('${')) openTemplates.push(0);
    return true;
  };
  const takeBrace = (change: 1 | -1): boolean => {
    const depth = openTemplates.pop();
    if (depth === undefined) return false;
    if (change === -1 && depth === 0) return takeTemplate();
    openTemplates.push(depth + change);
    return false;
  };
  const takeAny = (char: string): boolean => {
    if (char === '"' || char === "'") return take('string', STRING);
    if (char === '`') return takeTemplate();
    if (char === '{') return takeBrace(1);
    if (char === '}') return takeBrace(-1);
    if (char !== '/') return false;
    if (take('comment', LINE_COMMENT) || take('comment', BLOCK_COMMENT)) return true;
    return mayStartRegex(source, pieces, codeStart, at) && take('regex', REGEX);
  };

  while (at < source.length) {
    if (!takeAny(source.charAt(at))) at += 1;
  }
  if (codeStart < at) pieces.push(codePiece(source, codeStart, at));
  return pieces;
}

function codePiece(source: string, start: number, end: number): Piece {
  return { kind: 'code', text: source.slice(start, end), start, end };
}

function mayStartRegex(
  source: string,
  pieces: readonly Piece[],
  codeStart: number,
  at: number,
): boolean {
  const code = source.slice(codeStart, at);
  if (code.trim() !== '') return BEFORE_REGEX.test(code.slice(-80));
  const before = pieces.findLast((piece) => piece.kind !== 'comment');
  if (before === undefined) return true;
  if (before.kind === 'template') return before.text.endsWith('${');
  return before.kind === 'code' && BEFORE_REGEX.test(before.text.slice(-80));
}

/**
 * The source with everything but code blanked out: same length, same lines. Quotes stay, so that
 * a pattern can still see where a string or a template stands.
 */
export function codeOnly(source: string, pieces: readonly Piece[] = scan(source)): string {
  return pieces.map((piece) => (piece.kind === 'code' ? piece.text : blanked(piece))).join('');
}

function blanked({ kind, text }: Piece): string {
  const blank = text.replace(/[^\n]/g, ' ');
  if (kind === 'comment' || kind === 'regex') return blank;
  const opening = /^["'`]/.test(text) ? text.charAt(0) : ' ';
  const closing = /.["'`]$/.test(text) ? text.charAt(text.length - 1) : ' ';
  return text.length < 2 ? opening : opening + blank.slice(1, -1) + closing;
}

/** The line, counted from 1, on which an offset lies. */
export function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at !== -1 && at < offset; at = source.indexOf('\n', at + 1)) {
    line += 1;
  }
  return line;
}
