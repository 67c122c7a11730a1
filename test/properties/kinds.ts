/**
 * What a decision hung on. A decision is of a kind if the answer turns when the world is changed
 * in just that respect: a stronger claim than that the thing was somewhere in the world.
 */
import { BLANK_VALUE, type ScopeValue, type World } from '../../src/authz/world.ts';
import { type Question, referenceDecide } from '../model/reference.ts';

type Change = (world: World) => World;

const ALWAYS = { from: null, until: null };
const NOWHERE = 'a value that no document has';

const withScopes =
  (change: (scope: readonly ScopeValue[]) => readonly ScopeValue[]): Change =>
  (world) => ({
    ...world,
    grants: world.grants.map((grant) => ({ ...grant, scope: change(grant.scope) })),
  });

const withRules =
  (change: (rule: World['rules'][number]) => World['rules'][number]): Change =>
  (world) => ({ ...world, rules: world.rules.map(change) });

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

const CHANGES: Readonly<Record<string, Change>> = {
  validity: (world) => ({
    ...world,
    grants: world.grants.map((grant) => ({ ...grant, ...ALWAYS })),
    members: world.members.map((member) => ({ ...member, ...ALWAYS })),
    shares: world.shares.map((share) => ({ ...share, ...ALWAYS })),
  }),
  when: withRules((rule) => ({ ...rule, when: null })),
  'rule with when': (world) => ({ ...world, rules: world.rules.filter((rule) => !rule.when) }),
  'uncovered blank': withScopes((scope) => [
    ...scope,
    ...scope.map((one) => ({ ...one, value: BLANK_VALUE })),
  ]),
  '(blank)': loseValue(BLANK_VALUE),
  '*': loseValue('*'),
  'no descendants': withScopes((scope) => scope.map((one) => ({ ...one, descendants: true }))),
  descendants: withScopes((scope) => scope.map((one) => ({ ...one, descendants: false }))),
  share: (world) => ({ ...world, shares: [] }),
  group: (world) => ({ ...world, members: [] }),
  'built-in group': (world) => ({
    ...world,
    grants: world.grants.filter(({ grantee }) => !/^(Everyone|Guests)$/.test(grantee.name)),
  }),
  except: withRules((rule) => ({ ...rule, except: [] })),
  'no except': withRules((rule) => ({ ...rule, except: ['Company', 'Branch', 'Team'] })),
  everything: withRules((rule) => ({ ...rule, reach: rule.reach && 'within' })),
  within: withRules((rule) => ({ ...rule, reach: rule.reach && 'everything' })),
  draft: withRules((rule) => ({ ...rule, status: 'in force', reach: rule.reach ?? 'within' })),
  'second path of a dimension': withoutPaths(
    ({ dimension }, index, all) => all.indexOf(dimension) === index,
  ),
  'name path': withoutPaths(({ path }) => path !== 'name'),
};

/** Gives, for questions about one world, labels such as `denied by validity`. */
export function kindsIn(world: World): (question: Question, isAllowed: boolean) => string[] {
  const changed = Object.entries(CHANGES).map(([kind, change]) => ({ kind, world: change(world) }));
  return (question, isAllowed) => {
    const answer = isAllowed ? 'allowed' : 'denied';
    const kinds = changed
      .filter((other) => referenceDecide(other.world, question) !== isAllowed)
      .map(({ kind }) => `${answer} by ${kind}`);
    const { principal } = question;
    const free = { ...question, principal: { ...principal, ceilings: [] } };
    if (referenceDecide(world, free) !== isAllowed) kinds.push(`${answer} by ceiling`);
    if (isAllowed && principal.ceilings.length > 0) kinds.push('allowed under a ceiling');
    return [answer, `${answer} ${principal.kind}`, ...kinds];
  };
}
