/**
 * The safe language of `depends_on` and its siblings: a fieldname alone, or `eval:` and a small
 * part of JavaScript. It is parsed into data and evaluated by `expression-evaluate.ts`; nothing
 * outside the part named here is ever run.
 *
 * Values: numbers, text, true, false, null, `doc.field`, `doc.table.length`. Operators:
 * `! && || == != === !== < <= > >= + - * /`, `? :` and parentheses. Functions:
 * `[…].includes(x)`, `[…].indexOf(x)`, `in_list([…], x)`, `cint(x)`, `flt(x)`.
 */
import { isDocumentWord, parseTokens } from './expression-parser.ts';
import type { Expression } from './expression-syntax.ts';
import { ExpressionRefusal, tokensOf } from './expression-tokens.ts';

export { evaluate, holds, type Outcome } from './expression-evaluate.ts';
export { type Expression, fieldsOf } from './expression-syntax.ts';

/** Characters of an expression at most. */
export const EXPRESSION_CHARACTERS_MAX = 2000;

/** The tree, or the first part that is not accepted, its position from 0, and why. */
export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly token: string; readonly at: number; readonly why: string };

const PREFIX = /^\s*eval:/;

/** Parses a condition. Never throws and never evaluates anything. */
export function parseExpression(text: string): ParsedExpression {
  if (text.length > EXPRESSION_CHARACTERS_MAX) {
    const why = `longer than ${EXPRESSION_CHARACTERS_MAX} characters`;
    return { ok: false, token: text.slice(0, 20), at: 0, why };
  }
  const prefix = PREFIX.exec(text)?.[0];
  if (prefix === undefined) return parseFieldname(text);
  try {
    return { ok: true, expression: parseTokens(tokensOf(text, prefix.length)) };
  } catch (error) {
    if (!(error instanceof ExpressionRefusal)) throw error;
    return { ok: false, token: error.token, at: error.at, why: error.message };
  }
}

function parseFieldname(text: string): ParsedExpression {
  const name = text.trim();
  if (isDocumentWord(name)) {
    return { ok: true, expression: Object.freeze({ kind: 'filled', name }) };
  }
  return { ok: false, token: name.slice(0, 40), at: 0, why: 'neither a fieldname nor eval:' };
}
