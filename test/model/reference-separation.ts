/** Who could do two things that one person should not, by trying conceivable documents. */
import { withImplied } from '../../src/authz/actions.ts';
import type { Duty, Separation, World } from '../../src/authz/world.ts';
import { DIMENSION_VALUES, type Dimension } from './random-schema.ts';
import { inTime, referenceDecide } from './reference.ts';
import type { Row, Values } from './reference-filter.ts';

export const NO_VALUE = '(blank)';
export const STRANGER = 'a value that nobody named';

/** By person: the values for which they could do both at some moment from `now` on. */
export function referenceConflicts(
  world: World,
  rule: Separation,
  now: number,
): Map<string, Set<string>> {
  const named = [...world.grants, ...world.members, ...world.shares];
  const moments = [
    now,
    ...named.flatMap(({ from }) => (from !== null && from > now ? [from] : [])),
  ];
  const people = new Set([
    ...world.users,
    ...world.grants.flatMap(({ grantee }) => (grantee.type === 'User' ? [grantee.name] : [])),
    ...[...world.members, ...world.shares].map(({ user }) => user),
  ]);
  const found = new Map<string, Set<string>>();
  for (const user of people) {
    if (user === 'Guest' || user.startsWith('system:')) continue;
    for (const value of valuesOf(rule.dimension)) {
      const could = (moment: number): boolean =>
        couldDo(world, user, rule.first, rule.dimension, value, moment) &&
        couldDo(world, user, rule.second, rule.dimension, value, moment);
      if (!moments.some(could)) continue;
      found.set(user, (found.get(user) ?? new Set()).add(value));
    }
  }
  return found;
}

/** All that tell two scopes apart; of a rule without a dimension, one that stands for all. */
export function valuesOf(dimension: string | null): readonly string[] {
  if (dimension === null) return [NO_VALUE];
  return [NO_VALUE, STRANGER, ...DIMENSION_VALUES[dimension as Dimension]];
}

/** Is there a document with the value that one of their grants or shares lets them do it to? */
function couldDo(
  world: World,
  user: string,
  { doctype, action }: Duty,
  dimension: string | null,
  value: string,
  now: number,
): boolean {
  const isShared = world.shares.some(
    (share) =>
      share.user === user &&
      share.doctype === doctype &&
      inTime(share, now) &&
      withImplied(share.actions).has(action),
  );
  if (isShared) return true;
  const principal = { id: user, kind: 'user' as const, actor: null, ceilings: [] };
  const rules = world.rules.map((rule) => ({ ...rule, when: null }));
  const paths = world.doctypes.find(({ name }) => name === doctype)?.paths ?? [];
  return world.grants.some((grant) => {
    const document: Record<string, Values[string]> = {};
    for (const path of paths) {
      const entry = grant.scope.find((one) => one.dimension === path.dimension);
      const own = path.dimension === dimension ? value : (entry?.value ?? STRANGER);
      const held = own === NO_VALUE ? null : own === '*' ? STRANGER : own;
      // Of rows, one is enough: more of them would only ask for more.
      const [field = '', column] = path.path.split('.');
      if (column === undefined) document[field] = held;
      else document[field] = [{ ...(document[field] as Row[] | undefined)?.[0], [column]: held }];
    }
    const only = { ...world, grants: [grant], shares: [], rules };
    return referenceDecide(only, { principal, action, doctype, document, now });
  });
}
