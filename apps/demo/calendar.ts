/** Days of the demo world, counted in whole days since 1970-01-01 (UTC). */

const DAY_MS = 86_400_000;

/** The day number of a `YYYY-MM-DD`. */
export function dayOf(iso: string): number {
  return Date.parse(`${iso}T00:00:00Z`) / DAY_MS;
}

/** The demo world's today: nothing in it is later, but for plans such as due dates and leave. */
export const TODAY = dayOf('2026-11-20');

/** The day the books open: 24 whole months of payroll before the month of `TODAY`. */
export const OPENING = dayOf('2024-11-01');

const written = new Map<number, string>();

/** `YYYY-MM-DD` of a day number. */
export function isoDay(day: number): string {
  let text = written.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_MS).toISOString().slice(0, 10);
    written.set(day, text);
  }
  return text;
}

/** The year of a day number, such as 2026. */
export function yearOf(day: number): number {
  return Number(isoDay(day).slice(0, 4));
}

/** The month of a day number, 1 to 12. */
export function monthOf(day: number): number {
  return Number(isoDay(day).slice(5, 7));
}

/** 0 is Sunday, 6 is Saturday; 1970-01-01 was a Thursday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** Monday to Friday. */
export function isWorkday(day: number): boolean {
  const number = weekday(day);
  return number !== 0 && number !== 6;
}

/** The first workday at or after a day. */
export function workdayFrom(day: number): number {
  return isWorkday(day) ? day : workdayFrom(day + 1);
}

/** How many workdays lie between two days, both included. */
export function workdaysBetween(first: number, last: number): number {
  let count = 0;
  for (let day = first; day <= last; day++) if (isWorkday(day)) count++;
  return count;
}

/** A month of the demo world, by its first and last day numbers. */
export type Month = { readonly first: number; readonly last: number };

/** The whole months from the opening of the books; the 25th is the month of `TODAY`. */
export function months(count: number): Month[] {
  const start = new Date(OPENING * DAY_MS);
  const firstOf = (offset: number): number =>
    Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + offset, 1) / DAY_MS;
  return Array.from({ length: count }, (_, index) => ({
    first: firstOf(index),
    last: firstOf(index + 1) - 1,
  }));
}
