/** A rule's `when`: a list of `[field, op, value]`, all of which must hold. */
import { every, type Filter, not, type Scalar } from '../authz/index.ts';
import { type Doctype, STANDARD_FIELDS } from '../doctype/definition.ts';

/** Stands for whoever asks. */
export const ME = '$me';

const ORDERED = new Set(['<', '<=', '>', '>=']);

/**
 * Reads a condition as the kernel's filter. Throws where a field is not there, an operator is
 * unknown, or a value does not fit: a condition is refused as a whole, never dropped in part.
 */
export function readCondition(when: unknown, doctype: Doctype | undefined): Filter {
  if (!Array.isArray(when) || when.length === 0) {
    throw new Error('a condition is a list of [field, operator, value]');
  }
  return every(when.map((part) => readPart(part, doctype)));
}

function readPart(part: unknown, doctype: Doctype | undefined): Filter {
  if (!Array.isArray(part) || part.length !== 3) {
    throw new Error('each part of a condition is [field, operator, value]');
  }
  const [field, op, value] = part as [unknown, unknown, unknown];
  if (typeof field !== 'string' || !hasField(doctype, field)) {
    throw new Error(`a condition names a field that is not there: \`${String(field)}\``);
  }
  if (op === 'is') {
    if (value !== 'set' && value !== 'not set') throw new Error('`is` takes `set` or `not set`');
    const blank: Filter = { kind: 'blank', field };
    return value === 'set' ? not(blank) : blank;
  }
  if (op === '=' || op === 'in') return equals(field, value);
  if (op === '!=' || op === 'not in') return not(equals(field, value));
  if (typeof op === 'string' && ORDERED.has(op) && isScalar(value) && value !== ME) {
    return { kind: 'compare', field, op: op as '<', value };
  }
  throw new Error(`a condition cannot use \`${String(op)}\` with this value`);
}

function equals(field: string, value: unknown): Filter {
  if (value === ME) return { kind: 'is-me', field };
  const values = Array.isArray(value) ? value : [value];
  if (!values.every(isScalar) || values.includes(ME)) {
    throw new Error(`the value for \`${field}\` must be text or a number`);
  }
  return { kind: 'one-of', field, values };
}

function hasField(doctype: Doctype | undefined, field: string): boolean {
  return (
    (STANDARD_FIELDS as readonly string[]).includes(field) ||
    doctype?.fields.some((one) => one.fieldname === field) === true
  );
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}
