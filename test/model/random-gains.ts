/** Random changes of permissions: somebody gives roles in scopes, to others or to themselves. */
import fc from 'fast-check';
import type { RoleGain } from '../../src/authz/gain.ts';
import type { ScopeValue } from '../../src/authz/world.ts';
import { DIMENSION_VALUES, DIMENSIONS, PEOPLE, SYSTEM } from './random-schema.ts';
import { grantees, scopes } from './random-scope.ts';
import { type RandomWorld, ROLES, randomWorlds } from './random-world.ts';

/** A world, who changes it, and what all people gain by the change. */
export type RandomChange = {
  readonly sample: RandomWorld;
  readonly actor: string;
  readonly gains: readonly RoleGain[];
};

const pick = fc.record({
  grantee: grantees,
  role: fc.constantFrom(...ROLES),
  scope: scopes,
  /** How the gain differs from what some authority holds. */
  likeness: fc.constantFrom(
    'free',
    'same',
    'other value',
    'with descendants',
    'dimension left out',
  ),
  authority: fc.nat(),
  value: fc.nat(),
  descendants: fc.boolean(),
});

type Pick = typeof pick extends fc.Arbitrary<infer Value> ? Value : never;

/** Changes that lie inside or just outside some authority much more often than chance has it. */
export const randomChanges: fc.Arbitrary<RandomChange> = fc
  .record({
    sample: randomWorlds,
    actor: fc.constantFrom(...PEOPLE, ...PEOPLE, SYSTEM),
    picks: fc.array(pick, { minLength: 1, maxLength: 2 }),
  })
  .map(({ sample, actor, picks }) => ({
    sample,
    actor,
    gains: picks.map((one) => gainFrom(sample, one)),
  }));

function gainFrom({ world }: RandomWorld, one: Pick): RoleGain {
  const { grantee, role, scope, likeness, authority: index } = one;
  const authority = world.authorities[index % Math.max(1, world.authorities.length)];
  if (!authority || likeness === 'free') return { grantee, role, scope };
  const touched = authority.scope[one.value % authority.scope.length]?.dimension;
  const further = scope.filter(({ dimension }) =>
    authority.scope.every((entry) => entry.dimension !== dimension),
  );
  const like = authority.scope.flatMap((entry) => {
    if (likeness === 'same' || entry.dimension !== touched) return [entry];
    return likeness === 'dimension left out' ? [] : [changed(entry, one)];
  });
  const { roles, exceptRoles } = authority;
  // Every role at once now and then, and with what the authority leaves out, or without.
  const given = roles[0] === '*' && one.descendants ? (exceptRoles[0] ?? role) : (roles[0] ?? role);
  const left = one.value % 2 === 0 ? exceptRoles : [];
  return { grantee, role: given, exceptRoles: left, scope: [...like, ...further] };
}

function changed(entry: ScopeValue, { likeness, value, descendants }: Pick): ScopeValue {
  if (likeness === 'with descendants') return { ...entry, descendants: !/^[*(]/.test(entry.value) };
  const dimension = DIMENSIONS.find((one) => one === entry.dimension) ?? 'Branch';
  const values = DIMENSION_VALUES[dimension];
  return { dimension, value: values[value % values.length] ?? '*', descendants };
}
