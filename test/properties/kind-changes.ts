/**
 * Changes of a world that tell what a decision in it hung on. Narrowing ones are tried on what is
 * allowed, widening ones on what is denied: if the answer turns, it was of that kind.
 */

import { ACTIONS } from '../../src/authz/actions.ts';
import type { Filter } from '../../src/authz/filter.ts';
import { BLANK_VALUE, type ScopeValue, type World } from '../../src/authz/world.ts';

export type Change = (world: World) => World;

const NOWHERE = 'a value that no document has';
/** Nodes this far below their root are deep. */
const DEPTH = 3;

const withScopes =
  (change: (scope: readonly ScopeValue[]) => readonly ScopeValue[]): Change =>
  (world) => ({
    ...world,
    grants: world.grants.map((grant) => ({ ...grant, scope: change(grant.scope) })),
  });

const withRules =
  (change: (rule: World['rules'][number]) => World['rules'][number]): Change =>
  (world) => ({ ...world, rules: world.rules.map(change) });

/** What is given for a time: grants, memberships and shares. */
const withTimes =
  (
    change: <
      Item extends World['members'][number] | World['grants'][number] | World['shares'][number],
    >(
      items: readonly Item[],
    ) => readonly Item[],
  ): Change =>
  (world) => ({
    ...world,
    grants: change(world.grants),
    members: change(world.members),
    shares: change(world.shares),
  });

const withoutPaths =
  (keep: (path: { dimension: string; path: string }, index: number, all: string[]) => boolean) =>
  (world: World): World => ({
    ...world,
    doctypes: world.doctypes.map((shape) => {
      const all = shape.paths.map(({ dimension }) => dimension);
      return { ...shape, paths: shape.paths.filter((path, index) => keep(path, index, all)) };
    }),
  });

/** A value is replaced and not removed: without any, the grant would not name the dimension. */
const loseValue = (value: string) =>
  withScopes((scope) =>
    scope.map((one) => (one.value === value ? { ...one, value: NOWHERE } : one)),
  );

/** Whatever is deep becomes a root. */
const withFlatTrees: Change = (world) => ({
  ...world,
  trees: world.trees.map((tree) => {
    const depthOf = (value: string): number => {
      const parent = tree.parents.get(value) ?? null;
      return parent === null ? 0 : 1 + depthOf(parent);
    };
    const flat = [...tree.parents].map(([value, parent]): [string, string | null] => [
      value,
      depthOf(value) < DEPTH ? parent : null,
    ]);
    return { ...tree, parents: new Map(flat) };
  }),
});

const withDescendants = (descendants: boolean): Change =>
  withScopes((scope) => scope.map((one) => ({ ...one, descendants })));

/** Conditions in which `$me` always speaks of whoever asks, or never. */
const withMe = (kind: 'always' | 'never'): Change => {
  const changed = (filter: Filter): Filter => {
    if (filter.kind === 'is-me') return { kind };
    if (filter.kind === 'every' || filter.kind === 'some') {
      return { ...filter, of: filter.of.map(changed) };
    }
    return filter.kind === 'not' || filter.kind === 'rows'
      ? { ...filter, of: changed(filter.of) }
      : filter;
  };
  return withRules((rule) => ({ ...rule, when: rule.when && changed(rule.when) }));
};

const holdingOf = ({ grantee, role }: World['grants'][number]) =>
  `${grantee.type} ${grantee.name} ${role}`;

export const NARROWING: Readonly<Record<string, Change>> = {
  'rule with when': (world) => ({ ...world, rules: world.rules.filter((rule) => !rule.when) }),
  $me: withMe('never'),
  '(blank)': loseValue(BLANK_VALUE),
  '*': loseValue('*'),
  descendants: withDescendants(false),
  'a deep tree': withFlatTrees,
  'what ends or began': withTimes((items) =>
    items.filter(({ from, until }) => from === null && until === null),
  ),
  share: (world) => ({ ...world, shares: [] }),
  group: (world) => ({ ...world, members: [] }),
  'built-in group': (world) => ({
    ...world,
    grants: world.grants.filter(({ grantee }) => !/^(Everyone|Guests)$/.test(grantee.name)),
  }),
  except: withRules((rule) => ({ ...rule, except: [] })),
  everything: withRules((rule) => ({ ...rule, reach: rule.reach && 'within' })),
  'another grant of the role': (world) => {
    const first = new Map(world.grants.toReversed().map((grant) => [holdingOf(grant), grant]));
    return { ...world, grants: world.grants.filter((one) => first.get(holdingOf(one)) === one) };
  },
};

export const WIDENING: Readonly<Record<string, Change>> = {
  validity: withTimes((items) => items.map((item) => ({ ...item, from: null, until: null }))),
  'what has ended': withTimes((items) => items.map((item) => ({ ...item, until: null }))),
  'what has not begun': withTimes((items) => items.map((item) => ({ ...item, from: null }))),
  when: withRules((rule) => ({ ...rule, when: null })),
  $me: withMe('always'),
  'uncovered blank': withScopes((scope) => [
    ...scope,
    ...scope.map((one) => ({ ...one, value: BLANK_VALUE })),
  ]),
  'no descendants': withDescendants(true),
  'share of other actions': (world) => ({
    ...world,
    shares: world.shares.map((share) => ({ ...share, actions: ACTIONS })),
  }),
  'another group': (world) => ({
    ...world,
    members: [
      ...world.members,
      ...[...new Set(world.grants.map(({ grantee }) => grantee))].flatMap(({ type, name }) =>
        type === 'Group'
          ? world.users.map((user) => ({ group: name, user, from: null, until: null }))
          : [],
      ),
    ],
  }),
  'no except': withRules((rule) => ({ ...rule, except: ['Company', 'Branch', 'Team'] })),
  within: withRules((rule) => ({ ...rule, reach: rule.reach && 'everything' })),
  draft: withRules((rule) => ({ ...rule, status: 'in force', reach: rule.reach ?? 'within' })),
  // Each grant covers its own part only, and what one names another cannot lend it.
  'grants that are not added up': (world) => ({
    ...world,
    grants: world.grants.map((grant) => {
      const alike = world.grants.filter((other) => holdingOf(other) === holdingOf(grant));
      return { ...grant, scope: alike.flatMap(({ scope }) => scope) };
    }),
  }),
  'second path of a dimension': withoutPaths(
    ({ dimension }, index, all) => all.indexOf(dimension) === index,
  ),
  'name path': withoutPaths(({ path }) => path !== 'name'),
  'path through rows': withoutPaths(({ path }) => !isOfRows(path)),
};

/** Where the answer turns by `no descendants`, and not by this, it hung on a deep tree. */
export const SHALLOW_DESCENDANTS: Change = (world) => withFlatTrees(withDescendants(true)(world));

/** What a document's rows carry is not asked for. */
export const WITHOUT_ROW_PATHS: Change = withoutPaths(({ path }) => !isOfRows(path));

export function isOfRows(path: string): boolean {
  return path.includes('.');
}
