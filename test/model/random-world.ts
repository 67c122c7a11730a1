/**
 * Random worlds: small, crowded, and made so that allowed and denied are both frequent. All
 * names come from short lists, so that grants, rules and documents meet each other often.
 */
import fc from 'fast-check';
import { ACTIONS } from '../../src/authz/actions.ts';
import type { Principal } from '../../src/authz/principal.ts';
import type {
  Grant,
  Grantee,
  GrantingAuthority,
  Member,
  Rule,
  Share,
  World,
} from '../../src/authz/world.ts';
import { filters } from './random-filter.ts';
import {
  DIMENSIONS,
  DOCTYPES,
  documentsOf,
  FEW_BRANCHES,
  PEOPLE,
  type RandomDocument,
  SYSTEM,
  shapes,
  trees,
} from './random-schema.ts';
import { ceilings, GROUPS, grantees, NOW, scopes, validities } from './random-scope.ts';

/** A world, the documents in it, who asks, and when (milliseconds since 1970 UTC). */
export type RandomWorld = {
  readonly world: World;
  readonly documents: readonly RandomDocument[];
  readonly principals: readonly Principal[];
  readonly now: number;
};

export const ROLES = ['Clerk', 'Chief', 'Reader'] as const;

const role = fc.constantFrom(...ROLES);
/** Often of the few that everybody asks for, so that rules and questions meet. */
const actions = fc.oneof(
  fc.subarray([...ACTIONS], { minLength: 1, maxLength: 4 }),
  fc.subarray(['read', 'write', 'create', 'transition'] as const, { minLength: 1 }),
);

const rule: fc.Arbitrary<Omit<Rule, 'name'>> = fc.record({
  role,
  doctype: fc.constantFrom(...DOCTYPES),
  actions,
  levels: fc.subarray([0, 0, 1, 2]).map((levels) => [...new Set(levels)]),
  reach: fc.constantFrom(...Array.from({ length: 7 }, () => 'within' as const), 'everything', null),
  except: fc.oneof(fc.constant([]), fc.subarray([...DIMENSIONS])),
  when: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, filters),
  status: fc.constantFrom(...Array.from({ length: 7 }, () => 'in force' as const), 'draft'),
});

const grant: fc.Arbitrary<Omit<Grant, 'name'>> = fc
  .record({ grantee: grantees, role, scope: scopes, validity: validities })
  .map(({ validity, ...rest }) => ({ ...rest, ...validity, request: null }));

/** Grants that differ in one branch only, each with a rule that asks for no more than that. */
const twins = (doctypes: World['doctypes']) =>
  fc
    .record({
      one: grant,
      holder: fc.constantFrom<Grantee>(
        { type: 'User', name: 'ada' },
        { type: 'Group', name: 'Everyone' },
      ),
      values: fc.shuffledSubarray([...FEW_BRANCHES], { minLength: 2 }),
      doctype: fc.constantFrom(...namesWithRowPaths(doctypes)),
    })
    .map(({ one, holder, values, doctype }) => ({
      grants: values.map((value) => ({
        ...one,
        ...{ grantee: holder, role: 'Clerk', from: null, until: null },
        scope: [{ dimension: 'Branch', value, descendants: false }],
      })),
      rule: {
        ...{
          role: 'Clerk',
          doctype,
          actions: ['read', 'write', 'create'] as const,
          levels: [0, 1],
        },
        ...{ reach: 'within', except: ['Company', 'Team'], when: null, status: 'in force' },
      } satisfies Omit<Rule, 'name'>,
    }));

const member: fc.Arbitrary<Member> = fc
  .record({
    group: fc.constantFrom(...GROUPS),
    user: fc.constantFrom(...PEOPLE, SYSTEM),
    validity: validities,
  })
  .map(({ validity, ...rest }) => ({ ...rest, ...validity }));

const share = (documents: readonly RandomDocument[]): fc.Arbitrary<Omit<Share, 'name'>> =>
  fc
    .record({
      document: fc.constantFrom(
        ...documents.map(({ doctype, values }) => ({ doctype, document: String(values['name']) })),
        { doctype: 'Order', document: 'gone' },
      ),
      user: fc.constantFrom(...PEOPLE, 'Guest'),
      actions,
      validity: validities,
    })
    .map(({ document, validity, ...rest }) => ({ ...rest, ...document, ...validity }));

const authority: fc.Arbitrary<Omit<GrantingAuthority, 'name'>> = fc.record({
  holder: grantees,
  roles: fc.oneof(
    { weight: 5, arbitrary: fc.subarray([...ROLES], { minLength: 1 }) },
    { weight: 1, arbitrary: fc.constant(['*']) },
  ),
  exceptRoles: fc.subarray([...ROLES], { maxLength: 1 }),
  scope: scopes,
});

const principals: fc.Arbitrary<Principal[]> = fc
  .array(fc.array(ceilings, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 2 })
  .map(([first = [], second = []]) => [
    ...PEOPLE.map((id) => ({ id, kind: 'user' as const, actor: null, ceilings: [] })),
    { id: 'ada', kind: 'user', actor: 'token-1', ceilings: first },
    { id: 'ben', kind: 'user', actor: 'token-2', ceilings: second },
    { id: SYSTEM, kind: 'system', actor: null, ceilings: [] },
    { id: 'Guest', kind: 'guest', actor: null, ceilings: [] },
  ]);

/** Of all doctypes where there are none. */
function namesWithRowPaths(doctypes: World['doctypes']): string[] {
  const found = doctypes.filter(({ paths }) => paths.some(({ path }) => path.includes('.')));
  return (found.length > 0 ? found : doctypes).map(({ name }) => name);
}

/** Those of doctypes that there are. */
const rulesFor = (
  doctypes: World['doctypes'],
  rules: readonly (Omit<Rule, 'name'> | undefined)[],
) => rules.filter((one) => one !== undefined && doctypes.some(({ name }) => name === one.doctype));

const withNames = <Item>(letter: string, items: readonly Item[]) =>
  items.map((item, index) => ({ name: `${letter}-${index + 1}`, ...item }));

/** Whole worlds; one in some ten is empty of everything but doctypes and documents. */
export const randomWorlds: fc.Arbitrary<RandomWorld> = shapes
  .chain((doctypes) =>
    fc.tuple(
      fc.constant(doctypes),
      fc.tuple(...doctypes.map(documentsOf)).map((all) => all.flat()),
    ),
  )
  .chain(([doctypes, documents]) => {
    const known = (one: { doctype: string }) => doctypes.some(({ name }) => name === one.doctype);
    return fc.record({
      doctypes: fc.constant(doctypes),
      documents: fc.constant(documents),
      trees,
      // Now and then one of them is disabled, and is nobody who could.
      users: fc.subarray([...PEOPLE, SYSTEM], { minLength: 4 }),
      isEmpty: fc.integer({ min: 1, max: 20 }).map((n) => n === 7 || n === 13),
      rules: fc.array(rule, { minLength: 8, maxLength: 20 }),
      twins: fc.option(twins(doctypes), { freq: 3, nil: null }),
      grants: fc.array(grant, { minLength: 8, maxLength: 20 }),
      members: fc.array(member, { maxLength: 8 }),
      shares: fc.array(share(documents), { maxLength: 6 }).map((all) => all.filter(known)),
      authorities: fc.array(authority, { maxLength: 4 }),
      principals,
    });
  })
  .map(({ doctypes, documents, principals, trees, isEmpty, twins: alike, ...parts }) => ({
    world: {
      epoch: 1,
      users: isEmpty ? [] : parts.users,
      doctypes,
      trees: isEmpty ? [] : trees,
      roles: isEmpty ? [] : ROLES.map((name) => ({ name })),
      rules: isEmpty ? [] : withNames('rule', rulesFor(doctypes, [...parts.rules, alike?.rule])),
      grants: isEmpty ? [] : withNames('grant', [...parts.grants, ...(alike?.grants ?? [])]),
      members: isEmpty ? [] : parts.members,
      shares: isEmpty ? [] : withNames('share', parts.shares),
      authorities: isEmpty ? [] : withNames('authority', parts.authorities),
    },
    documents,
    principals,
    now: NOW,
  }));
