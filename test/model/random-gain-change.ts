/**
 * Random changes of every kind that can give access, each by somebody who may give much, little or
 * nothing. Small more often than not, so that some are allowed.
 */
import fc from 'fast-check';
import type { GrantingAuthority, Rule, World } from '../../src/authz/world.ts';
import type { Turnover, WorldChange } from '../../src/authz/world-change.ts';
import { type RandomWorldChange, randomWorldChanges } from './random-change.ts';
import { DIMENSION_VALUES, DIMENSIONS, PATHS, PEOPLE } from './random-schema.ts';
import { scopes } from './random-scope.ts';
import { ROLES } from './random-world.ts';

export type RandomGainChange = RandomWorldChange & { readonly actor: string };

/** Holds nothing and is in no group, unless the world gives something to everybody. */
const STRANGER = 'zoe';

const rename = fc.constantFrom(...DIMENSIONS).chain((dimension) =>
  fc
    .record({
      dimension: fc.constant(dimension),
      value: fc.constantFrom(...DIMENSION_VALUES[dimension]),
      to: fc.constantFrom(...DIMENSION_VALUES[dimension], 'new'),
    })
    .map((renamed) => ({ ...renamed, merges: renamed.to !== 'new' })),
);

const authority: fc.Arbitrary<Pick<GrantingAuthority, 'roles' | 'exceptRoles' | 'scope'>> =
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({ roles: ['*'], exceptRoles: [], scope: [] }) },
    fc.record({
      roles: fc.constant(['*']),
      exceptRoles: fc.subarray([...ROLES], { minLength: 1, maxLength: 2 }),
      scope: fc.constant([]),
    }),
    fc.record({
      roles: fc.subarray([...ROLES], { minLength: 1 }),
      exceptRoles: fc.constant([]),
      scope: scopes,
    }),
  );

/** What is changed besides records that come and go, or instead of them. */
const OTHERS = ['rename', 'move', 'paths', 'secret', 'level', 'wider', 'enabled'] as const;

const others = fc.record({
  kind: fc.constantFrom('nothing', ...OTHERS, ...OTHERS, 'rename', 'move'),
  isAlone: fc.boolean(),
  rename,
  move: fc.constantFrom('Branch' as const, 'Team' as const).chain((dimension) =>
    fc.record({
      dimension: fc.constant(dimension),
      value: fc.constantFrom(...DIMENSION_VALUES[dimension]),
      parent: fc.constantFrom(null, ...DIMENSION_VALUES[dimension]),
    }),
  ),
  paths: fc.subarray([...PATHS], { maxLength: 2 }),
  level: fc.constantFrom(0, 1, 2),
  rule: fc.nat(),
  user: fc.constantFrom(...PEOPLE),
  wider: fc.constantFrom('actions', 'levels', 'except', 'when', 'reach', 'status'),
});

type Others = typeof others extends fc.Arbitrary<infer Value> ? Value : never;

export const randomGainChanges: fc.Arbitrary<RandomGainChange> = fc
  .record({
    base: randomWorldChanges,
    actor: fc.constantFrom(...PEOPLE, STRANGER, STRANGER),
    own: fc.array(authority, { maxLength: 1 }),
    most: fc.constantFrom(0, 1, 1, 2, 99),
    others,
  })
  .map(({ base, actor, own, most, others: other }) => {
    const { world } = base.sample;
    const given = own.map((one, index) => ({
      ...one,
      name: `own-${index}`,
      holder: { type: 'User' as const, name: actor },
    }));
    const withOwn = { ...world, authorities: [...world.authorities, ...given] };
    const records = other.isAlone ? {} : smaller(base.change, most);
    const { world: before, change } = withOther(withOwn, records, other);
    return { sample: { ...base.sample, world: before }, actor, change };
  });

function withOther(world: World, records: WorldChange, other: Others) {
  const [shape] = world.doctypes;
  const { kind, rename: renamed, move, paths, level } = other;
  if (kind === 'rename') return { world, change: { ...records, renames: [renamed] } };
  if (kind === 'move') return { world, change: { ...records, moves: [move] } };
  if (kind === 'wider') return { world, change: { ...records, rules: widened(world, other) } };
  if (kind === 'enabled') {
    const users = world.users.filter((user) => user !== other.user);
    const change = { ...records, users: { gone: [], added: [other.user] } };
    return { world: { ...world, users }, change };
  }
  if (!shape || kind === 'nothing') return { world, change: records };
  const { name: doctype } = shape;
  const field = 'amount';
  if (kind === 'paths') return { world, change: { ...records, paths: [{ doctype, paths }] } };
  if (kind === 'level') {
    return { world, change: { ...records, levels: [{ doctype, field, level }] } };
  }
  const levels = new Map([...shape.levels].filter(([one]) => one !== field));
  const sensitivity = 'personal' as const;
  return {
    world: { ...world, doctypes: world.doctypes.with(0, { ...shape, levels }) },
    change: { ...records, sensitivities: [{ doctype, field, sensitivity, level }] },
  };
}

/** A rule that is replaced by one which opens more in one respect. */
function widened({ rules }: World, { rule: index, wider }: Others): Turnover<Rule> {
  const rule = rules[index % Math.max(1, rules.length)];
  if (!rule) return { gone: [], added: [] };
  const more: Record<Others['wider'], Partial<Rule>> = {
    actions: { actions: [...rule.actions, 'write'] },
    levels: { levels: [...new Set([...rule.levels, 1])] },
    except: { except: [...DIMENSIONS] },
    when: { when: null },
    reach: { reach: 'everything' },
    status: { status: 'in force', reach: rule.reach ?? 'within' },
  };
  return { gone: [rule], added: [{ ...rule, ...more[wider] }] };
}

/** At most so many records of each kind come. */
function smaller(change: WorldChange, most: number): WorldChange {
  const less = <Item>(turnover: Turnover<Item> | undefined) =>
    turnover && { gone: turnover.gone.slice(0, 2), added: turnover.added.slice(0, most) };
  const { rules, grants, members, shares } = change;
  const kinds = {
    ...{ rules: less(rules), grants: less(grants), members: less(members), shares: less(shares) },
  };
  return Object.fromEntries(Object.entries(kinds).filter(([, kind]) => kind !== undefined));
}
