/** Changes that concern few documents of many, made by hand: random ones seldom do. */
import type { Grant, Rule, World, WorldChange } from '../../src/authz/index.ts';
import type { RandomWorldChange } from '../model/random-change.ts';
import { NOW } from '../model/random-scope.ts';

const COMPANIES = ['C1', 'C2', 'C3', 'C4'];

/** Five slips for each company, and one without any. */
const DOCUMENTS = [...COMPANIES.flatMap((company) => Array(5).fill(company)), null].map(
  (company: string | null, index) => ({
    doctype: 'Slip',
    values: { name: `S${index + 1}`, owner: 'ada', company, amount: 1 },
  }),
);

function rule(role: string, reach: 'within' | 'everything', when: Rule['when'] = null): Rule {
  return {
    ...{ name: `rule of ${role}`, role, doctype: 'Slip', actions: ['read'], levels: [0] },
    ...{ reach, except: [], when, status: 'in force' },
  };
}

function grant(to: string, role: string, ...companies: string[]): Grant {
  const group = to.startsWith('#') ? to.slice(1) : null;
  return {
    name: `${role} of ${to} in ${companies.join()}`,
    grantee: group ? { type: 'Group', name: group } : { type: 'User', name: to },
    role,
    scope: companies.map((value) => ({ dimension: 'Company', value, descendants: false })),
    ...{ from: null, until: null, request: null },
  };
}

const WORLD: World = {
  epoch: 1,
  users: ['ada', 'ben', 'cleo'],
  doctypes: [
    {
      name: 'Slip',
      paths: [{ dimension: 'Company', path: 'company' }],
      levels: new Map(['name', 'owner', 'company', 'amount'].map((field) => [field, 0])),
      personal: new Set(['amount']),
    },
  ],
  trees: [],
  roles: ['Clerk', 'Chief', 'Waiting'].map((name) => ({ name })),
  rules: [rule('Clerk', 'within'), rule('Chief', 'everything')],
  grants: [grant('#north', 'Clerk', '*'), grant('cleo', 'Waiting', 'C1', 'C2')],
  members: [],
  shares: [],
  authorities: [],
};

const ENTERS = { group: 'north', user: 'ada', from: null, until: null };

function of(change: WorldChange): RandomWorldChange {
  return { sample: { world: WORLD, documents: DOCUMENTS, principals: [], now: NOW }, change };
}

function coming(...added: Grant[]): WorldChange {
  return { grants: { gone: [], added } };
}

/** With the most documents that have to be counted, by number. */
export const NARROW_CHANGES: readonly (readonly [RandomWorldChange, number])[] = [
  [of(coming(grant('ada', 'Clerk', 'C1'))), 5],
  [of(coming(grant('ada', 'Clerk', 'C1'), grant('ben', 'Clerk', 'C2'))), 10],
  [of(coming(grant('ada', 'Clerk', 'C9'))), 0],
  [of(coming(grant('ada', 'Clerk', 'C1', '(blank)'))), 21],
  [of(coming(grant('ada', 'Clerk', '*'))), 21],
  // Its rule reaches everything, whatever the grant names.
  [of(coming(grant('ada', 'Chief', 'C1'))), 21],
  // Nothing that the grant names is what the group holds.
  [of({ ...coming(grant('ben', 'Clerk', 'C1')), members: { gone: [], added: [ENTERS] } }), 21],
  [of({ rules: { gone: [], added: [rule('Waiting', 'within')] } }), 10],
];
