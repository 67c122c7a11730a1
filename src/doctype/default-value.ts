/** What a field's `default` stands for. */
import type { Field } from './definition.ts';
import { kindOf } from './field-kind.ts';
import { ValueError } from './value-error.ts';
import { parseValue, type StoredValue } from './values.ts';

/** A fixed value, or a word that the engine resolves when the document is made. */
export type DefaultValue =
  | { readonly kind: 'value'; readonly value: StoredValue }
  /** `Today`, for a Date. */
  | { readonly kind: 'today' }
  /** `Now`, for a Datetime or a Time, in UTC. */
  | { readonly kind: 'now' }
  /** `__user`: the name of the user on whose behalf the document is made. */
  | { readonly kind: 'user' };

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** The field's default, or null where it has none. Throws `ValueError` where it is not valid. */
export function defaultOf(field: Field): DefaultValue | null {
  const text = field.default;
  if (text === undefined || text === '') return null;
  return wordOf(field, text) ?? { kind: 'value', value: parseValue(field, typed(field, text)) };
}

function wordOf(field: Field, text: string): DefaultValue | null {
  const word = text.toLowerCase();
  const kind = kindOf(field);
  if (kind === 'date' && word === 'today') return { kind: 'today' };
  if ((kind === 'datetime' || kind === 'time') && word === 'now') return { kind: 'now' };
  const holdsUser = field.fieldtype === 'Link' ? field.options === 'User' : kind === 'line';
  if (text === '__user' && holdsUser && field.fieldtype !== 'Select') return { kind: 'user' };
  // A leading colon or `__` is a word of Frappe's for a default of the session: not a name.
  if (kind === 'name' && /^(?::|__)/.test(text)) {
    throw new ValueError(field.fieldname, `has a default that is not known here: \`${text}\`.`);
  }
  return null;
}

/** Defaults are written as text; this is the wire value which that text means. */
function typed(field: Field, text: string): unknown {
  const kind = kindOf(field);
  if (kind === 'json') return parsedJson(field, text);
  const isNumber = kind === 'flag' || kind === 'whole' || kind === 'decimal';
  return isNumber && NUMBER.test(text) ? Number(text) : text;
}

function parsedJson(field: Field, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ValueError(field.fieldname, 'has a default that is not JSON.');
  }
}
