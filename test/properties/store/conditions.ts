/** Random `when` conditions as rules hold them, and values that make them hold now and then. */
import fc from 'fast-check';
import { PEOPLE } from '../../model/random-schema.ts';

export type Part = readonly [field: string, op: string, value: unknown];

/** Values of each column; documents and conditions share them, so that they meet. */
export const VALUES = {
  title: ['pump', 'Pump-2', 'a_b', '100%', 'a\\b', 'Zug', 'ﬀ', '𝒳', 'é'],
  amount: [-2, 0, 1.5, 2, 10, 0.0001, 549755813887.9999],
  due: ['2026-01-31', '2026-02-01', '2026-11-22', '0001-01-01'],
  ratio: [-0.5, 0, 0.1, 0.30000000000000004, 1e300],
  pieces: [-3, 0, 7, 9007199254740991],
  is_open: [0, 1],
  sent_at: [
    '2026-02-01 10:00:00.000000',
    '2026-02-01 10:00:00.000001',
    '1999-12-31 23:59:59.500000',
  ],
  opens_at: ['00:00:00', '09:30:00', '09:30:00.500000'],
} as const;

export type ValueField = keyof typeof VALUES;

export const VALUE_FIELDS = Object.keys(VALUES) as ValueField[];

/** Other ways to write the same moment in a condition. */
const LOOSER: Readonly<Record<string, string>> = {
  '2026-02-01 10:00:00.000000': '2026-02-01T10:00:00Z',
  '1999-12-31 23:59:59.500000': '1999-12-31 23:59:59.5',
  '09:30:00.500000': '09:30:00.5',
};

const looser = (value: string | number) => fc.constantFrom(value, LOOSER[String(value)] ?? value);

const wordsOf = (field: ValueField): fc.Arbitrary<string | number> =>
  fc.constantFrom<string | number>(...VALUES[field]).chain(looser);

const compared: fc.Arbitrary<Part> = fc
  .constantFrom(...VALUE_FIELDS)
  .chain((field) =>
    fc.oneof(
      fc.tuple(
        fc.constant(field),
        fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
        wordsOf(field),
      ),
      fc.tuple(
        fc.constant(field),
        fc.constantFrom('in', 'not in'),
        fc.array(wordsOf(field), { maxLength: 3 }),
      ),
      fc.tuple(
        fc.constant(field === 'is_open' ? 'title' : field),
        fc.constant('is'),
        fc.constantFrom('set', 'not set'),
      ),
    ),
  );

const standard: fc.Arbitrary<Part> = fc.oneof(
  fc.tuple(fc.constant('owner'), fc.constantFrom('=', '!='), fc.constant('$me')),
  fc.tuple(
    fc.constantFrom('owner', 'modified_by'),
    fc.constantFrom('=', 'in', '<'),
    fc.constantFrom(...PEOPLE),
  ),
  fc.tuple(fc.constant('docstatus'), fc.constantFrom('=', '<', '>='), fc.constantFrom(0, 1, 2)),
  fc.tuple(
    fc.constantFrom('creation', 'modified'),
    fc.constantFrom('<', '<=', '>', '>=', '='),
    fc.constantFrom('2026-02-01 10:00:00', '2026-02-01T10:00:00.5Z', '2026-01-31 23:59:59'),
  ),
  fc.tuple(fc.constant('company'), fc.constantFrom('is'), fc.constantFrom('set', 'not set')),
  fc.tuple(fc.constant('branch'), fc.constantFrom('=', '>='), fc.constantFrom('B1', 'B12', 'B2')),
);

/** A condition of one to three parts; now and then it asks for nothing but one's own. */
export const conditions: fc.Arbitrary<readonly Part[]> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(
      fc.oneof({ weight: 3, arbitrary: compared }, { weight: 2, arbitrary: standard }),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { weight: 1, arbitrary: fc.constant<readonly Part[]>([['owner', '=', '$me']]) },
);

/** Values of the columns that only SQL worlds have; null is blank, but never for a Check. */
export const extras: fc.Arbitrary<Readonly<Record<string, string | number | null>>> = fc
  .tuple(
    ...VALUE_FIELDS.map((field) =>
      fc.option(fc.constantFrom<string | number>(...VALUES[field]), {
        freq: field === 'is_open' ? 1_000_000 : 4,
        nil: field === 'is_open' ? 0 : null,
      }),
    ),
  )
  .map((values) => Object.fromEntries(VALUE_FIELDS.map((field, i) => [field, values[i] ?? null])));
