/**
 * Evaluates an expression on a document's wire values, with JavaScript's rules for text, numbers,
 * true, false and blanks. It calls nothing that the document brings along.
 */
import type { BinaryOperator, Expression } from './expression-syntax.ts';

type Row = Readonly<Record<string, unknown>>;

/** What an expression can come to. `undefined` is a field that the document does not have. */
export type Outcome = string | number | boolean | null | undefined | readonly unknown[];

/** Characters that `+` may build at most, so that a short expression cannot fill the memory. */
const TEXT_CHARACTERS_MAX = 1024 * 1024;

/**
 * The expression's value for the document. Missing and blank fields never make it throw; the one
 * error is RangeError, for text of more than 1 Mi characters put together with `+`.
 */
export function evaluate(expression: Expression, doc: Row): Outcome {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'field':
      return fieldValue(doc, expression.name);
    case 'filled':
      return isFilled(fieldValue(doc, expression.name));
    case 'length':
      return lengthOf(fieldValue(doc, expression.name));
    case 'not':
      return !evaluate(expression.of, doc);
    case 'negate':
      return -numberOf(evaluate(expression.of, doc));
    case 'binary':
      return evaluateBinary(expression, doc);
    case 'choose':
      return evaluate(evaluate(expression.test, doc) ? expression.then : expression.otherwise, doc);
    case 'includes':
      return (expression.list as readonly unknown[]).includes(evaluate(expression.item, doc));
    case 'index':
      return (expression.list as readonly unknown[]).indexOf(evaluate(expression.item, doc));
    case 'cast':
      return cast(expression.to, evaluate(expression.of, doc));
  }
}

/** Whether the condition holds: the value's truth, as JavaScript sees it. */
export function holds(expression: Expression, doc: Row): boolean {
  return Boolean(evaluate(expression, doc));
}

/** Own values only, and only such as the wire knows: no object whose methods could be called. */
function fieldValue(doc: Row, name: string): Outcome {
  if (!Object.hasOwn(doc, name)) return undefined;
  const value = doc[name];
  if (Array.isArray(value)) return value;
  const isScalar = ['string', 'number', 'boolean', 'undefined'].includes(typeof value);
  return isScalar ? (value as Outcome) : null;
}

function isFilled(value: Outcome): boolean {
  return isList(value) ? value.length > 0 : Boolean(value);
}

/** Blank fields have no rows and no characters; where JavaScript would throw, this is 0. */
function lengthOf(value: Outcome): number | undefined {
  if (isList(value) || typeof value === 'string') return value.length;
  return value === null || value === undefined ? 0 : undefined;
}

function evaluateBinary(node: Extract<Expression, { kind: 'binary' }>, doc: Row): Outcome {
  const left = evaluate(node.left, doc);
  if (node.op === '&&') return left ? evaluate(node.right, doc) : left;
  if (node.op === '||') return left ? left : evaluate(node.right, doc);
  const right = evaluate(node.right, doc);
  // Comparing or adding a list would call its own and its rows' conversions to text.
  if (isList(left) || isList(right)) return withList(node.op);
  if (isEquality(node.op)) return equality(node.op, left, right);
  if (typeof left === 'string' && typeof right === 'string') return onTexts(node.op, left, right);
  if (node.op === '+' && (typeof left === 'string' || typeof right === 'string')) {
    return joined(String(left), String(right));
  }
  return onNumbers(node.op, numberOf(left), numberOf(right));
}

function withList(op: BinaryOperator): Outcome {
  if (op === '!=' || op === '!==') return true;
  return op === '+' || op === '-' || op === '*' || op === '/' ? Number.NaN : false;
}

function isEquality(op: BinaryOperator): boolean {
  return op === '==' || op === '!=' || op === '===' || op === '!==';
}

function equality(op: BinaryOperator, left: Outcome, right: Outcome): boolean {
  if (op === '===') return left === right;
  if (op === '!==') return left !== right;
  // biome-ignore lint/suspicious/noDoubleEquals: the expression asked for loose equality.
  const equal = left == right;
  return op === '==' ? equal : !equal;
}

function onTexts(op: BinaryOperator, left: string, right: string): Outcome {
  if (op === '+') return joined(left, right);
  if (op === '<') return left < right;
  if (op === '<=') return left <= right;
  if (op === '>') return left > right;
  if (op === '>=') return left >= right;
  return onNumbers(op, Number(left), Number(right));
}

function onNumbers(op: BinaryOperator, left: number, right: number): Outcome {
  if (op === '+') return left + right;
  if (op === '-') return left - right;
  if (op === '*') return left * right;
  if (op === '/') return left / right;
  if (op === '<') return left < right;
  if (op === '<=') return left <= right;
  return op === '>' ? left > right : left >= right;
}

function joined(left: string, right: string): string {
  if (left.length + right.length > TEXT_CHARACTERS_MAX) {
    throw new RangeError('an expression puts together more text than is accepted.');
  }
  return left + right;
}

function numberOf(value: Outcome): number {
  return isList(value) ? Number.NaN : Number(value);
}

/** `cint` and `flt` as in Frappe's forms: the number at the beginning of the text, else 0. */
function cast(to: 'cint' | 'flt', value: Outcome): number {
  if (value === true) return 1;
  if (isList(value)) return 0;
  const text = String(value);
  const number = to === 'cint' ? Number.parseInt(text, 10) : Number.parseFloat(ungrouped(text));
  return Number.isNaN(number) ? 0 : number;
}

/** Text without the commas that group thousands. */
function ungrouped(text: string): string {
  return text.replaceAll(',', '');
}

function isList(value: Outcome): value is readonly unknown[] {
  return Array.isArray(value);
}
