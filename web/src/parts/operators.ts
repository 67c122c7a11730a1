/** The comparisons that make sense for a field, and what they are called. */
import { type FieldKind, kindOf } from '../api/field-kind.ts';
import type { Field } from '../api/shapes.ts';
import type { Operator } from '../place.ts';

export const OPERATOR_WORDS: Readonly<Record<Operator, string>> = {
  contains: 'contains',
  is: 'is',
  'is-not': 'is not',
  'at-least': 'is at least',
  'at-most': 'is at most',
  blank: 'is blank',
  'not-blank': 'is not blank',
};

const TEXT: readonly Operator[] = ['contains', 'is', 'is-not', 'blank', 'not-blank'];
const CHOICE: readonly Operator[] = ['is', 'is-not', 'blank', 'not-blank'];
const NUMBER: readonly Operator[] = ['is', 'at-least', 'at-most', 'is-not', 'blank', 'not-blank'];
const DATE: readonly Operator[] = ['at-least', 'at-most', 'is', 'blank', 'not-blank'];
const FLAG: readonly Operator[] = ['is'];

const OF_KIND: Readonly<Partial<Record<FieldKind, readonly Operator[]>>> = {
  choice: CHOICE,
  number: NUMBER,
  money: NUMBER,
  percent: NUMBER,
  date: DATE,
  datetime: ['at-least', 'at-most', 'blank', 'not-blank'],
  check: FLAG,
  docstatus: FLAG,
};

/** The comparisons for a field, the most usual first. */
export function operatorsOf(field: Field): readonly Operator[] {
  if (field.fieldtype === 'Time') return CHOICE;
  const kind = kindOf(field);
  return (kind === null ? undefined : OF_KIND[kind]) ?? TEXT;
}

/** False for comparisons with nothing to compare to. */
export function takesValue(op: Operator): boolean {
  return op !== 'blank' && op !== 'not-blank';
}
