/** Random conditions over the columns of random documents. */
import fc from 'fast-check';
import type { Filter } from '../../src/authz/filter.ts';

const op = fc.constantFrom('<', '<=', '>', '>=');

const like: fc.Arbitrary<Filter> = fc.record({
  kind: fc.constant('like'),
  field: fc.constant('title'),
  pattern: fc.constantFrom(
    'PUMP%',
    '%-_',
    '_',
    'PUMP',
    'a\\_b',
    'A_b',
    '100\\%',
    '%%',
    '',
    'a\\\\b',
  ),
});

/** Values are of the column's own kind: a database refuses to compare a number with a text. */
const leaf: fc.Arbitrary<Filter> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Filter>({ kind: 'is-me', field: 'owner' }) },
  { weight: 3, arbitrary: like },
  fc.record<Filter & { kind: 'blank' }>({
    kind: fc.constant('blank'),
    field: fc.constantFrom('company', 'branch', 'title', 'amount', 'due'),
  }),
  fc.record<Filter & { kind: 'one-of' }>({
    kind: fc.constant('one-of'),
    field: fc.constantFrom('company', 'title'),
    values: fc.subarray(['C1', 'C2', 'C3', 'pump', 'a_b', 'a\\b']),
  }),
  fc.record<Filter & { kind: 'one-of' }>({
    kind: fc.constant('one-of'),
    field: fc.constant('amount'),
    values: fc.subarray([0, 1.5, 2]),
  }),
  fc.record<Filter & { kind: 'compare' }>({
    kind: fc.constant('compare'),
    field: fc.constant('amount'),
    op,
    value: fc.constantFrom(0, 1.5, 3),
  }),
  fc.record<Filter & { kind: 'compare' }>({
    kind: fc.constant('compare'),
    field: fc.constantFrom('due', 'title'),
    op,
    value: fc.constantFrom('2026-02-01', 'Pump', 'a_b'),
  }),
  fc.constant<Filter>({ kind: 'always' }),
  fc.constant<Filter>({ kind: 'never' }),
);

/** Conditions up to three deep, in raw form: not through the constructors that simplify. */
export const filters: fc.Arbitrary<Filter> = fc.letrec<{ any: Filter }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 5, arbitrary: leaf },
    tie('any').map((of): Filter => ({ kind: 'not', of })),
    fc.array(tie('any'), { maxLength: 3 }).map((of): Filter => ({ kind: 'every', of })),
    fc.array(tie('any'), { maxLength: 3 }).map((of): Filter => ({ kind: 'some', of })),
  ),
})).any;
