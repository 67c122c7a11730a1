/**
 * A small company for examples: invoices by company and cost centre, payslips by company and
 * employee, stock moves between two warehouses, notes with no dimension, and the companies.
 */
import {
  type Ceiling,
  compileWorld,
  type Decision,
  type DocumentFacts,
  decide,
  type Grant,
  type Grantee,
  type Principal,
  type Rule,
  type ScopeValue,
  type Share,
  type World,
} from '../../src/authz/index.ts';

/** When examples happen, unless they say otherwise. */
export const TODAY = Date.UTC(2026, 10, 22, 12);

const ALWAYS = { from: null, until: null };

const NO_WORLD: World = {
  epoch: 1,
  users: ['ada', 'ben', 'cleo', 'dan', 'system:ledger'],
  doctypes: [
    {
      name: 'Invoice',
      paths: [
        { dimension: 'Company', path: 'company' },
        { dimension: 'Cost Center', path: 'cost_center' },
      ],
      levels: new Map([['company', 0]]),
      personal: new Set(),
    },
    {
      name: 'Payslip',
      paths: [
        { dimension: 'Company', path: 'company' },
        { dimension: 'Employee', path: 'employee' },
      ],
      levels: new Map([['net_pay', 1]]),
      personal: new Set(['net_pay']),
    },
    {
      name: 'Stock Move',
      paths: [
        { dimension: 'Warehouse', path: 'from_warehouse' },
        { dimension: 'Warehouse', path: 'to_warehouse' },
      ],
      levels: new Map(),
      personal: new Set(),
    },
    {
      name: 'Company',
      paths: [{ dimension: 'Company', path: 'name' }],
      levels: new Map(),
      personal: new Set(),
    },
    { name: 'Note', paths: [], levels: new Map(), personal: new Set() },
  ],
  trees: [
    {
      dimension: 'Cost Center',
      parents: new Map([
        ['All', null],
        ['Leeds', 'All'],
        ['Leeds Retail', 'Leeds'],
        ['Shop Floor', 'Leeds Retail'],
        ['London', 'All'],
      ]),
    },
  ],
  roles: ['Accounts', 'Employee', 'Approver', 'HR'].map((name) => ({ name })),
  rules: [],
  grants: [],
  members: [],
  shares: [],
  authorities: [],
};

/** The company with these rules, grants and so on, and nothing else in force. */
export function worldWith(parts: Partial<World>): World {
  return { ...NO_WORLD, ...parts };
}

/** A rule in force: `read` at level 0 within the scope, unless it says otherwise. */
export function rule(role: string, doctype: string, parts: Partial<Rule> = {}): Rule {
  return {
    name: `${role} on ${doctype}`,
    role,
    doctype,
    actions: ['read'],
    levels: [0],
    reach: 'within',
    except: [],
    when: null,
    status: 'in force',
    ...parts,
  };
}

/** A scope in short: `{ Company: ['UK'], 'Cost Center': ['Leeds/'] }`; `/` is with descendants. */
export function scope(values: Readonly<Record<string, readonly string[]>>): ScopeValue[] {
  return Object.entries(values).flatMap(([dimension, names]) =>
    names.map((name) => ({
      dimension,
      value: name.replace(/\/$/, ''),
      descendants: name.endsWith('/'),
    })),
  );
}

/** A grant without end to a user by name, or to a group written `#group`. */
export function grant(
  to: string,
  role: string,
  values: Readonly<Record<string, readonly string[]>> = {},
  parts: Partial<Grant> = {},
): Grant {
  const name = `${to} as ${role}`;
  return {
    name,
    grantee: grantee(to),
    role,
    scope: scope(values),
    ...ALWAYS,
    request: null,
    ...parts,
  };
}

/** `#sales` is the group, `sales` the user. */
export function grantee(to: string): Grantee {
  return to.startsWith('#') ? { type: 'Group', name: to.slice(1) } : { type: 'User', name: to };
}

/** A share without end of one document, to read. */
export function share(doctype: string, document: string, user: string, parts: Partial<Share> = {}) {
  return {
    name: 'shared',
    doctype,
    document,
    user,
    actions: ['read' as const],
    ...ALWAYS,
    ...parts,
  };
}

/** Somebody who signed in, with the ceilings of the token they use. */
export function person(id: string, ceilings: readonly Ceiling[] = []): Principal {
  return { id, kind: 'user', actor: null, ceilings };
}

/** Decides whether somebody may do an action on a document, today. */
export function ask(
  world: World,
  who: string | Principal,
  action: Parameters<typeof decide>[1]['action'],
  doctype: string,
  document: DocumentFacts,
): Decision {
  const principal = typeof who === 'string' ? person(who) : who;
  return decide(compileWorld(world), { principal, action, doctype, document, now: TODAY });
}

/** True where somebody may read the document today. */
export function canRead(
  world: World,
  who: string | Principal,
  doctype: string,
  document: DocumentFacts,
): boolean {
  return ask(world, who, 'read', doctype, document).allowed;
}
