/**
 * What the AuthZEN cases are asked about: two records as the certification scenario has them, and
 * papers in sections with the rules of the search scenario, in people and data of our own.
 */
import type { App } from '../../src/doctype/app.ts';
import type { Doctype } from '../../src/doctype/definition.ts';

const APP = 'conformance';

/** Brings the fixture in, and holds nothing any more once it is there. */
export const LOADER = 'system:conformance';

/** The caller: may ask about everybody, and reads nothing. */
export const CLIENT_USER = 'pep@conformance.test';

const RECORD: Doctype = {
  name: 'record',
  app: APP,
  autoname: 'prompt',
  fields: [{ fieldname: 'status', fieldtype: 'Select', options: 'active\narchived' }],
};

const SECTION: Doctype = {
  name: 'section',
  app: APP,
  autoname: 'prompt',
  is_dimension: true,
  fields: [{ fieldname: 'remark', fieldtype: 'Data' }],
};

const PAPER: Doctype = {
  name: 'paper',
  app: APP,
  autoname: 'prompt',
  dimension_paths: [{ dimension: 'section', path: 'section' }],
  fields: [{ fieldname: 'section', fieldtype: 'Link', options: 'section' }],
};

const LOADED = ['record', 'section', 'paper', 'User', 'Role', 'Grant', 'Granting Authority'];

function rule(role: string, document_type: string, actions: readonly string[], more: object = {}) {
  return { role, document_type, actions, reach: 'within' as const, ...more };
}

const OWN = { except: ['section'], when: [['owner', '=', '$me']] as const };

/** Doctypes, roles and rules. */
export const FIXTURE: App = {
  name: APP,
  doctypes: [RECORD, SECTION, PAPER],
  roles: [
    { name: 'Fixture Loader', description: 'Brings the fixture in.' },
    { name: 'Fixture Inspector', description: 'Asks who can see what.' },
    { name: 'Record Editor', description: 'Reads records, changes active ones.' },
    { name: 'Record Admin', description: 'Reads records, changes archived ones.' },
    { name: 'Paper Owner', description: 'Everything on papers of their own.' },
    { name: 'Paper Reader', description: 'Reads papers.' },
    { name: 'Paper Editor', description: 'Changes papers.' },
  ],
  rules: [
    ...LOADED.map((name) => rule('Fixture Loader', name, ['create', 'import', 'select', 'delete'])),
    ...['record', 'paper'].map((name) => rule('Fixture Inspector', name, ['inspect'])),
    rule('Record Editor', 'record', ['read']),
    rule('Record Editor', 'record', ['write'], { when: [['status', '=', 'active']] }),
    rule('Record Admin', 'record', ['read']),
    rule('Record Admin', 'record', ['write'], { when: [['status', '=', 'archived']] }),
    rule('Paper Owner', 'paper', ['read', 'write', 'delete'], OWN),
    rule('Paper Reader', 'paper', ['read']),
    rule('Paper Editor', 'paper', ['write']),
  ],
};

export const RECORDS = [
  { name: 'record-1', values: { status: 'active' } },
  { name: 'record-2', values: { status: 'archived' } },
] as const;

export const SECTIONS = ['Ledger', 'Stores', 'Press'] as const;

export type Person = {
  readonly name: string;
  readonly section: (typeof SECTIONS)[number];
  readonly isManager: boolean;
};

/** Whom the papers belong to. */
export const PEOPLE: readonly Person[] = [
  { name: 'nora', section: 'Ledger', isManager: true },
  { name: 'omar', section: 'Stores', isManager: true },
  { name: 'pia', section: 'Ledger', isManager: false },
  { name: 'quin', section: 'Stores', isManager: false },
  { name: 'rosa', section: 'Press', isManager: false },
  { name: 'sven', section: 'Press', isManager: false },
];

export type Paper = {
  readonly name: string;
  readonly owner: string;
  readonly section: string | null;
};

/** Twenty papers: of everybody, in every section, owners' own and others', one in no section. */
export const PAPERS: readonly Paper[] = Array.from({ length: 20 }, (_, index) => ({
  name: `paper-${String(index + 1).padStart(2, '0')}`,
  owner: PEOPLE[(index * 5) % PEOPLE.length]?.name ?? '',
  section: index === 13 ? null : (SECTIONS[(index * 2 + Math.floor(index / 6)) % 3] ?? null),
}));

type ScopeValue = { readonly dimension: string; readonly value: string; readonly descendants: 0 };

/** A grant: to whom, of which role, within which sections. */
export type FixtureGrant = {
  readonly grantee: string;
  readonly role: string;
  readonly scope: readonly ScopeValue[];
};

const EVERY_SECTION = ['*', '(blank)'].map(section);

function section(value: string): ScopeValue {
  return { dimension: 'section', value, descendants: 0 };
}

/** The policy of both scenarios, as grants. */
export const GRANTS: readonly FixtureGrant[] = [
  { grantee: CLIENT_USER, role: 'Fixture Inspector', scope: EVERY_SECTION },
  { grantee: 'alice', role: 'Record Editor', scope: [] },
  { grantee: 'bob', role: 'Record Admin', scope: [] },
  ...PEOPLE.flatMap(({ name: grantee, section: own, isManager }) => [
    { grantee, role: 'Paper Owner', scope: [] },
    { grantee, role: 'Paper Reader', scope: isManager ? EVERY_SECTION : [section(own)] },
    ...(isManager ? [{ grantee, role: 'Paper Editor', scope: [section(own)] }] : []),
  ]),
];

export const USERS = ['alice', 'bob', ...PEOPLE.map(({ name }) => name), CLIENT_USER] as const;
