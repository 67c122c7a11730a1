/**
 * Who may do what with the books. Every rule reaches `within`: a grant names Company and, for
 * whatever carries one, Cost Center. Customers, suppliers and items carry no dimension, so all
 * of them are open to whoever holds a rule.
 */
import type { RuleSource } from '../../src/doctype/app.ts';

const READ = ['read', 'print', 'email', 'report', 'export'];
const KEEP = [...READ, 'create', 'write', 'delete'];
const POST = [...KEEP, 'submit', 'cancel', 'amend'];

const VOUCHERS = ['Sales Invoice', 'Purchase Invoice', 'Payment Entry'];
const LISTS = ['Currency', 'Fiscal Year', 'Customer Group', 'Territory', 'Item Group', 'UOM'];

/** One role's rules for several doctypes with the same actions. */
function each(role: string, doctypes: readonly string[], actions: readonly string[]): RuleSource[] {
  return doctypes.map((document_type) => ({ role, document_type, actions, reach: 'within' }));
}

const userRules: readonly RuleSource[] = [
  ...each('Accounts User', VOUCHERS, POST),
  ...each('Accounts User', ['GL Entry'], READ),
  ...each('Accounts User', ['Company', 'Cost Center', 'Account'], ['read', 'report']),
  ...each('Accounts User', ['Customer', 'Supplier'], [...READ, 'create', 'write']),
  ...each('Accounts User', ['Item'], READ),
  ...each('Accounts User', LISTS, ['read']),
];

/** Journal entries may post to any cost center, so they are for those who hold all of them. */
const keeperRules: readonly RuleSource[] = [
  ...each('Accounts Manager', VOUCHERS, [...POST, 'import', 'share']),
  ...each('Accounts Manager', ['Journal Entry'], [...POST, 'import']),
  ...each('Accounts Manager', ['GL Entry'], READ),
  ...each('Accounts Manager', ['Company', 'Cost Center', 'Account', 'Item'], [...KEEP, 'import']),
  ...each('Accounts Manager', LISTS, KEEP),
  // Who may share has to name whom with.
  ...each('Accounts Manager', ['User'], ['select']),
  ...['Customer', 'Supplier'].map(
    (document_type): RuleSource => ({
      role: 'Accounts Manager',
      document_type,
      actions: [...KEEP, 'import'],
      levels: [0, 1],
      reach: 'within',
    }),
  ),
];

export const rules: readonly RuleSource[] = [...userRules, ...keeperRules];
