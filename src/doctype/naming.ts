/**
 * How documents get their names. Everything here is pure: the number of a series, a random name
 * and the day come from the caller.
 */
import type { Doctype } from './definition.ts';
import { selectOptions } from './field-kind.ts';
import { parseFormat, parseSeries, type Series } from './naming-series.ts';
import { ValueError } from './value-error.ts';

/** What an `autoname` means. */
export type NamingPlan =
  | { readonly kind: 'hash' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'autoincrement' }
  /** The person who makes the document gives its name. */
  | { readonly kind: 'prompt' }
  | { readonly kind: 'field'; readonly field: string }
  | { readonly kind: 'series'; readonly pattern: Series }
  /** The document's own `naming_series` says which of these patterns. */
  | {
      readonly kind: 'naming-series-field';
      readonly field: 'naming_series';
      readonly patterns: ReadonlyMap<string, Series>;
    };

/**
 * Reads `autoname`; a missing one is `hash`. `fields` are the doctype's, since a word between the
 * dots of `INV-.branch.-.####` is a field where there is one of that name and text elsewhere.
 * Throws `ValueError` with the field `autoname` for anything not understood.
 */
export function planNaming(definition: Pick<Doctype, 'autoname' | 'fields'>): NamingPlan {
  const text = definition.autoname ?? 'hash';
  const word = text.toLowerCase();
  if (word === 'hash' || word === 'uuid' || word === 'autoincrement' || word === 'prompt') {
    return { kind: word };
  }
  const fieldnames = new Set(definition.fields.map((field) => field.fieldname));
  if (text.startsWith('field:')) return planField(text.slice('field:'.length), fieldnames);
  if (text === 'naming_series:') return planSeriesField(definition, fieldnames);
  if (text.startsWith('format:')) {
    return { kind: 'series', pattern: parseFormat(text.slice('format:'.length), fieldnames) };
  }
  if (text.includes('#')) return { kind: 'series', pattern: parseSeries(text, fieldnames) };
  throw new ValueError(
    'autoname',
    `is not understood: \`${text}\`. Use field:x, naming_series:, format:X-{YYYY}-{#####}, ` +
      'X-.YYYY.-.#####, prompt, hash, uuid or autoincrement.',
  );
}

/** The fields whose values become part of a name, and so are shown wherever the name is. */
export function fieldsInName(plan: NamingPlan): readonly string[] {
  if (plan.kind === 'field') return [plan.field];
  const patterns =
    plan.kind === 'series'
      ? [plan.pattern]
      : plan.kind === 'naming-series-field'
        ? [...plan.patterns.values()]
        : [];
  const parts = patterns.flat();
  return [...new Set(parts.flatMap((part) => (part.kind === 'field' ? [part.field] : [])))];
}

function planField(field: string, fieldnames: ReadonlySet<string>): NamingPlan {
  if (fieldnames.has(field)) return { kind: 'field', field };
  throw new ValueError('autoname', `names the field \`${field}\`, which is not there.`);
}

function planSeriesField(
  definition: Pick<Doctype, 'fields'>,
  fieldnames: ReadonlySet<string>,
): NamingPlan {
  const field = definition.fields.find((one) => one.fieldname === 'naming_series');
  if (field?.fieldtype !== 'Select') {
    throw new ValueError('autoname', 'needs a Select field `naming_series` for naming_series:.');
  }
  const patterns = new Map<string, Series>();
  for (const option of selectOptions(field)) {
    // Frappe numbers a series that has no counter of its own with five digits.
    const text = option.includes('#') ? option : `${option}.#####`;
    patterns.set(option, parseSeries(text, fieldnames));
  }
  return { kind: 'naming-series-field', field: 'naming_series', patterns };
}
