/** Values of fields as text, in the reader's own language. Text stays text: nothing is markup. */
import { kindOf } from '../api/field-kind.ts';
import type { Field, Value } from '../api/shapes.ts';

export const DOCSTATUS_WORDS = ['Draft', 'Submitted', 'Cancelled'] as const;

/** Money has at most this many decimals on the wire. */
const MONEY_DECIMALS_MAX = 4;

export type TextOptions = {
  /** ISO 4217 code of the document's amounts, where it is known. */
  readonly currency: string | null;
  /** BCP 47; undefined is the browser's own. */
  readonly locale?: string | undefined;
};

/** A value as text; the empty text for a blank one. */
export function textOf(field: Field, value: Value | undefined, options: TextOptions): string {
  if (value === null || value === undefined || value === '') return '';
  switch (kindOf(field)) {
    case 'money':
      return typeof value === 'number' ? moneyText(value, options) : String(value);
    case 'number':
      return numberText(value, options.locale);
    case 'percent':
      return `${numberText(value, options.locale)}\u00a0%`;
    case 'date':
      return dateText(String(value), options.locale);
    case 'datetime':
      return datetimeText(String(value), options.locale);
    case 'check':
      return value === 1 || value === true ? 'Yes' : 'No';
    case 'docstatus':
      return DOCSTATUS_WORDS[Number(value)] ?? String(value);
    default:
      return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
  }
}

/** An amount with its currency; without a known one, a number with two decimals or more. */
export function moneyText(amount: number, { currency, locale }: TextOptions): string {
  const style = { maximumFractionDigits: MONEY_DECIMALS_MAX } as const;
  if (currency !== null && /^[A-Z]{3}$/.test(currency)) {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, ...style }).format(amount);
  }
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, ...style }).format(amount);
}

function numberText(value: Value, locale: string | undefined): string {
  if (typeof value !== 'number') return String(value);
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 9 }).format(value);
}

/** `YYYY-MM-DD` as a date. It has no time zone, so it is never moved into one. */
function dateText(value: string, locale: string | undefined): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return value;
  const format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  return format.format(new Date(`${value}T00:00:00Z`));
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, shown in the reader's own time zone. */
function datetimeText(value: string, locale: string | undefined): string {
  const instant = instantOf(value);
  if (instant === null) return value;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(
    instant,
  );
}

/** The instant of a datetime of the wire; null where it is none. */
export function instantOf(value: string): Date | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,3})\d*)?$/.exec(value);
  if (!match) return null;
  const instant = new Date(`${match[1]}T${match[2]}.${(match[3] ?? '0').padEnd(3, '0')}Z`);
  return Number.isNaN(instant.getTime()) ? null : instant;
}
