/** Parses the tokens of an expression by recursive descent, one function per level of binding. */
import type { BinaryOperator, Expression, Literal } from './expression-syntax.ts';
import { ExpressionRefusal, type Token } from './expression-tokens.ts';
import { FORBIDDEN_KEYS } from './plain-data.ts';

const DEPTH_MAX = 50;

/** From loosest to tightest; within one level, operators bind from the left. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['===', '!==', '==', '!='],
  ['<=', '>=', '<', '>'],
  ['+', '-'],
  ['*', '/'],
];

/** Fieldnames, and the two marks which Frappe's forms put on a document that is not saved yet. */
const DOCUMENT_WORD = /^(?:[a-z][a-z0-9_]{0,60}|__islocal|__unsaved)$/;

/** The tree of all tokens, with one `;` allowed at the end. Throws `ExpressionRefusal`. */
export function parseTokens(tokens: readonly Token[]): Expression {
  const cursor = new Cursor(tokens);
  const expression = parseChoice(cursor);
  cursor.take(';');
  const rest = cursor.token;
  if (rest.kind !== 'end') throw refusal(rest, 'does not belong here');
  return expression;
}

/** True for a word that may stand after `doc.`. */
export function isDocumentWord(word: string): boolean {
  return DOCUMENT_WORD.test(word) && !FORBIDDEN_KEYS.has(word);
}

class Cursor {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get token(): Token {
    // The list ends in an `end` token, which is never passed over.
    return this.#tokens[this.#at] as Token;
  }

  next(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Passes over the sign if it comes next. */
  take(sign: string): boolean {
    if (this.token.kind !== 'sign' || this.token.source !== sign) return false;
    this.#at += 1;
    return true;
  }

  expect(sign: string): void {
    if (!this.take(sign)) throw refusal(this.token, `stands where \`${sign}\` is needed`);
  }

  within<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) {
      throw refusal(this.token, `is nested deeper than ${DEPTH_MAX} levels`);
    }
    const result = parse();
    this.#depth -= 1;
    return result;
  }
}

function parseChoice(cursor: Cursor): Expression {
  return cursor.within(() => {
    const test = parseLevel(cursor, 0);
    if (!cursor.take('?')) return test;
    const then = parseChoice(cursor);
    cursor.expect(':');
    return Object.freeze({ kind: 'choose', test, then, otherwise: parseChoice(cursor) });
  });
}

function parseLevel(cursor: Cursor, level: number): Expression {
  const operators = LEVELS[level];
  if (operators === undefined) return parseUnary(cursor);
  let left = parseLevel(cursor, level + 1);
  for (;;) {
    const op = operators.find((operator) => cursor.take(operator));
    if (op === undefined) return left;
    left = Object.freeze({ kind: 'binary', op, left, right: parseLevel(cursor, level + 1) });
  }
}

function parseUnary(cursor: Cursor): Expression {
  const isNot = cursor.take('!');
  if (!isNot && !cursor.take('-')) return parsePrimary(cursor);
  const of = cursor.within(() => parseUnary(cursor));
  return Object.freeze({ kind: isNot ? 'not' : 'negate', of });
}

function parsePrimary(cursor: Cursor): Expression {
  if (cursor.take('(')) {
    const inner = parseChoice(cursor);
    cursor.expect(')');
    return inner;
  }
  if (cursor.take('[')) return parseListQuestion(cursor);
  const token = cursor.next();
  if (token.kind === 'number' || token.kind === 'text') {
    return Object.freeze({ kind: 'literal', value: token.value });
  }
  if (token.kind === 'word') return parseWord(cursor, token);
  throw refusal(token, 'stands where a value is needed');
}

function parseWord(cursor: Cursor, token: Token): Expression {
  const word = wordLiteral(token);
  if (word !== undefined) return Object.freeze({ kind: 'literal', value: word });
  if (token.source === 'doc') return parseField(cursor);
  if (token.source === 'in_list') {
    cursor.expect('(');
    cursor.expect('[');
    const list = parseList(cursor);
    cursor.expect(',');
    return closed(cursor, { kind: 'includes', list, item: parseChoice(cursor) });
  }
  if (token.source === 'cint' || token.source === 'flt') {
    cursor.expect('(');
    return closed(cursor, { kind: 'cast', to: token.source, of: parseChoice(cursor) });
  }
  throw refusal(token, 'is not known here; only doc, in_list, cint and flt are');
}

/** What follows `doc`: a field, and perhaps its length. */
function parseField(cursor: Cursor): Expression {
  cursor.expect('.');
  const token = cursor.next();
  if (token.kind !== 'word' || !isDocumentWord(token.source)) {
    throw refusal(token, 'is not a fieldname');
  }
  if (!cursor.take('.')) return Object.freeze({ kind: 'field', name: token.source });
  const member = cursor.next();
  if (member.source === 'length') return Object.freeze({ kind: 'length', name: token.source });
  throw refusal(member, 'cannot be asked of a field; only its length can');
}

/** After `[`: a list, which is there only to be asked whether something is in it. */
function parseListQuestion(cursor: Cursor): Expression {
  const list = parseList(cursor);
  cursor.expect('.');
  const method = cursor.next();
  if (method.source !== 'includes' && method.source !== 'indexOf') {
    throw refusal(method, 'cannot be asked of a list; only includes and indexOf can');
  }
  cursor.expect('(');
  const kind = method.source === 'includes' ? 'includes' : 'index';
  return closed(cursor, { kind, list, item: parseChoice(cursor) });
}

function parseList(cursor: Cursor): readonly Literal[] {
  const list: Literal[] = [];
  if (cursor.take(']')) return list;
  do list.push(parseLiteral(cursor));
  while (cursor.take(','));
  cursor.expect(']');
  return Object.freeze(list);
}

function parseLiteral(cursor: Cursor): Literal {
  const isNegative = cursor.take('-');
  const token = cursor.next();
  if (token.kind === 'number') return isNegative ? -token.value : token.value;
  const word = token.kind === 'text' ? token.value : wordLiteral(token);
  if (word === undefined || isNegative) throw refusal(token, 'is not a value for a list');
  return word;
}

function wordLiteral(token: Token): Literal | undefined {
  if (token.kind !== 'word') return undefined;
  if (token.source === 'null') return null;
  return token.source === 'true' ? true : token.source === 'false' ? false : undefined;
}

function closed(cursor: Cursor, call: Expression): Expression {
  cursor.expect(')');
  return Object.freeze(call);
}

function refusal(token: Token, why: string): ExpressionRefusal {
  return new ExpressionRefusal(token.source, token.at, why);
}
