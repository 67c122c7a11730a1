/** Grants: valid in themselves, inside the giver's authority, and ended instead of removed. */
import type { Grantee } from '../../authz/index.ts';
import type { WriteWork } from '../work.ts';
import { requireAuthority } from './gains.ts';
import { checkScope, invalid, scopeOf } from './scope.ts';

/** A grant that is made or changed gives all of what it then says. */
export async function checkGrant(work: WriteWork): Promise<void> {
  const { values, tables } = work.after;
  const scope = scopeOf(tables['scope'] ?? []);
  await checkScope(work, scope);
  if (
    values['from'] !== null &&
    values['until'] !== null &&
    String(values['until']) <= String(values['from'])
  ) {
    throw invalid('until', 'must be later than `from`.');
  }
  const grantee = granteeOf(work, 'grantee_type', 'grantee');
  requireAuthority(work, [{ grantee, role: String(values['role']), scope }]);
  if (work.before === null) values['granted_by'] = work.caller.principal.id;
}

/** DELETE ends a grant at this moment; the row stays as history. */
export function endGrant(work: WriteWork): void {
  const until = work.before?.values['until'] ?? null;
  const now = work.transaction.opening.at;
  if (until === null || String(until) > now) work.after.values['until'] = now;
}

/** The user or group that a permission record names. */
export function granteeOf(work: WriteWork, typeField: string, nameField: string): Grantee {
  const { values } = work.after;
  const type = values[typeField] === 'Group' ? 'Group' : 'User';
  return { type, name: String(values[nameField]) };
}
