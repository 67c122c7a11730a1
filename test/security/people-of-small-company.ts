/** The small company with employees, whose gender is personal, and with people who give access. */
import { Access } from '../../src/access/access.ts';
import { PermissionChanges } from '../../src/access/permission-changes/permission-changes.ts';
import { sealWith } from '../../src/base/seal.ts';
import { sealedTokens } from '../../src/base/sealed-tokens.ts';
import type { Change } from '../../src/documents/together.ts';
import { type Scope, SmallCompany, sql } from './small-company.ts';
import { callerOf, SmallEngine } from './small-engine.ts';

const RECORDS = ['Role', 'Role Rule', 'Group', 'Grant', 'Granting Authority'] as const;

export const ANYWHERE: Scope = ['Company', 'Department', 'Employee', 'Cost Center'].flatMap(
  (dimension) => [
    [dimension, '*'],
    [dimension, '(blank)'],
  ],
) as Scope;

/** Of six employees in Alpha, four in its field department; Beta has four. */
export const EMPLOYEES = { Alpha: 6, Beta: 4 } as const;

export const READERS = ['rae', 'ria', 'rob', 'roy', 'rut'] as const;

/** May give everything in every place. */
export const GIVERS = ['ann', 'bob', 'cleo'] as const;

const RULE = { name: 'HR: Employee', role: 'HR', document_type: 'Employee', reach: 'within' };

/** One person may give at most `approvalPairs` at once. `idle` is disabled. */
export async function peopleOfSmallCompany(approvalPairs: number) {
  const small = await SmallCompany.open();
  const engine = new SmallEngine(small, { approvalPairs });
  const seal = sealWith('a key for tests');
  const cursors = sealedTokens('a key for tests');
  const parts = { store: small.store, seal, cursors, approvalPairs };
  const access = new Access(small.store, approvalPairs);
  const changes = new PermissionChanges(parts, engine.documents, access);
  for (const name of [...GIVERS, ...READERS, 'idle', 'sam']) {
    const enabled = name === 'idle' ? 0 : 1;
    await small.insert('user', { name, email: name, full_name: name, enabled });
  }
  await small.insert('department', { name: 'Sales', department_name: 'Sales', company: 'Alpha' });
  await small.insert('department', { name: 'Field', department_name: 'Field', company: 'Alpha' });
  for (const [company, count] of Object.entries(EMPLOYEES)) {
    for (let number = 1; number <= count; number++) {
      const department = company === 'Alpha' && number <= 4 ? 'Field' : 'Sales';
      const who = { company, department, employee_name: 'x', status: 'Active', gender: 'Female' };
      await small.insert('employee', { name: `${company}-${number}`, ...who });
    }
  }
  await small.insert('role', { name: 'HR' });
  const rule = { ...RULE, actions: ['read'], levels: [0], except: ['Employee', 'Department'] };
  await small.insert('role_rule', { ...rule, status: 'in force' });
  for (const who of GIVERS) {
    for (const document_type of RECORDS) {
      const actions = ['read', 'create', 'write', 'delete', 'import'] as const;
      await small.give(who, [], { document_type, actions });
    }
    const actions = ['read', 'create', 'write', 'submit'] as const;
    await small.give(who, [], { document_type: 'Permission Change', actions });
    for (const document_type of ['User', 'Company', 'Department', 'Employee']) {
      await small.give(who, ANYWHERE, { document_type, actions: ['select'] });
    }
    await authority(small, who, ['*'], ANYWHERE);
  }
  return { small, engine, access, changes };
}

let authorities = 0;

/** A granting authority, put there by SQL; gives its name. */
export async function authority(
  small: SmallCompany,
  holder: string,
  roles: readonly string[],
  scope: Scope,
): Promise<string> {
  const name = `authority ${++authorities} of ${holder}`;
  await small.insert('granting_authority', { name, holder_type: 'User', holder, roles });
  for (const [dimension, value] of scope) {
    const row = `insert into doc.grant_scope
        (name, parent_id, parenttype, parentfield, idx, dimension, value, descendants)
      select gen_random_uuid()::text, id, 'Granting Authority', 'scope', 1, $2, $3, 0
      from doc.granting_authority where name = $1`;
    await small.superuser.run(sql(row, name, dimension, value));
  }
  return name;
}

export function within(company: string): object {
  return { scope: [{ dimension: 'Company', value: company }] };
}

/** A grant of HR, to a user where nothing else is said. */
export function grantOf(grantee: string, company: string, more: object = {}): object {
  return { grantee, role: 'HR', ...within(company), ...more };
}

export function create(doctype: string, input: object): Change {
  return { operation: 'create', doctype, name: null, input, expectedModified: null };
}

/** Makes changes in one transaction, as somebody. */
export async function together(
  { small, engine }: Awaited<ReturnType<typeof peopleOfSmallCompany>>,
  who: string,
  changes: readonly Change[],
  isTrial = false,
) {
  const { epoch } = await small.store.open(callerOf(who).credential);
  return await engine.documents.together(callerOf(who), changes, { epoch, isTrial });
}
