/** Every built-in app, and the rules that hold for all of their doctypes. */
import type { App, RuleSource } from '../src/doctype/app.ts';
import { accounts } from './accounts/app.ts';
import { people } from './people/app.ts';
import { stock } from './stock/app.ts';
import { system } from './system/app.ts';

const BUSINESS_APPS: readonly App[] = [accounts, people, stock];

const DOCUMENTS = BUSINESS_APPS.flatMap((app) => app.doctypes).filter(
  (doctype) => !doctype.istable,
);

/** Who may ask "who can see this?" of business records, without any sight of them. */
const INSPECTION: readonly RuleSource[] = DOCUMENTS.flatMap(({ name }) =>
  ['Auditor', 'Operator'].map((role) => ({
    role,
    document_type: name,
    actions: ['inspect'],
    reach: 'within' as const,
  })),
);

/** Whoever gives access must be able to name the values of its scope. */
const CHOICE_OF_VALUES: readonly RuleSource[] = DOCUMENTS.filter(
  (doctype) => doctype.is_dimension,
).map(({ name }) => ({
  role: 'Permission Manager',
  document_type: name,
  actions: ['select'],
  reach: 'within' as const,
}));

export const APPS: readonly App[] = [
  { ...system, rules: [...system.rules, ...INSPECTION, ...CHOICE_OF_VALUES] },
  ...BUSINESS_APPS,
];

const LOADED = ['User', 'Grant', 'Granting Authority', 'Role', 'Group'];

/**
 * What an installation with the demo company has besides: the role that brings it in. Nobody but
 * `system:demo` ever holds it, and only while it works.
 */
export const DEMO_LOADING: App = {
  name: 'demo',
  doctypes: [],
  roles: [{ name: 'Demo Loader', description: 'Brings the demo company in.' }],
  rules: [...DOCUMENTS.map(({ name }) => name), ...LOADED].map((document_type) => ({
    role: 'Demo Loader',
    document_type,
    actions: ['create', 'import', 'submit', 'cancel', 'select', 'delete'],
    levels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    reach: 'within' as const,
  })),
};
