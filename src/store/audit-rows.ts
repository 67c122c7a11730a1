/** Appends to the audit log. The row's policy compares the principal with the claim. */
import type { Statement } from './statement.ts';

const COLUMNS = [
  'name',
  'owner',
  'creation',
  'modified',
  'modified_by',
  'principal',
  'actor',
  'action',
  'document_type',
  'document_name',
  'outcome',
  'code',
  'detail',
  'request_id',
  'door',
  'address',
  'epoch',
  'hash',
] as const;

export type AuditRow = Readonly<Record<(typeof COLUMNS)[number], string | number | null>>;

/** Inserts any number of entries with one statement. */
export function insertAuditRows(rows: readonly AuditRow[]): Statement {
  const names = COLUMNS.map((name) => `"${name}"`).join(', ');
  const arrays = COLUMNS.map((name, index) => `$${index + 1}::${TYPES[name] ?? 'text[]'}`);
  return {
    text: `insert into doc.audit_entry (${names}) select * from unnest(${arrays.join(', ')})`,
    values: COLUMNS.map((name) =>
      rows.map((row) => {
        const value = row[name];
        return value === null ? null : String(value);
      }),
    ),
  };
}

const TYPES: Readonly<Record<string, string>> = {
  creation: 'timestamp[]',
  modified: 'timestamp[]',
  detail: 'jsonb[]',
  epoch: 'bigint[]',
};
