/** A rule's `when`: a list of `[field, op, value]`, all of which must hold. */
import { every, type Filter, not, type Scalar } from '../authz/index.ts';
import { canonicalDate, canonicalDatetime, canonicalTime } from '../doctype/calendar.ts';
import type { Doctype } from '../doctype/definition.ts';
import { kindOf, type ValueKind } from '../doctype/field-kind.ts';
import { parseMoney, renderMoney } from '../doctype/money.ts';
import { isStorableText } from '../doctype/plain-data.ts';
import { sensitivityOf } from '../doctype/table-name.ts';

/** Stands for whoever asks. */
export const ME = '$me';

const ORDERED = new Set(['<', '<=', '>', '>=']);

const STANDARD_KINDS: Readonly<Record<string, ValueKind>> = {
  name: 'name',
  owner: 'name',
  modified_by: 'name',
  creation: 'datetime',
  modified: 'datetime',
  docstatus: 'whole',
};

const TEXTS: ReadonlySet<ValueKind> = new Set(['name', 'line', 'text', 'long-text']);

/**
 * Reads a condition as the kernel's filter, with values in the one form in which documents hold
 * them: the kernel compares them as they are. Throws where a field is not there, an operator is
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
  const kind = typeof field === 'string' ? kindIn(doctype, field) : null;
  if (typeof field !== 'string' || kind === null) {
    throw new Error(`a condition names a field that it cannot compare: \`${String(field)}\``);
  }
  if (op === 'is') {
    if (value !== 'set' && value !== 'not set') throw new Error('`is` takes `set` or `not set`');
    // A Check has no third state: it is always set.
    if (kind === 'flag') throw new Error(`\`${field}\` is always set; compare it with 0 or 1`);
    const blank: Filter = { kind: 'blank', field };
    return value === 'set' ? not(blank) : blank;
  }
  if (op === '=' || op === 'in') return equals(field, kind, value);
  if (op === '!=' || op === 'not in') return not(equals(field, kind, value));
  if (typeof op === 'string' && ORDERED.has(op) && value !== ME) {
    return { kind: 'compare', field, op: op as '<', value: constant(field, kind, value) };
  }
  throw new Error(`a condition cannot use \`${String(op)}\` with this value`);
}

function equals(field: string, kind: ValueKind, value: unknown): Filter {
  if (value === ME && TEXTS.has(kind)) return { kind: 'is-me', field };
  const values = Array.isArray(value) ? value : [value];
  return { kind: 'one-of', field, values: values.map((one) => constant(field, kind, one)) };
}

function constant(field: string, kind: ValueKind, value: unknown): Scalar {
  const read = value === ME ? null : canonical(kind, value);
  if (read === null) throw new Error(`the value for \`${field}\` does not fit the field`);
  return read;
}

/** The value as a stored one of this kind is shown, or null where there can be none such. */
function canonical(kind: ValueKind, value: unknown): Scalar | null {
  if (kind === 'money') {
    const scaled = parseMoney(value);
    return scaled === null ? null : renderMoney(scaled);
  }
  if (kind === 'flag') return value === 0 || value === 1 ? value : null;
  if (kind === 'whole') return Number.isSafeInteger(value) ? (value as number) : null;
  if (kind === 'decimal') return Number.isFinite(value) ? (value as number) : null;
  if (typeof value !== 'string') return null;
  if (kind === 'date') return canonicalDate(value);
  if (kind === 'datetime') return canonicalDatetime(value);
  if (kind === 'time') return canonicalTime(value);
  return value !== '' && isStorableText(value) ? value : null;
}

/** A secret is compared with nothing, and JSON is no single value. */
function kindIn(doctype: Doctype | undefined, fieldname: string): ValueKind | null {
  const standard = Object.hasOwn(STANDARD_KINDS, fieldname) ? STANDARD_KINDS[fieldname] : undefined;
  if (standard) return standard;
  const field = doctype?.fields.find((one) => one.fieldname === fieldname);
  if (!field || sensitivityOf(field) === 'secret') return null;
  const kind = kindOf(field);
  return kind === 'json' ? null : kind;
}
