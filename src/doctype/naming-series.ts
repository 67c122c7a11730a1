/**
 * Series of names: `format:INV-{YYYY}-{#####}` and the older `INV-.YYYY.-.#####`. A series has
 * at most one counter, which counts separately for every text before it.
 */
import { canonicalDate, isoWeek } from './calendar.ts';
import { ValueError } from './value-error.ts';

const DATE_WORDS = ['YYYY', 'YY', 'MM', 'DD', 'WW'] as const;
type DateWord = (typeof DATE_WORDS)[number];

/** Words of Frappe's for which nothing here stands; taking them as text would be a wrong name. */
const UNKNOWN_WORDS: ReadonlySet<string> = new Set(['FY', 'JJJ', 'timestamp', 'fiscal_year']);

export type SeriesPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'date'; readonly word: DateWord }
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'counter'; readonly digits: number };

export type Series = readonly SeriesPart[];

/** A series with its dates and fields filled in. Zero digits: there is no counter. */
export type ExpandedSeries = {
  readonly prefix: string;
  readonly digits: number;
  readonly suffix: string;
};

/** Parses what follows `format:`. Throws `ValueError` with the field `autoname`. */
export function parseFormat(text: string, fieldnames: ReadonlySet<string>): Series {
  const parts = text.split(/\{([^{}]*)\}/).map((piece, index): SeriesPart => {
    if (index % 2 === 1) return parseToken(piece, fieldnames);
    if (/[{}]/.test(piece)) throw new ValueError('autoname', 'has a brace without its pair.');
    return { kind: 'text', text: piece };
  });
  return checked(parts);
}

/** Parses the form with dots. Throws `ValueError` with the field `autoname`. */
export function parseSeries(text: string, fieldnames: ReadonlySet<string>): Series {
  const parts = text.split('.').map((piece): SeriesPart => {
    const braced = /^\{([^{}]*)\}$/.exec(piece);
    if (braced !== null) return parseToken(braced[1] ?? '', fieldnames);
    if (/[{}]/.test(piece)) throw new ValueError('autoname', `has a brace within \`${piece}\`.`);
    const isToken = /^#+$/.test(piece) || isDateWord(piece) || fieldnames.has(piece);
    if (isToken || UNKNOWN_WORDS.has(piece)) return parseToken(piece, fieldnames);
    if (piece.includes('#')) throw new ValueError('autoname', 'needs dots around its `#` digits.');
    return { kind: 'text', text: piece };
  });
  return checked(parts);
}

/**
 * Fills in dates and fields. `today` is `YYYY-MM-DD`. The prefix is also the counter's name.
 * Throws `ValueError` naming a field that is blank, for a name must not depend on what is missing.
 */
export function expandSeries(
  series: Series,
  values: Readonly<Record<string, unknown>>,
  today: string,
): ExpandedSeries {
  if (canonicalDate(today) === null) throw new TypeError('today has to be YYYY-MM-DD.');
  const at = series.findIndex((part) => part.kind === 'counter');
  const counter = series[at];
  const textOf = (parts: Series) => parts.map((part) => expandPart(part, values, today)).join('');
  if (counter?.kind !== 'counter') return { prefix: textOf(series), digits: 0, suffix: '' };
  return {
    prefix: textOf(series.slice(0, at)),
    digits: counter.digits,
    suffix: textOf(series.slice(at + 1)),
  };
}

/** The name with the given number, which grows beyond its digits rather than starting again. */
export function formatSeries(expanded: ExpandedSeries, number: number | bigint): string {
  if (expanded.digits === 0) return expanded.prefix + expanded.suffix;
  if (number < 1 || (typeof number === 'number' && !Number.isSafeInteger(number))) {
    throw new TypeError('the number of a series is a whole number from 1.');
  }
  return `${expanded.prefix}${String(number).padStart(expanded.digits, '0')}${expanded.suffix}`;
}

function parseToken(token: string, fieldnames: ReadonlySet<string>): SeriesPart {
  if (/^#{1,15}$/.test(token)) return { kind: 'counter', digits: token.length };
  if (isDateWord(token)) return { kind: 'date', word: token };
  if (fieldnames.has(token)) return { kind: 'field', field: token };
  throw new ValueError(
    'autoname',
    `has \`${token}\`, which is neither #, ${DATE_WORDS.join(', ')} nor a field.`,
  );
}

function isDateWord(word: string): word is DateWord {
  return (DATE_WORDS as readonly string[]).includes(word);
}

function checked(parts: readonly SeriesPart[]): Series {
  const kept = parts.filter((part) => part.kind !== 'text' || part.text !== '');
  const counters = kept.filter((part) => part.kind === 'counter').length;
  if (counters > 1) throw new ValueError('autoname', 'has more than one counter.');
  if (counters === 0 && !kept.some((part) => part.kind === 'field')) {
    throw new ValueError('autoname', 'would give every document the same name; add a counter.');
  }
  return Object.freeze(kept);
}

function expandPart(
  part: SeriesPart,
  values: Readonly<Record<string, unknown>>,
  today: string,
): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'counter') return '';
  if (part.kind === 'field') return fieldText(part.field, values);
  if (part.word === 'YYYY') return today.slice(0, 4);
  if (part.word === 'YY') return today.slice(2, 4);
  if (part.word === 'MM') return today.slice(5, 7);
  return part.word === 'DD' ? today.slice(8, 10) : String(isoWeek(today)).padStart(2, '0');
}

function fieldText(field: string, values: Readonly<Record<string, unknown>>): string {
  const value = Object.hasOwn(values, field) ? values[field] : null;
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  throw new ValueError(field, 'is needed for the name.');
}
