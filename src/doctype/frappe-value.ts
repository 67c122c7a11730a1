/** Reading single values of Frappe's JSON, and reporting keys that are not taken. */
import { UNKNOWN_KEY } from './frappe-keys.ts';
import type { NotTaken } from './import-reading.ts';
import type { Plain, PlainObject } from './plain-data.ts';

/**
 * True for what Frappe writes where nothing is set. Its files leave such values out, and one
 * that is there all the same says nothing.
 */
export function isZero(value: Plain): boolean {
  const isEmptyList = Array.isArray(value) && value.length === 0;
  return value === null || value === 0 || value === '' || value === false || isEmptyList;
}

/** Text for the value of a text key; numbers are written out. Null: it is neither. */
export function asText(value: Plain): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : null;
}

/** The flag that `1`, `true` or `"1"` (and their opposites) stand for. Null: it is none. */
export function asFlag(value: Plain): boolean | null {
  if (value === 1 || value === true || value === '1') return true;
  return isZero(value) || value === '0' ? false : null;
}

/** A whole number, also where it is written as text. Null: it is none. */
export function asWhole(value: Plain): number | null {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/**
 * Reports the keys of an object that are not taken: one entry for each reason. Known keys that
 * hold their zero are left out; unknown ones never are.
 */
export function reportKeys(
  object: PlainObject,
  taken: ReadonlySet<string>,
  reasons: ReadonlyMap<string, string>,
  field: string | null,
  prefix = '',
): readonly NotTaken[] {
  const keysByReason = new Map<string, string[]>();
  for (const [key, value] of Object.entries(object)) {
    const why = reasons.get(key) ?? UNKNOWN_KEY;
    if (taken.has(key) || (reasons.has(key) && isZero(value))) continue;
    keysByReason.set(why, [...(keysByReason.get(why) ?? []), prefix + key]);
  }
  return [...keysByReason].map(([why, keys]) => ({ field, key: keys.sort().join(', '), why }));
}
