/** Evaluates a filter on one document in memory: the first of its two interpreters. */
import type { Filter, Scalar } from './filter.ts';

/**
 * A document's values by field name, `name` and `owner` included; null is blank. A table field
 * holds its rows in the same form, where its doctype carries a dimension there.
 */
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
    case 'rows':
      return rowsMatch(condition.table, condition.of, document, me);
    case 'compare': {
      const value = fieldValue(document, condition.field);
      return value !== null && inOrder(value, condition.op, condition.value);
    }
  }
}

/** Rows that are not there to be looked at meet nothing: nobody knows what they say. */
function rowsMatch(table: string, of: Filter, document: DocumentFacts, me: string): boolean {
  const rows = rowsAt(document, table);
  if (rows === null) return false;
  return (rows.length === 0 ? [NO_VALUES] : rows).every((row) => matches(of, row, me));
}

const NO_VALUES: DocumentFacts = Object.freeze({});

/**
 * The rows of a table field. Null where the document came without them: an empty list says that
 * there are none, a missing one says nothing, and nothing is decided on it.
 */
export function rowsAt(document: DocumentFacts, table: string): readonly DocumentFacts[] | null {
  const rows = Object.hasOwn(document, table) ? document[table] : null;
  return Array.isArray(rows) && rows.every(isRow) ? rows : null;
}

function isRow(row: unknown): row is DocumentFacts {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
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
