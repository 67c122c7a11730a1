/**
 * The wire form of values, strictly: what a field takes from outside, what is stored for it, and
 * what is shown again. Nothing is guessed or cut; what does not fit is an error.
 */
import { canonicalDate, canonicalDatetime, canonicalTime } from './calendar.ts';
import type { Field } from './definition.ts';
import { kindOf, type ValueKind } from './field-kind.ts';
import { parseMoney, renderMoney } from './money.ts';
import { isStorableText, type Plain, plainCopy } from './plain-data.ts';
import { checkText } from './text-values.ts';
import { ValueError } from './value-error.ts';

/**
 * What the store keeps. Text, names, dates and times are strings in canonical form; Check and
 * whole numbers are safe integers; decimals are doubles; money is a bigint scaled by 10^4; JSON
 * is its text. Null is blank.
 */
export type StoredValue = string | number | bigint | null;

/** What goes out: as stored, but money as a number and JSON as itself. */
export type WireValue = Plain;

const JSON_BYTES_MAX = 1024 * 1024;

/**
 * Reads one value of the wire. Null and `''` are blank (0 for a Check, which has no third state).
 * Throws `ValueError` where the field cannot take the input.
 */
export function parseValue(field: Field, input: unknown): StoredValue {
  const kind = kindOf(field);
  if (kind === null) throw new ValueError(field.fieldname, 'holds no value of its own.');
  if (input === null || input === '') return blank(field, kind);
  return PARSERS[kind](field, input);
}

/**
 * The wire value of what `parseValue` gave, or of what PostgreSQL gives back for it (timestamps
 * with fewer digits, JSON as text). Throws TypeError for anything else: that is a bug.
 */
export function renderValue(field: Field, stored: StoredValue): WireValue {
  const kind = kindOf(field);
  if (kind === null) throw new TypeError(`${field.fieldname} holds no value of its own.`);
  if (stored === null) return kind === 'flag' ? 0 : null;
  if (kind === 'money' && typeof stored === 'bigint') return renderMoney(stored);
  if (NUMERIC.has(kind) && typeof stored === 'number') return stored;
  if (kind === 'money' || NUMERIC.has(kind) || typeof stored !== 'string') {
    throw new TypeError(`${field.fieldname}: a ${typeof stored} is not how a ${kind} is stored.`);
  }
  if (kind === 'json') return JSON.parse(stored) as WireValue;
  if (kind === 'datetime') return known(field, canonicalDatetime(stored));
  if (kind === 'time') return known(field, canonicalTime(stored));
  return stored;
}

const NUMERIC: ReadonlySet<ValueKind> = new Set(['flag', 'whole', 'decimal']);

const PARSERS: Readonly<Record<ValueKind, (field: Field, input: unknown) => StoredValue>> = {
  name: parseText,
  line: parseText,
  text: parseText,
  'long-text': parseText,
  flag: parseFlag,
  whole: parseWhole,
  decimal: parseDecimal,
  money: parseAmount,
  date: (field, input) => parseMoment(field, input, canonicalDate, 'a date such as 2026-02-28'),
  datetime: (field, input) =>
    parseMoment(field, input, canonicalDatetime, 'a time in UTC such as 2026-02-28 17:30:00'),
  time: (field, input) => parseMoment(field, input, canonicalTime, 'a time such as 17:30:00'),
  json: parseJsonValue,
};

function blank(field: Field, kind: ValueKind): StoredValue {
  if (kind === 'flag') return 0;
  const mayBeBlank = field.reqd !== true || /^[ \t]*\n/.test(field.options ?? '');
  if (field.fieldtype === 'Select' && !mayBeBlank) {
    throw new ValueError(field.fieldname, 'must be one of its options.');
  }
  return null;
}

function parseText(field: Field, input: unknown): string {
  if (typeof input !== 'string') throw new ValueError(field.fieldname, 'takes text.');
  if (!isStorableText(input)) {
    throw new ValueError(field.fieldname, 'takes text without NUL and without half characters.');
  }
  checkText(field, input);
  return input;
}

function parseFlag(field: Field, input: unknown): number {
  if (input !== 0 && input !== 1) throw new ValueError(field.fieldname, 'takes 0 or 1.');
  return input === 1 ? 1 : 0;
}

function parseWhole(field: Field, input: unknown): number {
  if (typeof input !== 'number' || !Number.isSafeInteger(input)) {
    throw new ValueError(field.fieldname, 'takes a whole number up to 9007199254740991.');
  }
  const smallest = field.fieldtype === 'Duration' || field.non_negative === true ? 0 : -Infinity;
  return within(field, input, smallest, Infinity);
}

function parseDecimal(field: Field, input: unknown): number {
  if (typeof input !== 'number' || !Number.isFinite(input)) {
    throw new ValueError(field.fieldname, 'takes a number.');
  }
  if (field.fieldtype === 'Rating') return within(field, input, 0, 1);
  return within(field, input, field.non_negative === true ? 0 : -Infinity, Infinity);
}

function parseAmount(field: Field, input: unknown): bigint {
  const scaled = parseMoney(input);
  if (scaled === null) {
    throw new ValueError(field.fieldname, 'takes an amount with at most 4 decimals.');
  }
  if (field.non_negative === true && scaled < 0n) {
    throw new ValueError(field.fieldname, 'takes no amount below zero.');
  }
  return scaled;
}

function parseMoment(
  field: Field,
  input: unknown,
  canonical: (text: string) => string | null,
  form: string,
): string {
  const moment = typeof input === 'string' ? canonical(input) : null;
  if (moment === null) throw new ValueError(field.fieldname, `takes ${form}.`);
  return moment;
}

function parseJsonValue(field: Field, input: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(plainCopy(input));
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it is not plain data';
    throw new ValueError(field.fieldname, `takes JSON only: ${why}`);
  }
  if (new TextEncoder().encode(text).length > JSON_BYTES_MAX) {
    throw new ValueError(field.fieldname, 'takes at most 1 MiB of JSON.');
  }
  return text;
}

/** The input within its bounds. Minus zero becomes zero, which JSON and PostgreSQL agree on. */
function within(field: Field, input: number, smallest: number, largest: number): number {
  if (input < smallest) throw new ValueError(field.fieldname, `takes nothing below ${smallest}.`);
  if (input > largest) throw new ValueError(field.fieldname, `takes nothing above ${largest}.`);
  return input === 0 ? 0 : input;
}

function known(field: Field, canonical: string | null): string {
  if (canonical === null) throw new TypeError(`${field.fieldname}: stored in an unknown form.`);
  return canonical;
}
