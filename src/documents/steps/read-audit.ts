/** Which reads leave an entry in the audit log: of some doctypes all, of any what is personal. */
import { sensitivityOf } from '../../doctype/table-name.ts';
import type { Target } from '../work.ts';

/** True where a read that shows these fields, or filters by them, is recorded. */
export function isReadAudited({ doctype, table }: Target, fields: Iterable<string>): boolean {
  if (doctype.audit_reads) return true;
  for (const name of fields) {
    const field = table.columns.get(name)?.field;
    if (field && sensitivityOf(field) === 'personal') return true;
  }
  return false;
}
