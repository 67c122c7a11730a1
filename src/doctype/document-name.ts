/** The names of documents: which are accepted, and what is needed to make one. */
import type { NamingPlan } from './naming.ts';
import { type ExpandedSeries, expandSeries } from './naming-series.ts';
import { ValueError } from './value-error.ts';

/** Characters of a document's name at most. */
export const NAME_CHARACTERS_MAX = 140;

/**
 * Characters that make one name look like another, or end a line: control characters, zero-width
 * space and mark, line separators, and the marks that turn the direction of writing.
 */
const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]/u;

/** Words that a scope reads as something else than a name, and that a URL path cannot carry. */
const WORDS: ReadonlySet<string> = new Set(['*', '(blank)', '.', '..']);

/**
 * The name in its one form: without spaces around it, and NFC. Throws `ValueError` unless it
 * then has 1 to 140 characters, none of them invisible, `<` or `>`, and is not `*`, `(blank)`,
 * `.` or `..`. A `/` is fine: doors encode it.
 */
export function checkName(name: unknown): string {
  if (typeof name !== 'string' || !name.isWellFormed()) {
    throw new ValueError('name', 'takes text.');
  }
  const form = name.normalize('NFC').trim();
  const length = form.length > 2 * NAME_CHARACTERS_MAX ? form.length : [...form].length;
  if (length < 1 || length > NAME_CHARACTERS_MAX) {
    throw new ValueError('name', `takes 1 to ${NAME_CHARACTERS_MAX} characters.`);
  }
  if (INVISIBLE.test(form)) throw new ValueError('name', 'takes no invisible characters.');
  if (/[<>]/.test(form)) throw new ValueError('name', 'takes neither `<` nor `>`.');
  if (WORDS.has(form.toLowerCase())) {
    throw new ValueError('name', `cannot be \`${form}\`, which means something else.`);
  }
  return form;
}

/** What the caller has to supply before the document has its name. */
export type NameRequest =
  | { readonly kind: 'given'; readonly name: string }
  /** The next number of the counter called `series.prefix`; then `formatSeries`, `checkName`. */
  | { readonly kind: 'counted'; readonly series: ExpandedSeries }
  | { readonly kind: 'random' }
  | { readonly kind: 'uuid' }
  /** The next number of the doctype's own sequence. */
  | { readonly kind: 'serial' };

/**
 * What the plan needs for a document with these values. `given` is the name which its maker gave,
 * or null; `today` is `YYYY-MM-DD`. Throws `ValueError` where a value for the name is missing,
 * and where a name is given although the plan makes them.
 */
export function requestName(
  plan: NamingPlan,
  values: Readonly<Record<string, unknown>>,
  today: string,
  given: string | null,
): NameRequest {
  if (plan.kind === 'prompt') return { kind: 'given', name: checkName(given) };
  if (given !== null) throw new ValueError('name', 'is made for this doctype; leave it out.');
  if (plan.kind === 'hash') return { kind: 'random' };
  if (plan.kind === 'uuid') return { kind: 'uuid' };
  if (plan.kind === 'autoincrement') return { kind: 'serial' };
  if (plan.kind === 'field') {
    const series = expandSeries([{ kind: 'field', field: plan.field }], values, today);
    return { kind: 'given', name: checkName(series.prefix) };
  }
  const series = expandSeries(patternFor(plan, values), values, today);
  if (series.digits > 0) return { kind: 'counted', series };
  return { kind: 'given', name: checkName(series.prefix) };
}

function patternFor(
  plan: Extract<NamingPlan, { kind: 'series' | 'naming-series-field' }>,
  values: Readonly<Record<string, unknown>>,
) {
  if (plan.kind === 'series') return plan.pattern;
  const chosen = Object.hasOwn(values, plan.field) ? values[plan.field] : null;
  const pattern = typeof chosen === 'string' ? plan.patterns.get(chosen) : undefined;
  if (pattern === undefined) throw new ValueError(plan.field, 'must be one of its options.');
  return pattern;
}
