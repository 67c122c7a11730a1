/** Dates and times of the wire: checked against the calendar, written in one form only. */

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/;
const DATETIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)$/;
const DATETIME_ISO = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)Z$/;

/** `YYYY-MM-DD` of a day that exists, years 0001 to 9999; null for anything else. */
export function canonicalDate(text: string): string | null {
  const parts = DATE.exec(text);
  if (parts === null) return null;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const exists = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days(year, month);
  return exists ? text : null;
}

/**
 * A moment in UTC as `YYYY-MM-DD HH:MM:SS.ffffff`, from that form with none to six digits of a
 * second's fraction, or from ISO 8601 with `T` and `Z`. Null for anything else: a time without
 * zone after a `T`, or with an offset, would have to be guessed or converted.
 */
export function canonicalDatetime(text: string): string | null {
  const parts = DATETIME.exec(text) ?? DATETIME_ISO.exec(text);
  if (parts === null) return null;
  const date = canonicalDate(parts[1] ?? '');
  const time = canonicalTime(parts[2] ?? '');
  if (date === null || time === null) return null;
  return `${date} ${time.includes('.') ? time : `${time}.000000`}`;
}

/** `HH:MM:SS`, with `.ffffff` where there is a fraction; null for anything else. */
export function canonicalTime(text: string): string | null {
  const parts = TIME.exec(text);
  if (parts === null) return null;
  const [, hours = '', minutes = '', seconds = '', fraction = ''] = parts;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const whole = `${hours}:${minutes}:${seconds}`;
  return Number(fraction) === 0 ? whole : `${whole}.${fraction.padEnd(6, '0')}`;
}

/** Days since 1970-01-01 of a canonical date, for reckoning with weeks. */
export function dayNumber(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}

/** The week of ISO 8601, 1 to 53, of a canonical date. */
export function isoWeek(date: string): number {
  const day = dayNumber(date);
  // 1970-01-01 was a Thursday, and a week belongs to the year that its Thursday lies in.
  const thursday = day - ((((day + 3) % 7) + 7) % 7) + 3;
  const year = new Date(thursday * 86_400_000).getUTCFullYear();
  const newYear = dayNumber(`${String(year).padStart(4, '0')}-01-01`);
  return Math.floor((thursday - newYear) / 7) + 1;
}

function days(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
