/** A list's question, read strictly: fields, filters, order and page. */
import {
  every,
  type Filter,
  levelsEverywhere,
  NEVER,
  not,
  type Scalar,
  some,
} from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { canonicalDatetime } from '../doctype/calendar.ts';
import { isStorableText } from '../doctype/plain-data.ts';
import { ValueError } from '../doctype/value-error.ts';
import { parseValue, renderValue } from '../doctype/values.ts';
import type { OrderBy } from '../store/read-documents.ts';
import type { Column } from '../store/table.ts';
import type { Where } from '../store/where.ts';
import {
  columnFor,
  lastColumn,
  levelsIn,
  type Reference,
  readingOf,
  referenceFor,
  whereOf,
} from './references.ts';
import type { Target } from './work.ts';

/** A list request after its door has read JSON out of its parameters. */
export type ListRequest = {
  readonly fields?: unknown;
  readonly filters?: unknown;
  readonly orFilters?: unknown;
  readonly orderBy?: string;
  readonly limit?: number;
  readonly offset?: number;
  /** Where an earlier page of the same question ended, as its answer said. */
  readonly cursor?: string;
  /** Counts all that the filters reach as well, on the page's own snapshot. */
  readonly withTotal?: boolean;
};

/** One filter of the person's own: the field it speaks of, and where that meets it. */
export type ReadFilter = {
  readonly reference: Reference;
  /** The same of the field's own column. */
  readonly condition: Filter;
  readonly where: Where;
};

/** A condition of the person's own, with the fields it speaks of. */
export type Condition = {
  readonly filters: readonly ReadFilter[];
  readonly where: Where;
  readonly references: readonly Reference[];
};

const SCALAR_OPERATORS = new Set(['=', '!=', '>', '<', '>=', '<=']);

/** Reads `filters`: `[[field, op, value], …]`, or an object of `field: value | [op, value]`. */
export function readFilters(target: Target, input: unknown, join: 'every' | 'some'): Condition {
  const triples = triplesOf(target, input);
  if (triples.length > LIMITS.filterConditionsMax) {
    throw new Refusal('bad_value', `At most ${LIMITS.filterConditionsMax} filters are taken.`);
  }
  const filters = triples.map((triple) => readTriple(target, triple));
  const of = filters.map(({ where }) => where);
  return {
    filters,
    // Of no condition at all, both hold.
    where: join === 'every' || of.length === 0 ? { kind: 'all', of } : { kind: 'any', of },
    references: filters.map(({ reference }) => reference),
  };
}

/** A field of a level that is closed on some rows would silently leave these out. */
function ownOrder(target: Target): string {
  const own = target.doctype.sort_field;
  if (own === undefined) return 'modified';
  const open = levelsEverywhere(target.moment.policy.world, readingOf(target));
  return levelsIn(target.table.columns.get(own)).every((level) => open.has(level))
    ? own
    : 'modified';
}

/** Reads `order_by`: `field asc, other desc`. Blank means the doctype's own order. */
export function readOrder(target: Target, text: string | undefined): OrderBy[] {
  if (text === undefined || text.trim() === '') {
    const field = ownOrder(target);
    return [{ field, descending: (target.doctype.sort_order ?? 'desc') === 'desc' }];
  }
  const parts = text.split(',');
  if (parts.length > LIMITS.orderFieldsMax) {
    throw new Refusal('bad_value', `At most ${LIMITS.orderFieldsMax} fields order a list.`);
  }
  return parts.map((part) => {
    const [name, direction = 'asc', ...rest] = part.trim().split(/\s+/);
    const bare = name?.replace(/^`?(?:tab[^`.]+`?\.)?`?|`$/g, '');
    const word = direction.toLowerCase();
    if (rest.length > 0 || (word !== 'asc' && word !== 'desc')) {
      throw new Refusal('bad_value', '`order_by` takes `field asc` or `field desc`.');
    }
    return { field: columnFor(target, bare).name, descending: word === 'desc' };
  });
}

function triplesOf(target: Target, input: unknown): unknown[][] {
  if (input === undefined || input === null) return [];
  if (Array.isArray(input)) {
    return input.map((part) => {
      if (!Array.isArray(part)) throw badFilters();
      if (part.length !== 4) return part;
      // Frappe's clients may put the doctype first. Another one would mean another document.
      if (part[0] === target.doctype.name) return part.slice(1);
      throw new Refusal('bad_value', `Filters take fields of ${target.doctype.name} only.`);
    });
  }
  if (typeof input !== 'object') throw badFilters();
  return Object.entries(input).map(([field, value]) =>
    Array.isArray(value) ? [field, ...value] : [field, '=', value],
  );
}

function readTriple(target: Target, triple: unknown[]): ReadFilter {
  if (triple.length !== 3) throw badFilters();
  const [name, operator, value] = triple;
  const reference = referenceFor(target, name);
  const op = typeof operator === 'string' ? operator.toLowerCase() : '';
  const condition = conditionOn(lastColumn(reference), op, value);
  const where = whereOf(reference, condition, target.caller.principal.id);
  return { reference, condition, where };
}

function conditionOn(column: Column, op: string, value: unknown): Filter {
  const field = column.name;
  const blank: Filter = { kind: 'blank', field };
  if (column.type === 'jsonb' && op !== 'is') throw badValue(field, 'takes `is` only.');
  if (SCALAR_OPERATORS.has(op)) return compare(column, op, value);
  if (op === 'in' || op === 'not in') {
    const values = listOf(value).map((item) => constant(column, item));
    const named = values.filter((item) => item !== null);
    const listed: Filter = some([
      named.length > 0 ? { kind: 'one-of', field, values: named } : NEVER,
      named.length < values.length ? blank : NEVER,
    ]);
    return op === 'in' ? listed : not(listed);
  }
  if (op === 'like' || op === 'not like') {
    if (typeof value !== 'string') throw badValue(field, 'takes text with `like`.');
    if (column.type !== 'text') throw badValue(field, 'is not text, so `like` does not apply.');
    if (value.length > LIMITS.likePatternCharacters) {
      throw badValue(
        field,
        `takes a pattern of at most ${LIMITS.likePatternCharacters} characters.`,
      );
    }
    if (!isPattern(value)) throw badValue(field, 'takes a pattern that ends in no single `\\`.');
    const like: Filter = { kind: 'like', field, pattern: value };
    return op === 'like' ? like : not(like);
  }
  if (op === 'is' && (value === 'set' || value === 'not set'))
    return value === 'set' ? not(blank) : blank;
  if (op === 'between' && Array.isArray(value) && value.length === 2) {
    return every([compare(column, '>=', value[0]), compare(column, '<=', value[1])]);
  }
  throw new Refusal(
    'bad_value',
    `The filter on \`${field}\` has an operator or value that is not known.`,
  );
}

function compare(column: Column, op: string, value: unknown): Filter {
  const field = column.name;
  const wanted = constant(column, value);
  const blank: Filter = { kind: 'blank', field };
  if (op === '=') return wanted === null ? blank : { kind: 'one-of', field, values: [wanted] };
  if (op === '!=') {
    return not(wanted === null ? blank : { kind: 'one-of', field, values: [wanted] });
  }
  if (wanted === null) throw badValue(field, `takes a value with \`${op}\`.`);
  return { kind: 'compare', field, op: op as '<', value: wanted };
}

/** A constant in the form of the wire, checked by the field's type; null is blank. */
function constant(column: Column, value: unknown): Scalar | null {
  const { field, name } = column;
  if (field) {
    try {
      const rendered = renderValue(
        field,
        value === null || value === '' ? null : parseValue(field, value),
      );
      return typeof rendered === 'string' || typeof rendered === 'number' ? rendered : null;
    } catch (error) {
      if (error instanceof ValueError) throw badValue(name, error.message.replace(/^`[^`]*` /, ''));
      throw error;
    }
  }
  if (value === null || value === '') return null;
  if (column.type === 'smallint' && isSmall(value)) return value;
  if (column.type === 'text' && typeof value === 'string' && isStorableText(value)) return value;
  if (column.type === 'timestamp' && typeof value === 'string') {
    const moment = canonicalDatetime(value.length === 10 ? `${value} 00:00:00` : value);
    if (moment !== null) return moment;
  }
  throw badValue(name, 'has a value of the wrong type.');
}

/** A docstatus is one of three, but a comparison may well go beyond. */
function isSmall(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 15;
}

/** PostgreSQL takes a backslash as the escape of what follows, and refuses one at the end. */
function isPattern(text: string): boolean {
  return isStorableText(text) && (/\\*$/.exec(text)?.[0].length ?? 0) % 2 === 0;
}

function listOf(value: unknown): unknown[] {
  // Frappe's clients also send `in` lists as one text with commas.
  const list = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : value;
  if (!Array.isArray(list) || list.length > LIMITS.filterValuesMax) {
    throw new Refusal(
      'bad_value',
      `\`in\` takes a list of at most ${LIMITS.filterValuesMax} values.`,
    );
  }
  return list;
}

function badFilters(): Refusal {
  return new Refusal('malformed', '`filters` is a list of [field, operator, value], or an object.');
}

function badValue(field: string, detail: string): Refusal {
  const message = `\`${field}\` ${detail}`;
  return new Refusal('bad_value', message, {
    errors: [{ field, code: 'bad_value', detail: message }],
  });
}
