/**
 * Who may do what with the records of people. Every rule reaches `within`:
 *
 * - `Employee` is granted within one's own Employee record;
 * - `HR User` and `HR Manager` within companies;
 * - the two approvers within departments.
 *
 * What a role need not name stands in `except`. A role may `select` whatever its documents link to.
 */
import type { RuleSource } from '../../src/doctype/app.ts';

const READ = ['read', 'print', 'email', 'report', 'export'];
const KEEP = [...READ, 'create', 'write', 'delete'];
const POST = [...KEEP, 'submit', 'cancel', 'amend'];

const LISTS = ['Designation', 'Leave Type', 'Expense Claim Type', 'Salary Component'];

type Extra = { readonly except?: readonly string[]; readonly levels?: readonly number[] };

function rule(
  role: string,
  document_type: string,
  actions: readonly string[],
  extra: Extra = {},
): RuleSource {
  return { role, document_type, actions, reach: 'within', ...extra };
}

/** Names of what applications and claims link to; a name opens nothing else. */
function links(role: string): RuleSource[] {
  return [
    rule(role, 'Cost Center', ['select'], { except: ['Cost Center', 'Company'] }),
    ...['Currency', 'Leave Type', 'Expense Claim Type'].map((name) => rule(role, name, ['select'])),
  ];
}

const OWN = { except: ['Company', 'Department'] };

/** The state of an application stands at level 1: readable by whoever made it, not writable. */
const employeeRules: readonly RuleSource[] = [
  rule('Employee', 'Employee', ['read', 'print'], OWN),
  rule('Employee', 'Salary Slip', ['read', 'print'], OWN),
  rule('Employee', 'Leave Application', ['read', 'print'], { ...OWN, levels: [0, 1] }),
  rule('Employee', 'Leave Application', ['create', 'write'], OWN),
  rule('Employee', 'Expense Claim', ['read', 'print'], { ...OWN, levels: [0, 1] }),
  rule('Employee', 'Expense Claim', ['create', 'write'], OWN),
  rule('Employee', 'Company', ['select'], { except: ['Company'] }),
  rule('Employee', 'Department', ['select'], { except: ['Department', 'Company'] }),
  rule('Employee', 'Designation', ['select']),
  rule('Employee', 'Salary Component', ['select']),
  ...links('Employee'),
];

const COMPANY_WIDE = { except: ['Employee', 'Department'] };
const COMPANY_WIDE_ALL = { ...COMPANY_WIDE, levels: [0, 1] };

const hrUserRules: readonly RuleSource[] = [
  rule('HR User', 'Employee', [...READ, 'create', 'write'], COMPANY_WIDE),
  rule('HR User', 'Leave Application', POST, COMPANY_WIDE_ALL),
  rule('HR User', 'Expense Claim', READ, COMPANY_WIDE_ALL),
  rule('HR User', 'Company', ['read']),
  rule('HR User', 'Department', ['read'], { except: ['Department'] }),
  rule('HR User', 'Cost Center', ['select'], { except: ['Cost Center'] }),
  rule('HR User', 'Currency', ['select']),
  rule('HR User', 'User', ['select']),
  ...LISTS.map((name) => rule('HR User', name, ['read'])),
];

const hrManagerRules: readonly RuleSource[] = [
  rule('HR Manager', 'Employee', [...KEEP, 'import'], COMPANY_WIDE_ALL),
  rule('HR Manager', 'Salary Slip', [...POST, 'import'], COMPANY_WIDE),
  rule('HR Manager', 'Leave Application', [...POST, 'import'], COMPANY_WIDE_ALL),
  rule('HR Manager', 'Expense Claim', [...POST, 'import'], COMPANY_WIDE_ALL),
  rule('HR Manager', 'Company', ['read']),
  rule('HR Manager', 'Department', KEEP, { except: ['Department'] }),
  rule('HR Manager', 'Cost Center', ['select'], { except: ['Cost Center'] }),
  rule('HR Manager', 'Currency', ['select']),
  rule('HR Manager', 'User', ['select']),
  ...LISTS.map((name) => rule('HR Manager', name, KEEP)),
];

const DEPARTMENT_WIDE = { except: ['Employee', 'Company'] };

function approverRules(role: string, document_type: string): RuleSource[] {
  const approve = ['read', 'print', 'report', 'write', 'submit', 'transition'];
  return [
    rule(role, document_type, approve, { ...DEPARTMENT_WIDE, levels: [0, 1] }),
    rule(role, 'Employee', ['select'], DEPARTMENT_WIDE),
    rule(role, 'Department', ['select'], { except: ['Company'] }),
    rule(role, 'Company', ['select'], { except: ['Company'] }),
    ...links(role),
  ];
}

export const rules: readonly RuleSource[] = [
  ...employeeRules,
  ...hrUserRules,
  ...hrManagerRules,
  ...approverRules('Leave Approver', 'Leave Application'),
  ...approverRules('Expense Approver', 'Expense Claim'),
];
