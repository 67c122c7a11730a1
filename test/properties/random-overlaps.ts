/** Random worlds in which grants say again what others say: whole, in part, or almost. */
import fc from 'fast-check';
import type { Grant, Grantee, Rule, ScopeValue, Validity, World } from '../../src/authz/world.ts';
import { DIMENSION_VALUES, DIMENSIONS, type Dimension, PEOPLE } from '../model/random-schema.ts';
import { validities } from '../model/random-scope.ts';
import { type RandomWorld, randomWorlds } from '../model/random-world.ts';

type Echo = (grant: Grant, pick: number) => readonly Partial<Grant>[];

const isWord = ({ value }: ScopeValue): boolean => value === '*' || value === '(blank)';

/** What can be said instead of a grant, or in its place by several. */
const ECHOES: Readonly<Record<string, Echo>> = {
  same: () => [{}],
  everyone: () => [{ grantee: { type: 'Group', name: 'Everyone' } }],
  'one person': () => [{ grantee: { type: 'User', name: 'ada' } }],
  'each person': () => PEOPLE.map((name) => ({ grantee: { type: 'User', name } })),
  'other role': (_, pick) => [{ role: pick % 4 === 0 ? 'Chief' : 'Reader' }],
  'one value less': ({ scope }, pick) => [
    { scope: scope.toSpliced(pick % (scope.length || 1), 1) },
  ],
  'nothing blank': ({ scope }) => [{ scope: scope.filter(({ value }) => value !== '(blank)') }],
  'with descendants': ({ scope }) => [
    { scope: scope.map((entry) => ({ ...entry, descendants: !isWord(entry) })) },
  ],
  'without descendants': ({ scope }) => [
    { scope: scope.map((entry) => ({ ...entry, descendants: false })) },
  ],
  'every value by its name': ({ scope }) => [{ scope: scope.flatMap(listed) }],
  'each value by itself': ({ scope }, pick) => {
    const entry = scope[pick % (scope.length || 1)];
    const { dimension } = entry ?? {};
    const others = scope.filter((one) => one.dimension !== dimension);
    return scope
      .filter((one) => one.dimension === dimension)
      .map((one) => ({ scope: [...others, one] }));
  },
};

function listed(entry: ScopeValue): readonly ScopeValue[] {
  if (entry.value !== '*') return [entry];
  const values = DIMENSION_VALUES[entry.dimension as Dimension];
  return values.map((value) => ({ ...entry, value, descendants: true }));
}

const echo = fc.record({
  of: fc.nat(),
  kind: fc.constantFrom(...Object.keys(ECHOES)),
  pick: fc.nat(),
  validity: validities,
});

/** A world, and for some of its grants others beside them. */
export const randomOverlaps: fc.Arbitrary<RandomWorld> = fc
  .record({ sample: randomWorlds, echoes: fc.array(echo, { minLength: 2, maxLength: 8 }) })
  .map(({ sample, echoes: all }) => ({ ...sample, world: withEchoes(sample.world, all) }));

type TightRule = Omit<Rule, 'name' | 'role'>;

function alsoBlank(scope: readonly ScopeValue[]): readonly ScopeValue[] {
  const named = new Set(scope.map(({ dimension }) => dimension));
  const blanks = [...named].map((dimension) => ({
    dimension,
    value: '(blank)',
    descendants: false,
  }));
  return [...scope.filter(({ value }) => value !== '(blank)'), ...blanks];
}

/** Rules that give as much as another one, or a little less. */
const LESSER: Readonly<Record<string, (rule: TightRule) => Partial<Rule>>> = {
  same: () => ({}),
  conditional: () => ({ when: { kind: 'is-me', field: 'owner' } }),
  'of fewer levels': ({ levels }) => ({ levels: levels.slice(1) }),
  'of fewer actions': ({ actions }) => ({ actions: actions.slice(1) }),
};

const tight = fc.record({
  sample: randomWorlds,
  echoes: fc.array(echo, { minLength: 1, maxLength: 3 }),
  pick: fc.nat(),
  withBlank: fc.boolean(),
  lesser: fc.array(fc.constantFrom(...Object.keys(LESSER)), { minLength: 1, maxLength: 2 }),
  holder: fc.constantFrom<Grantee>(
    { type: 'User', name: 'ada' },
    { type: 'Group', name: 'north' },
    { type: 'Group', name: 'Everyone' },
  ),
});

/**
 * Worlds of one grant with its echoes, on one doctype: a clerk's rules, and for a reader the same
 * or a little less. There, each word counts.
 */
export const randomTightOverlaps: fc.Arbitrary<RandomWorld> = tight.map(
  ({ sample, echoes, pick, withBlank, lesser, holder }) => {
    const { world } = sample;
    const doctypes = world.doctypes.slice(-1);
    const isKept = ({ doctype }: { doctype: string }): boolean => doctype === doctypes[0]?.name;
    const base = world.grants[pick % (world.grants.length || 1)];
    // Such as the grant reaches something by: what it does not name, no rule asks for.
    const named = new Set(base?.scope.map(({ dimension }) => dimension));
    const except = DIMENSIONS.filter((dimension) => !named.has(dimension));
    const rules = world.rules.filter(isKept).slice(0, 2);
    const both = rules.flatMap((rule, index) => {
      const own = { ...rule, except, role: 'Clerk', reach: 'within', status: 'in force' } as const;
      const other = LESSER[lesser[index] ?? '']?.(own);
      return other ? [own, { ...own, ...other, role: 'Reader', name: `lesser-${index}` }] : [own];
    });
    const grants = base
      ? [
          {
            ...base,
            scope: withBlank ? alsoBlank(base.scope) : base.scope,
            grantee: holder,
            role: 'Clerk',
            from: null,
            until: null,
          },
        ]
      : [];
    return {
      ...sample,
      documents: sample.documents.filter(isKept).slice(0, 2),
      world: withEchoes({ ...world, doctypes, rules: both, grants, shares: [] }, echoes),
    };
  },
);

function withEchoes(
  world: World,
  all: readonly { of: number; kind: string; pick: number; validity: Validity }[],
): World {
  const { grants } = world;
  const more = all.flatMap(({ of, kind, pick, validity }) => {
    const grant = grants[of % grants.length];
    const said = grant ? ECHOES[kind]?.(grant, pick) : null;
    return (said ?? []).map((one) => ({ ...grant, ...validity, ...one }) as Grant);
  });
  const named = more.map((grant, index) => ({ ...grant, name: `echo-${index + 1}` }));
  return { ...world, grants: [...grants, ...named] };
}
