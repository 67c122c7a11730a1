/** INVARIANT (secrets-stay): a secret is sealed before it is stored, and never goes out again. */
import { type Field, isColumn } from '../../doctype/definition.ts';
import { sensitivityOf } from '../../doctype/table-name.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { Table } from '../../store/table.ts';
import type { WriteWork } from '../work.ts';

/** Seals the secrets that are new; what is stored already is sealed already. */
export function sealSecrets(work: WriteWork): void {
  sealIn(work, work.table, work.after.values, work.before?.values ?? {});
  for (const { field, table } of work.table.children) {
    if (secretsOf(table).length === 0) continue;
    const stored = work.before?.tables[field.fieldname] ?? [];
    const before = new Map(stored.map((row) => [row['name'], row]));
    work.after.tables[field.fieldname] = (work.after.tables[field.fieldname] ?? []).map((row) => {
      const values = { ...row };
      sealIn(work, table, values, before.get(row['name'] ?? null) ?? {});
      return values;
    });
  }
}

function sealIn(
  work: WriteWork,
  table: Table,
  after: Record<string, StoredValues[string]>,
  before: StoredValues,
): void {
  for (const field of secretsOf(table)) {
    const value = after[field.fieldname] ?? null;
    if (value === null || value === before[field.fieldname]) continue;
    after[field.fieldname] = work.seal(String(value));
  }
}

function secretsOf(table: Table): Field[] {
  return table.doctype.fields.filter(
    (field) => isColumn(field) && sensitivityOf(field) === 'secret',
  );
}
