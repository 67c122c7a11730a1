/** What the soak begins with: its roles and rules, its group, and who may do the changes. */
import { DIMENSIONS } from '../../../apps/demo/personas.ts';
import type { Client } from '../client.ts';
import { done } from '../outcome.ts';
import { INSPECTOR, MOVER } from './people.ts';

export const GROUP = 'Soak Group';

/** Roles that are given and ended; of the last two, rules are put in force and out of it. */
export const ROLES = [
  ...['Soak Reader', 'Soak Clerk', 'Soak Clerk', 'Accounts User', 'Expense Approver'],
  ...['Soak Drafts', 'Soak Own'],
] as const;

const VOUCHER = ['read', 'report', 'create', 'write', 'delete', 'submit', 'cancel'];
const INVOICE = 'Sales Invoice';

type RuleInput = Readonly<Record<string, unknown>>;

const rule = (role: string, document_type: string, actions: string[], more: object = {}) => ({
  ...{ role, document_type, actions, reach: 'within', status: 'in force' },
  ...more,
});

const RULES: readonly RuleInput[] = [
  rule('Soak Reader', INVOICE, ['read', 'report']),
  // Fields of level 1 stay closed by this one, and are open by the roles of the app.
  rule('Soak Reader', 'Expense Claim', ['read'], { except: ['Employee', 'Department'] }),
  rule('Soak Clerk', INVOICE, VOUCHER),
  rule('Soak Clerk', 'Company', ['select']),
  rule('Soak Clerk', 'Cost Center', ['select']),
  ...['Customer', 'Item', 'UOM', 'Currency'].map((name) => rule('Soak Clerk', name, ['select'])),
  rule('Soak Mover', 'Cost Center', ['read', 'write']),
  rule('Soak Inspector', INVOICE, ['inspect']),
];

/** Rules that the changer puts in force and out of it. */
const SWITCHED: readonly RuleInput[] = [
  rule('Soak Drafts', INVOICE, ['read', 'write', 'submit'], { when: [['docstatus', '=', 0]] }),
  rule('Soak Own', INVOICE, ['read', 'write', 'delete', 'cancel'], {
    except: ['Company'],
    when: [['owner', '=', '$me']],
  }),
];

const ALL_VALUES = DIMENSIONS.flatMap((dimension) => [
  { dimension, value: '*' },
  { dimension, value: '(blank)' },
]);

/** What changes are made to. */
export type Setting = {
  /** Names of the rules to put in force and out of it. */
  readonly switched: readonly string[];
  readonly groupVersion: string;
};

/** Makes it all by HTTP. */
export async function makeSetting(giver: Client): Promise<Setting> {
  const make = async (doctype: string, body: object) =>
    await done(giver.post(`/api/resource/${doctype}`, body));
  const own = [...RULES, ...SWITCHED].map((one) => String(one['role']));
  for (const name of new Set(own)) await make('Role', { name });
  for (const one of RULES) await make('Role Rule', one);
  const switched: string[] = [];
  for (const one of SWITCHED) switched.push((await make('Role Rule', one)).name);
  const group = await make('Group', { name: GROUP, members: [] });
  const reason = 'soak';
  const scope = [
    { dimension: 'Company', value: '*' },
    { dimension: 'Cost Center', value: 'Leeds', descendants: 1 },
    { dimension: 'Cost Center', value: 'Hamburg' },
  ];
  await make('Grant', {
    ...{ grantee_type: 'Group', grantee: GROUP, role: 'Soak Reader', scope, reason },
  });
  await make('Grant', { grantee: MOVER, role: 'Soak Mover', scope: ALL_VALUES, reason });
  await make('Grant', { grantee: INSPECTOR, role: 'Soak Inspector', scope: ALL_VALUES, reason });
  // A move gives access, so whoever moves needs the authority to give it.
  const except_roles = ['Permission Manager', 'Demo Loader'];
  await make('Granting Authority', {
    holder: MOVER,
    roles: ['*'],
    except_roles,
    scope: ALL_VALUES,
  });
  return { switched, groupVersion: group.modified };
}
