/** Evaluates a filter on one document in memory: the first of its two interpreters. */
import type { Filter, Scalar } from './filter.ts';

/** A document's values by field name, `name` and `owner` included; null is blank. */
export type DocumentFacts = Readonly<Record<string, unknown>>;

/**
 * True where the condition holds for the document and `me` is the principal who asks.
 * A field that the document does not have counts as blank.
 */
export function matches(condition: Filter, document: DocumentFacts, me: string): boolean {
  switch (condition.kind) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'every':
      return condition.of.every((part) => matches(part, document, me));
    case 'some':
      return condition.of.some((part) => matches(part, document, me));
    case 'not':
      return !matches(condition.of, document, me);
    case 'is-me':
      return fieldValue(document, condition.field) === me;
    case 'blank':
      return fieldValue(document, condition.field) === null;
    case 'one-of': {
      const value = fieldValue(document, condition.field);
      return value !== null && condition.values.includes(value);
    }
    case 'like': {
      const value = fieldValue(document, condition.field);
      return typeof value === 'string' && likePattern(condition.pattern).test(value);
    }
    case 'compare': {
      const value = fieldValue(document, condition.field);
      return value !== null && inOrder(value, condition.op, condition.value);
    }
  }
}

/** The value of a field as the kernel sees it: a string, a number, or null for blank. */
export function fieldValue(document: DocumentFacts, field: string): Scalar | null {
  const value = Object.hasOwn(document, field) ? document[field] : null;
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' ? value : null;
}

function inOrder(value: Scalar, op: '<' | '<=' | '>' | '>=', bound: Scalar): boolean {
  if (typeof value !== typeof bound) return false;
  const order =
    typeof value === 'string' ? comparePoints(value, bound as string) : value - (bound as number);
  if (op === '<') return order < 0;
  if (op === '<=') return order <= 0;
  return op === '>' ? order > 0 : order >= 0;
}

/** By Unicode code points, as PostgreSQL's "C" collation has it; JavaScript's `<` is by UTF-16. */
function comparePoints(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

function likePattern(pattern: string): RegExp {
  const source: string[] = [];
  const points = Array.from(pattern);
  for (let i = 0; i < points.length; i++) {
    const point = points[i] ?? '';
    if (point === '%') source.push('[^]*');
    else if (point === '_') source.push('[^]');
    else {
      const literal = point === '\\' ? (points[++i] ?? '') : point;
      source.push(literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    }
  }
  return new RegExp(`^${source.join('')}$`, 'iu');
}
