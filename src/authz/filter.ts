/**
 * Conditions on a document, as a frozen tree. One tree, two interpreters: `matches.ts` here
 * evaluates it in memory, `store/filter-to-sql.ts` compiles it; properties hold them together.
 *
 * Conditions have two values, never SQL's third: comparing with a blank is false, and
 * `not` of it is true.
 */

export type Scalar = string | number;

export type Comparison = '<' | '<=' | '>' | '>=';

export type Filter =
  | { readonly kind: 'always' }
  | { readonly kind: 'never' }
  | { readonly kind: 'every'; readonly of: readonly Filter[] }
  | { readonly kind: 'some'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  /** The field's value is one of these; a blank is none of them. */
  | { readonly kind: 'one-of'; readonly field: string; readonly values: readonly Scalar[] }
  | { readonly kind: 'blank'; readonly field: string }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly op: Comparison;
      readonly value: Scalar;
    }
  /** SQL's LIKE, in either case: `%` any run, `_` one character, `\\` takes the next as it is. */
  | { readonly kind: 'like'; readonly field: string; readonly pattern: string }
  /** The field names the principal who asks (`owner = $me`). */
  | { readonly kind: 'is-me'; readonly field: string }
  /** Every row of a table field meets the condition; no rows count as one that is blank. */
  | { readonly kind: 'rows'; readonly table: string; readonly of: Filter };

export const ALWAYS: Filter = Object.freeze({ kind: 'always' });
export const NEVER: Filter = Object.freeze({ kind: 'never' });

/** All conditions hold. Simplifies; of nothing, it is `always`. */
export function every(conditions: readonly Filter[]): Filter {
  const kept = conditions.filter((condition) => condition.kind !== 'always');
  if (kept.some((condition) => condition.kind === 'never')) return NEVER;
  const only = kept[0];
  if (only === undefined) return ALWAYS;
  return kept.length === 1 ? only : Object.freeze({ kind: 'every', of: Object.freeze(kept) });
}

/** At least one condition holds. Simplifies; of nothing, it is `never`. */
export function some(conditions: readonly Filter[]): Filter {
  const kept = conditions.filter((condition) => condition.kind !== 'never');
  if (kept.some((condition) => condition.kind === 'always')) return ALWAYS;
  const only = kept[0];
  if (only === undefined) return NEVER;
  return kept.length === 1 ? only : Object.freeze({ kind: 'some', of: Object.freeze(kept) });
}

/** The condition does not hold. */
export function not(condition: Filter): Filter {
  if (condition.kind === 'always') return NEVER;
  if (condition.kind === 'never') return ALWAYS;
  return condition.kind === 'not' ? condition.of : Object.freeze({ kind: 'not', of: condition });
}

/** Every row of a table field meets the condition; where there is none, a blank one has to. */
export function everyRow(table: string, condition: Filter): Filter {
  if (condition.kind === 'always' || condition.kind === 'never') return condition;
  return Object.freeze({ kind: 'rows', table, of: condition });
}

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['<', '<=', '>', '>=']);

const KINDS: ReadonlySet<string> = new Set<Filter['kind']>([
  ...(['always', 'never', 'every', 'some', 'not'] as const),
  ...(['one-of', 'blank', 'compare', 'like', 'is-me', 'rows'] as const),
]);

/** The first word in a condition that is none of the language; null where all are. */
export function strangeWord(condition: Filter): string | null {
  if (!KINDS.has(condition.kind)) return String(condition.kind);
  if (condition.kind === 'not' || condition.kind === 'rows') return strangeWord(condition.of);
  if (condition.kind === 'compare') return COMPARISONS.has(condition.op) ? null : condition.op;
  if (condition.kind !== 'every' && condition.kind !== 'some') return null;
  return condition.of.reduce<string | null>((found, part) => found ?? strangeWord(part), null);
}

/** The names of all fields that a condition reads; of rows, such as `items.qty`. */
export function fieldsOf(condition: Filter): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: Filter): void => {
    if (node.kind === 'every' || node.kind === 'some') node.of.forEach(visit);
    else if (node.kind === 'not') visit(node.of);
    else if (node.kind === 'rows') {
      for (const field of fieldsOf(node.of)) found.add(`${node.table}.${field}`);
    } else if (node.kind !== 'always' && node.kind !== 'never') found.add(node.field);
  };
  visit(condition);
  return found;
}
