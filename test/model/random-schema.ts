/** What random worlds are about: dimensions, doctypes and documents with plain values. */
import fc from 'fast-check';
import type { Scalar } from '../../src/authz/filter.ts';
import type { DimensionPath, DoctypeShape, Tree } from '../../src/authz/world.ts';
import type { Values } from './reference-filter.ts';

/** The columns of every random doctype. A date is a text of the form `YYYY-MM-DD`. */
export const FIELD_KINDS = {
  name: 'text',
  owner: 'text',
  company: 'text',
  branch: 'text',
  sent_from: 'text',
  team: 'text',
  title: 'text',
  amount: 'number',
  due: 'date',
} as const satisfies Record<string, 'text' | 'number' | 'date'>;

export type RandomDocument = { readonly doctype: string; readonly values: Values };

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);

/** The values of each dimension. Company is flat, the others are trees. */
export const DIMENSION_VALUES = {
  Company: numbered('C', 4),
  Branch: numbered('B', 12),
  Team: numbered('T', 5),
} as const;

export type Dimension = keyof typeof DIMENSION_VALUES;
export const DIMENSIONS = Object.keys(DIMENSION_VALUES) as Dimension[];
export const DOCTYPES = ['Order', 'Slip', 'Place'] as const;
export const PEOPLE = ['ada', 'ben', 'cleo', 'dan'] as const;
export const SYSTEM = 'system:ledger';

/** Where documents carry dimensions; which of them a doctype declares is random. */
export const PATHS: readonly DimensionPath[] = [
  { dimension: 'Company', path: 'company' },
  { dimension: 'Branch', path: 'branch' },
  { dimension: 'Branch', path: 'sent_from' },
  { dimension: 'Team', path: 'team' },
];

/** Paths through the rows of `items`, alone and beside others. */
export const ROW_PATHS: readonly (readonly DimensionPath[])[] = [
  [{ dimension: 'Branch', path: 'items.branch' }],
  [
    { dimension: 'Company', path: 'company' },
    { dimension: 'Branch', path: 'items.branch' },
  ],
  [
    { dimension: 'Branch', path: 'items.branch' },
    { dimension: 'Branch', path: 'branch' },
  ],
  [
    { dimension: 'Branch', path: 'items.branch' },
    { dimension: 'Team', path: 'items.team' },
  ],
];

/** Two paths of one dimension: both have to be covered. */
const BOTH_BRANCHES = PATHS.filter(({ dimension }) => dimension === 'Branch');

/** Doctypes that are a dimension themselves. */
const NAME_PATHS: readonly DimensionPath[] = [
  { dimension: 'Company', path: 'name' },
  { dimension: 'Branch', path: 'name' },
];

const paths = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, ...NAME_PATHS.map((p) => fc.constant([p]))),
    fc.oneof(
      fc.subarray([...PATHS], { maxLength: 2 }),
      fc.constant(BOTH_BRANCHES),
      fc.constantFrom(...ROW_PATHS, ...ROW_PATHS.slice(0, 1)),
    ),
    fc.constantFrom(3, 3, 1, 0),
  )
  .map(([named, others, most]) => [...named, ...others].slice(0, most));

const shape = (name: string): fc.Arbitrary<DoctypeShape> =>
  fc
    .record({
      paths,
      levels: fc.array(fc.constantFrom(0, 0, 1, 2), { minLength: 3, maxLength: 3 }),
    })
    .map(({ paths, levels }) => ({
      name,
      paths,
      levels: new Map(
        Object.keys(FIELD_KINDS).map((field) => {
          const own = ['title', 'amount', 'due'].indexOf(field);
          return [field, levels[own] ?? 0];
        }),
      ),
      personal: new Set(['amount']),
    }));

/** One to three doctypes with none to three dimension paths. */
export const shapes = fc
  .record({ all: fc.tuple(...DOCTYPES.map(shape)), count: fc.integer({ min: 1, max: 3 }) })
  .map(({ all, count }) => all.slice(0, count));

/** A chain as deep as it can be, or a forest in which each node's parent is an earlier one. */
const tree = (dimension: Dimension): fc.Arbitrary<Tree> => {
  const values = DIMENSION_VALUES[dimension];
  return fc
    .record({
      isChain: fc.boolean(),
      picks: fc.array(fc.nat(), { minLength: values.length, maxLength: values.length }),
    })
    .map(({ isChain, picks }) => ({
      dimension,
      parents: new Map(
        values.map((value, index) => {
          const earlier = isChain ? index - 1 : ((picks[index] ?? 0) % (index + 1)) - 1;
          return [value, values[earlier] ?? null];
        }),
      ),
    }));
};

/** The tree dimensions; now and then a dimension has no tree, and descendants mean nothing. */
export const trees = fc
  .tuple(tree('Branch'), tree('Team'), fc.constantFrom(2, 2, 2, 1, 0))
  .map(([first, second, count]) => [first, second].slice(0, count));

const orBlank = <Value extends Scalar>(values: readonly Value[]): fc.Arbitrary<Value | null> =>
  fc.option(fc.constantFrom(...values), { freq: 4, nil: null });

/** Values that rows and scopes have more often than others, so that they meet. */
export const FEW_BRANCHES = ['B1', 'B2', 'B3'] as const;

/** Rows often agree with each other, as the lines of one invoice do. */
const items = fc
  .record({
    rows: fc.array(
      fc.record({
        branch: fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom(...FEW_BRANCHES) },
          { weight: 2, arbitrary: orBlank([...DIMENSION_VALUES.Branch, 'B99']) },
        ),
        team: orBlank(DIMENSION_VALUES.Team),
      }),
      { maxLength: 3 },
    ),
    isUniform: fc.constantFrom(true, false, false),
  })
  .map(({ rows, isUniform }) => (isUniform ? rows.map(() => rows[0] ?? {}) : rows));

const values = fc.record({
  items,
  owner: fc.constantFrom(...PEOPLE, SYSTEM),
  company: orBlank(DIMENSION_VALUES.Company),
  // One branch that no tree knows: a link may name what came after the world was read.
  branch: orBlank([...DIMENSION_VALUES.Branch, 'B99']),
  sent_from: orBlank(DIMENSION_VALUES.Branch),
  team: orBlank(DIMENSION_VALUES.Team),
  title: orBlank(['pump', 'Pump-2', 'a_b', '100%', 'a\\b']),
  amount: orBlank([-2, 0, 1.5, 2, 10]),
  due: orBlank(['2026-01-31', '2026-02-01', '2026-11-22']),
});

/** Documents of one doctype, with names unique in it: a dimension's values where it is one. */
export function documentsOf(doctype: DoctypeShape): fc.Arbitrary<RandomDocument[]> {
  const own = doctype.paths.find(({ path }) => path === 'name')?.dimension as Dimension | undefined;
  const names = own ? DIMENSION_VALUES[own] : numbered(`${doctype.name}-`, 4);
  return fc
    .record({ rows: fc.array(values, { maxLength: 4 }), skip: fc.nat({ max: 11 }) })
    .map(({ rows, skip }) =>
      rows.map((row, index) => ({
        doctype: doctype.name,
        // Neighbours in the list lie apart in the tree; 5 shares no divisor with 4 or 12.
        values: { name: names[(skip + 5 * index) % names.length] ?? null, ...row },
      })),
    );
}
