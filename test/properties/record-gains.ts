/**
 * What records give that take the place of others, said once more with loops: just what is more
 * than before. `findUnsaid` looks for what is not said; this, for what is said too often as well.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type * as authz from '../../src/authz/index.ts';
import type { Grant, Grantee, Member, Share, Validity } from '../../src/authz/world.ts';
import { scopes, validities } from '../model/random-scope.ts';
import { type RandomWorld, ROLES, randomWorlds } from '../model/random-world.ts';
import { brings, covers, names, type Scope, type World } from '../model/reference.ts';
import { linesOf } from '../model/reference-authority.ts';
import type { Kernel } from './agreement.ts';
import { remembering } from './remembering.ts';

type Kind = 'grants' | 'members' | 'shares' | 'authorities';

/** A world, and some of its records that come in another form. */
export type RandomReplacement = {
  readonly sample: RandomWorld;
  readonly kind: Kind;
  readonly change: authz.WorldChange;
};

/** How the new form differs: in nothing, in one thing, or in several. */
const difference = fc.record({
  index: fc.nat(),
  validity: fc.option(validities, { freq: 2 }),
  scope: fc.option(scopes, { freq: 4 }),
  isWidened: fc.boolean(),
  actions: fc.option(fc.subarray(['read', 'write', 'select', 'print'] as const), { freq: 2 }),
  role: fc.option(fc.constantFrom(...ROLES), { freq: 5 }),
  to: fc.option(fc.constantFrom('ada', 'ben'), { freq: 5 }),
});

type Difference = typeof difference extends fc.Arbitrary<infer Value> ? Value : never;

export const randomReplacements: fc.Arbitrary<RandomReplacement> = fc
  .record({
    sample: randomWorlds,
    kind: fc.constantFrom<Kind>('grants', 'members', 'shares', 'authorities'),
    differences: fc.array(difference, { minLength: 1, maxLength: 2 }),
    isNew: fc.integer({ min: 1, max: 5 }).map((number) => number === 3),
  })
  .map(({ sample, kind, differences, isNew }) => {
    const items = sample.world[kind];
    const picked = differences.flatMap((one) => {
      const item = items[one.index % Math.max(1, items.length)];
      return item ? [{ item, next: changed(item, one) }] : [];
    });
    const gone = isNew ? [] : picked.map(({ item }) => item);
    const added = picked.map(({ next }) => next);
    return { sample, kind, change: { [kind]: { gone, added } } };
  });

function changed<Item extends object>(item: Item, one: Difference): Item {
  const next: Record<string, unknown> = Object.fromEntries(Object.entries(item));
  if ('from' in item) Object.assign(next, one.validity);
  if ('actions' in item && one.actions) next['actions'] = one.actions;
  if ('scope' in item && one.scope) {
    next['scope'] = one.isWidened ? [...(item.scope as Scope), ...one.scope] : one.scope;
  }
  if ('role' in item && one.role) next['role'] = one.role;
  if ('roles' in item && one.role) next['roles'] = [...(item.roles as string[]), one.role];
  if (one.to && 'user' in item) next['user'] = one.to;
  if (one.to && 'grantee' in item) next['grantee'] = { type: 'User', name: one.to };
  return next as Item;
}

const expectedOf = remembering((input: RandomReplacement): readonly string[] => {
  const { sample, kind, change } = input;
  const gains = GAINS[kind](sample.world, change, sample.now);
  return gains.map((gain) => JSON.stringify(gain)).sort();
});

type Gains = (world: World, change: authz.WorldChange, now: number) => object[];

const GAINS: Readonly<Record<Kind, Gains>> = {
  grants: (world, { grants: { gone, added } = NOTHING }) =>
    added
      .filter((grant) => !gone.some((old) => isGrantWithin(world, grant, old)))
      .map(({ grantee, role, scope }) => ({ grantee, role, scope })),
  members: (world, { members: { gone, added } = NOTHING }, now) =>
    added
      .filter(
        (member) =>
          !gone.some(
            ({ group, user, ...time }) =>
              group === member.group && user === member.user && isWithin(member, time),
          ),
      )
      .flatMap(({ group, user }) => {
        const grantee = { type: 'User', name: user };
        const lasting = world.grants.filter(({ until }) => until === null || until > now);
        const isOf = (holder: Grantee) => holder.type === 'Group' && holder.name === group;
        return [
          ...lasting
            .filter((grant) => isOf(grant.grantee))
            .map(({ role, scope }) => ({ grantee, role, scope })),
          ...world.authorities
            .filter(({ holder }) => isOf(holder))
            .flatMap(({ roles, exceptRoles, scope }) =>
              roles.map((role) => ({ grantee, role, exceptRoles, scope })),
            ),
        ];
      }),
  shares: (_, { shares: { gone, added } = NOTHING }) =>
    added
      .filter((share) => !gone.some((old) => isShareWithin(share, old)))
      .map((share) => ({ grantee: { type: 'User', name: share.user }, share, levels: [0] })),
  authorities: (world, { authorities: { gone, added } = NOTHING }) =>
    added.flatMap(({ holder, roles, exceptRoles, scope }) =>
      roles
        .filter(
          (role) =>
            !gone.some(
              (old) =>
                isSame(old.holder, holder) &&
                hasRole(old, role, exceptRoles) &&
                isScopeWithin(world, scope, old.scope),
            ),
        )
        .map((role) => ({ grantee: holder, role, exceptRoles, scope })),
    ),
};

const NOTHING = { gone: [], added: [] };

function isGrantWithin(world: World, grant: Grant, old: Grant): boolean {
  return (
    isSame(grant.grantee, old.grantee) &&
    grant.role === old.role &&
    isWithin(grant, old) &&
    isScopeWithin(world, grant.scope, old.scope)
  );
}

function isShareWithin(share: Share, old: Share): boolean {
  const isAlike =
    share.user === old.user && share.doctype === old.doctype && share.document === old.document;
  const all = [...share.actions, ...IMPLIED.filter((one) => brings(share.actions, one))];
  return isAlike && isWithin(share, old) && all.every((action) => brings(old.actions, action));
}

const IMPLIED = ['read', 'select'] as const;

function hasRole(
  { roles, exceptRoles }: authz.GrantingAuthority,
  role: string,
  left: readonly string[],
): boolean {
  if (role !== '*' && roles.includes(role)) return true;
  if (!roles.includes('*')) return false;
  return role === '*'
    ? exceptRoles.every((one) => left.includes(one))
    : !exceptRoles.includes(role);
}

function isSame(one: Grantee, other: Grantee): boolean {
  return one.type === other.type && one.name === other.name;
}

/** Each moment of the one is a moment of the other. */
function isWithin(inner: Pick<Member, 'from' | 'until'>, outer: Validity): boolean {
  const [from, until] = [inner.from ?? -Infinity, inner.until ?? Infinity];
  return from >= (outer.from ?? -Infinity) && until <= (outer.until ?? Infinity);
}

function isScopeWithin(world: World, inner: Scope, outer: Scope): boolean {
  return outer.every(({ dimension }) => {
    const lines = linesOf(world, dimension, [...inner, ...outer]);
    const isNamed = names(inner, dimension);
    const reached = lines.filter((line) => !isNamed || covers(inner, dimension, line));
    return reached.every((line) => covers(outer, dimension, line));
  });
}

/** The first change whose gains are not just what it gives, in words; null if there is none. */
export function findInexact(
  kernel: Kernel,
  input: RandomReplacement,
  seen: (kind: Kind, gains: number) => void = () => {},
): string | null {
  const { sample, kind, change } = input;
  const expected = expectedOf(input);
  const gains = kernel.gainsOf(kernel.compileWorld(sample.world), change, sample.now);
  const found = gains.map((gain) => JSON.stringify(gain)).sort();
  if (!isDeepStrictEqual(found, expected)) {
    return `${found.join()}\nnot\n${expected.join()}\nby ${JSON.stringify(change)}`;
  }
  seen(kind, expected.length);
  return null;
}
