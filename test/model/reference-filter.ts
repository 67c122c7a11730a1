/**
 * The filter language once more, without the kernel's code: text is compared by its UTF-8 bytes
 * and patterns are matched by hand, where the kernel compares code points and builds expressions.
 */
import type { Filter, Scalar } from '../../src/authz/filter.ts';

/** The values of a row by field name; null is blank. */
export type Row = Readonly<Record<string, Scalar | null>>;

/** A document's plain values by field name, and its rows by the field that holds them. */
export type Values = Readonly<Record<string, Scalar | null | readonly Row[]>>;

/** Does the condition hold for the document when `me` asks? A blank compares as false. */
export function meets(filter: Filter, document: Values, me: string): boolean {
  if (filter.kind === 'always') return true;
  if (filter.kind === 'never') return false;
  if (filter.kind === 'not') return !meets(filter.of, document, me);
  if (filter.kind === 'every') return !filter.of.some((part) => !meets(part, document, me));
  if (filter.kind === 'some') return filter.of.some((part) => meets(part, document, me));
  if (filter.kind === 'rows') {
    const rows = (document[filter.table] ?? [{}]) as readonly Row[];
    return !(rows.length > 0 ? rows : [{}]).some((row) => !meets(filter.of, row, me));
  }
  const value = (document[filter.field] ?? null) as Scalar | null;
  if (filter.kind === 'blank') return value === null;
  if (value === null) return false;
  if (filter.kind === 'is-me') return value === me;
  if (filter.kind === 'one-of') return filter.values.some((one) => one === value);
  if (filter.kind === 'like') return typeof value === 'string' && isLike(value, filter.pattern);
  const order = orderOf(value, filter.value);
  if (filter.op === '<') return order < 0;
  if (filter.op === '<=') return order <= 0;
  if (filter.op === '>') return order > 0;
  return order >= 0;
}

/** Below, at or above zero; not a number, so that nothing holds, for values of two kinds. */
function orderOf(value: Scalar, bound: Scalar): number {
  if (typeof value === 'number' && typeof bound === 'number') return value - bound;
  if (typeof value !== 'string' || typeof bound !== 'string') return Number.NaN;
  return Buffer.compare(Buffer.from(value), Buffer.from(bound));
}

function isLike(text: string, pattern: string): boolean {
  if (pattern === '') return text === '';
  const [first = '', ...rest] = [...pattern];
  const [letter = '', ...others] = [...text];
  if (first === '%') {
    return isLike(text, rest.join('')) || (text !== '' && isLike(others.join(''), pattern));
  }
  // At the end there is no next character to take: it stands for nothing.
  if (pattern === '\\') return text === '';
  if (text === '') return false;
  if (first === '_') return isLike(others.join(''), rest.join(''));
  const [literal = '', ...after] = first === '\\' ? rest : [first, ...rest];
  return literal.toLowerCase() === letter.toLowerCase() && isLike(others.join(''), after.join(''));
}
