/** Cuts an expression into tokens. What is not on its list is refused where it stands. */

/** `at` counts characters of the whole text, from 0. */
export type Token = {
  readonly kind: 'number' | 'text' | 'word' | 'sign' | 'end';
  /** As written. */
  readonly source: string;
  readonly value: string | number;
  readonly at: number;
};

/** A part of an expression that is not accepted. */
export class ExpressionRefusal extends Error {
  readonly token: string;
  readonly at: number;

  constructor(token: string, at: number, why: string) {
    super(why);
    this.token = token;
    this.at = at;
  }
}

/**
 * Signs of two and three characters come first, and some are there only to be refused as a
 * whole: `a--b` is not `a - -b`, nor is `a <!-- b` a comparison.
 */
const SIGN =
  /===|!==|\*\*|\+\+|--|==|!=|<=|>=|=>|&&|\|\||\?\?|\?\.|\/\/|\/\*|[!<>+\-*/?:()[\],.;]/y;
const ACCEPTED_SIGNS: ReadonlySet<string> = new Set([
  ...['===', '!==', '==', '!=', '<=', '>=', '<', '>', '&&', '||', '!'],
  ...['+', '-', '*', '/', '?', ':', '(', ')', '[', ']', ',', '.', ';'],
]);
const SPACE = /[ \t\r\n]+/y;
const WORD = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const NUMBER = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![0-9A-Za-z_$.])/y;
const STRING = /'(?:[^'\\\r\n\u2028\u2029]|\\[\\'"nt])*'|"(?:[^"\\\r\n\u2028\u2029]|\\[\\'"nt])*"/y;

/** The tokens of `text` from position `start`, and an `end`. Throws `ExpressionRefusal`. */
export function tokensOf(text: string, start: number): readonly Token[] {
  const tokens: Token[] = [];
  let at = start;
  while (at < text.length) {
    const space = match(SPACE, text, at);
    if (space === null) {
      const token = tokenAt(text, at);
      tokens.push(token);
      at += token.source.length;
    } else {
      at += space.length;
    }
  }
  tokens.push({ kind: 'end', source: 'the end', value: '', at });
  return tokens;
}

function tokenAt(text: string, at: number): Token {
  const number = match(NUMBER, text, at);
  if (number !== null) return { kind: 'number', source: number, value: Number(number), at };
  const string = match(STRING, text, at);
  if (string !== null) return { kind: 'text', source: string, value: textOf(string), at };
  const word = match(WORD, text, at);
  if (word !== null) return { kind: 'word', source: word, value: word, at };
  const sign = match(SIGN, text, at);
  if (sign !== null && ACCEPTED_SIGNS.has(sign))
    return { kind: 'sign', source: sign, value: sign, at };
  const refused = sign ?? String.fromCodePoint(text.codePointAt(at) ?? 0);
  throw new ExpressionRefusal(refused, at, 'is not part of the expression language');
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function textOf(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/g, (_, character: string) => {
    if (character === 'n') return '\n';
    return character === 't' ? '\t' : character;
  });
}
