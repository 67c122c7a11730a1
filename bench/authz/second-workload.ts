/** The second world and its stream of requests, from a seed. */
import {
  type Action,
  type Filter,
  type Grant,
  kindOf,
  NO_CEILINGS,
  type Principal,
  type Rule,
  type ScopeValue,
  type Share,
  type World,
} from '../../src/authz/index.ts';
import { Dice, names } from './dice.ts';

export const ACTIONS = ['read', 'write', 'submit', 'print', 'delete'] as const;
/** Milliseconds since 1970 UTC; grants end before and after it. */
export const NOW = 1_000_000;

export type SecondDocument = {
  readonly name: string;
  readonly doctype: string;
  readonly owner: string;
  readonly company: string | null;
  readonly customer: string | null;
  readonly branch: string | null;
  /** The branch and all above it, for engines without trees. */
  readonly branches: readonly string[];
  readonly docstatus: number;
  readonly amount: number;
};

export type Case = {
  readonly principal: Principal;
  readonly action: Action;
  readonly document: SecondDocument;
  /** A field of this level is asked about; null for the document as such. */
  readonly level: number | null;
};

const COMPANIES = names('C', 40);
const CUSTOMERS = names('customer', 100_000);
const ROLES = names('role', 30);
const DOCTYPES = names('DT', 30);
const USERS = names('user', 2000);
const BRANCHES = makeTree();
const RULES = 600;
const DOCUMENTS = 100_000;
const SHARES = 4000;
const REQUESTS = 100_000;

const CONDITIONS: readonly Filter[] = [
  { kind: 'is-me', field: 'owner' },
  { kind: 'one-of', field: 'docstatus', values: [1] },
  { kind: 'compare', field: 'amount', op: '<', value: 5000 },
];

/** The world of a seed, who acts in it, and what they ask. */
export function makeSecondWorld(seed: number) {
  const dice = new Dice(seed);
  const doctypes = DOCTYPES.map((name) => ({
    name,
    paths: [
      ...(dice.chance(0.8) ? [{ dimension: 'Company', path: 'company' }] : []),
      ...(dice.chance(0.5) ? [{ dimension: 'Customer', path: 'customer' }] : []),
      ...(dice.chance(0.5) ? [{ dimension: 'Branch', path: 'branch' }] : []),
    ],
    levels: new Map([['name', 0]]),
    personal: new Set<string>(),
  }));
  const documents = names('doc', DOCUMENTS).map((name) => makeDocument(dice, name));
  const world: World = {
    ...{ epoch: 1, users: USERS, doctypes },
    trees: [{ dimension: 'Branch', parents: BRANCHES }],
    roles: ROLES.map((name) => ({ name })),
    rules: names('rule', RULES).map((name) => makeRule(dice, name)),
    grants: USERS.flatMap((name) => makeGrants(dice, name)),
    members: [],
    shares: names('share', SHARES).map((name) => makeShare(dice, name, documents)),
    authorities: [],
  };
  const principals = USERS.map((id) => makePrincipal(dice, id));
  const cases = Array.from({ length: REQUESTS }, () =>
    makeCase(dice, world, principals, documents),
  );
  return { world, principals, cases };
}

function makeTree(): ReadonlyMap<string, string | null> {
  const parents = new Map<string, string | null>([['all branches', null]]);
  for (const region of names('region', 10)) {
    parents.set(region, 'all branches');
    for (const branch of names(`${region}-branch`, 30)) parents.set(branch, region);
  }
  return parents;
}

function makeDocument(dice: Dice, name: string): SecondDocument {
  const branch = dice.chance(0.9) ? dice.of([...BRANCHES.keys()]) : null;
  const branches: string[] = [];
  for (let at = branch; at !== null; at = BRANCHES.get(at) ?? null) branches.push(at);
  return {
    name,
    doctype: dice.of(DOCTYPES),
    owner: dice.of(USERS),
    company: dice.chance(0.95) ? dice.of(COMPANIES) : null,
    customer: dice.chance(0.95) ? dice.of(CUSTOMERS) : null,
    branch,
    branches,
    docstatus: dice.below(3),
    amount: dice.below(10_000),
  };
}

function makeRule(dice: Dice, name: string): Rule {
  return {
    ...{ name, role: dice.of(ROLES), doctype: dice.of(DOCTYPES) },
    actions: dice.some(ACTIONS, 3),
    levels: dice.chance(0.3) ? [0, 1] : [0],
    reach: 'within',
    except: dice.chance(0.15) ? ['Customer'] : [],
    when: dice.chance(0.3) ? dice.of(CONDITIONS) : null,
    status: 'in force',
  };
}

function makeGrants(dice: Dice, user: string): Grant[] {
  return dice.some(ROLES, 4).map((role, index) => ({
    ...{ name: `${user} ${index}`, grantee: { type: 'User', name: user }, role },
    scope: [
      ...valuesOf(dice, 'Company', COMPANIES, 8, 0.3),
      ...valuesOf(dice, 'Customer', CUSTOMERS, 20, 0.6),
      ...valuesOf(dice, 'Branch', [...BRANCHES.keys()], 4, 0.3),
    ],
    from: dice.chance(0.1) ? NOW + 1 : null,
    until: dice.chance(0.15) ? NOW : dice.chance(0.2) ? NOW + 1000 : null,
    request: null,
  }));
}

/** Every value, some of them, or, now and then, nothing of the dimension. */
function valuesOf(
  dice: Dice,
  dimension: string,
  values: readonly string[],
  most: number,
  any: number,
): ScopeValue[] {
  if (dice.chance(0.1)) return [];
  if (dice.chance(any)) return [{ dimension, value: '*', descendants: false }];
  return dice.some(values, most).map((value) => ({ dimension, value, descendants: true }));
}

function makeShare(dice: Dice, name: string, documents: readonly SecondDocument[]): Share {
  const { doctype, name: document } = dice.of(documents);
  return {
    ...{ name, doctype, document, user: dice.of(USERS), actions: dice.some(ACTIONS, 2) },
    from: null,
    until: dice.chance(0.3) ? NOW : null,
  };
}

function makePrincipal(dice: Dice, id: string): Principal {
  if (dice.chance(0.6)) return { id, kind: kindOf(id), actor: null, ceilings: NO_CEILINGS };
  const scope = dice
    .some(COMPANIES, 30)
    .map((value) => ({ dimension: 'Company', value, descendants: false }));
  const ceiling = { name: 'token', actions: dice.some(ACTIONS, 5), scope };
  return { id, kind: kindOf(id), actor: 'token', ceilings: [ceiling] };
}

/** Half of them at random; the others on what the person holds or was shared. */
function makeCase(
  dice: Dice,
  { shares }: World,
  principals: readonly Principal[],
  documents: readonly SecondDocument[],
): Case {
  const level = dice.chance(0.2) ? dice.below(2) : null;
  if (dice.chance(0.05)) {
    const share = dice.of(shares);
    const principal = principals[USERS.indexOf(share.user)] as Principal;
    const document = documents[Number(share.document.slice('doc'.length))] as SecondDocument;
    return { principal, action: dice.of(share.actions), document, level };
  }
  const document = dice.of(documents);
  return { principal: dice.of(principals), action: dice.of(ACTIONS), document, level };
}
