/**
 * The people one can sign in as, and what each of them was granted: the table of the
 * demo world. Roles of the system itself are named here and declared by the system's app.
 */

export type ScopeEntry = {
  readonly dimension: string;
  /** A document's name, `*` or `(blank)`. */
  readonly value: string;
  readonly descendants: 0 | 1;
};

export type PersonaGrant = { readonly role: string; readonly scope: readonly ScopeEntry[] };

export type PersonaAuthority = {
  readonly roles: readonly string[];
  readonly except_roles: readonly string[];
  readonly scope: readonly ScopeEntry[];
};

export type Persona = {
  /** The user's name, an e-mail address. */
  readonly user: string;
  readonly full_name: string;
  readonly grants: readonly PersonaGrant[];
  readonly authorities?: readonly PersonaAuthority[];
};

/** Every dimension that the built-in apps declare. */
export const DIMENSIONS = ['Company', 'Cost Center', 'Department', 'Employee', 'Warehouse'];

/** Employee records of the personas who have one, by user. */
export const EMPLOYEE_OF: ReadonlyMap<string, string> = new Map([
  ['employee@demo.test', 'HR-EMP-00042'],
  ['hr-manager@demo.test', 'HR-EMP-00007'],
  ['new-hire@demo.test', 'HR-EMP-00138'],
]);

/** What the permission manager may not give: their own role, and that of the demo's loader. */
const NOT_GRANTABLE = ['Permission Manager', 'Demo Loader'];

/** `*` and `(blank)` of each dimension. */
function allOf(dimensions: readonly string[]): ScopeEntry[] {
  return dimensions.flatMap((dimension) => [
    { dimension, value: '*', descendants: 0 as const },
    { dimension, value: '(blank)', descendants: 0 as const },
  ]);
}

function only(dimension: string, value: string): ScopeEntry {
  return { dimension, value, descendants: 0 };
}

function below(dimension: string, value: string): ScopeEntry {
  return { dimension, value, descendants: 1 };
}

function ownRecord(user: string): PersonaGrant {
  const employee = EMPLOYEE_OF.get(user);
  if (employee === undefined) throw new Error(`\`${user}\` has no employee record`);
  return { role: 'Employee', scope: [only('Employee', employee)] };
}

const LEEDS_ACCOUNTS: PersonaGrant = {
  role: 'Accounts User',
  scope: [only('Company', 'Larkspur UK'), below('Cost Center', 'Leeds')],
};

/** The personas, all with addresses at `demo.test`. */
export const PERSONAS: readonly Persona[] = [
  {
    user: 'employee@demo.test',
    full_name: 'Ewan Hartley',
    grants: [ownRecord('employee@demo.test')],
  },
  {
    user: 'new-hire@demo.test',
    full_name: 'Temi Okafor',
    grants: [{ role: 'Employee', scope: [] }],
  },
  {
    user: 'hr-manager@demo.test',
    full_name: 'Meera Iyer',
    grants: [
      { role: 'HR Manager', scope: [only('Company', 'Larkspur UK')] },
      ownRecord('hr-manager@demo.test'),
    ],
  },
  {
    user: 'branch-accountant@demo.test',
    full_name: 'Ruth Sutcliffe',
    grants: [LEEDS_ACCOUNTS],
  },
  {
    user: 'accounts-manager@demo.test',
    full_name: 'Henning Krause',
    grants: [
      { role: 'Accounts Manager', scope: [only('Company', '*'), ...allOf(['Cost Center'])] },
    ],
  },
  {
    user: 'storekeeper@demo.test',
    full_name: 'Kofi Mensah',
    grants: [{ role: 'Stock User', scope: [below('Warehouse', 'Leeds Store')] }],
  },
  {
    user: 'auditor@demo.test',
    full_name: 'Isobel Carmichael',
    grants: [{ role: 'Auditor', scope: allOf(DIMENSIONS) }],
  },
  {
    user: 'permission-manager@demo.test',
    full_name: 'Nadia Rahman',
    grants: [{ role: 'Permission Manager', scope: allOf(DIMENSIONS) }],
    authorities: [{ roles: ['*'], except_roles: NOT_GRANTABLE, scope: allOf(DIMENSIONS) }],
  },
  {
    user: 'system-manager@demo.test',
    full_name: 'Marek Novak',
    grants: [{ role: 'System Manager', scope: [] }],
  },
  {
    user: 'assistant-admin@demo.test',
    full_name: 'Wen-Xin Tan',
    grants: [{ role: 'Assistant Admin', scope: [] }, LEEDS_ACCOUNTS],
  },
  {
    user: 'assistant-user@demo.test',
    full_name: 'Jonas Vogel',
    grants: [{ role: 'Assistant User', scope: [] }, LEEDS_ACCOUNTS],
  },
];
