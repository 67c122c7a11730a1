/** Random parts of grants: when they hold, how far they reach, who has them, what limits them. */
import fc from 'fast-check';
import { ACTIONS } from '../../src/authz/actions.ts';
import type { Ceiling } from '../../src/authz/principal.ts';
import type { Grantee, ScopeValue, Validity } from '../../src/authz/world.ts';
import {
  DIMENSION_VALUES,
  DIMENSIONS,
  type Dimension,
  DOCTYPES,
  PEOPLE,
  SYSTEM,
} from './random-schema.ts';

/** The instant at which random worlds are asked: milliseconds since 1970 UTC. */
export const NOW = Date.UTC(2026, 10, 22, 12);
export const GROUPS = ['north', 'south'] as const;

/** Mostly unbounded; else over, to come, or at its very first or last millisecond. */
export const validities: fc.Arbitrary<Validity> = fc.constantFrom(
  ...Array.from({ length: 8 }, () => ({ from: null, until: null })),
  { from: NOW - 60_000, until: NOW + 60_000 },
  { from: NOW, until: null },
  { from: NOW + 1, until: null },
  { from: null, until: NOW },
  { from: null, until: NOW + 1 },
  { from: NOW - 9, until: NOW - 3 },
);

const named = (dimension: Dimension): fc.Arbitrary<ScopeValue[]> =>
  fc.array(
    fc.record({
      dimension: fc.constant(dimension),
      // The first values of a tree have the most descendants.
      value: fc.constantFrom(
        ...DIMENSION_VALUES[dimension],
        ...DIMENSION_VALUES[dimension].slice(0, 3),
      ),
      descendants: fc.constantFrom(true, true, false),
    }),
    { minLength: 1, maxLength: 3 },
  );

const scopeOf = (dimension: Dimension): fc.Arbitrary<ScopeValue[]> => {
  const any: ScopeValue = { dimension, value: '*', descendants: false };
  const blank: ScopeValue = { dimension, value: '(blank)', descendants: false };
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<ScopeValue[]>([]) },
    { weight: 2, arbitrary: fc.constant<ScopeValue[]>([any]) },
    { weight: 4, arbitrary: fc.constant<ScopeValue[]>([any, blank]) },
    { weight: 5, arbitrary: named(dimension) },
    { weight: 1, arbitrary: named(dimension).map((values) => [blank, ...values]) },
    { weight: 1, arbitrary: fc.constant<ScopeValue[]>([blank]) },
  );
};

export const scopes: fc.Arbitrary<readonly ScopeValue[]> = fc
  .tuple(...DIMENSIONS.map(scopeOf))
  .map((parts) => parts.flat());

export const grantees: fc.Arbitrary<Grantee> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant('User'), name: fc.constantFrom(...PEOPLE) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('Group'), name: fc.constantFrom(...GROUPS) }),
  },
  fc.constantFrom<Grantee>(
    { type: 'Group', name: 'Everyone' },
    { type: 'Group', name: 'Guests' },
    { type: 'User', name: SYSTEM },
    { type: 'User', name: 'Guest' },
    // A group's name is no user, and a user's no group.
    { type: 'User', name: 'north' },
    { type: 'Group', name: 'ada' },
  ),
);

export const ceilings: fc.Arbitrary<Ceiling> = fc
  .record({
    actions: fc.option(fc.subarray([...ACTIONS], { minLength: 8 }), { freq: 2, nil: undefined }),
    doctypes: fc.option(fc.subarray([...DOCTYPES], { minLength: 1 }), { freq: 2, nil: undefined }),
    scope: fc.option(scopes, { freq: 2, nil: undefined }),
  })
  .map(({ actions, doctypes, scope }) => ({
    name: 'token',
    ...(actions && { actions }),
    ...(doctypes && { doctypes }),
    ...(scope && { scope }),
  }));
