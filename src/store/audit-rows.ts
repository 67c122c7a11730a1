/** Appends to the audit log. The row's policy compares the principal with the claim. */
import type { Statement } from './statement.ts';

/** What entries of one statement share: the same caller, request and moment. */
const SHARED = [
  'owner',
  'creation',
  'modified',
  'modified_by',
  'principal',
  'actor',
  'request_id',
  'door',
  'address',
  'epoch',
] as const;

/** What differs from entry to entry. */
const OWN = [
  'name',
  'action',
  'document_type',
  'document_name',
  'outcome',
  'code',
  'detail',
  'hash',
] as const;

export type AuditRow = Readonly<
  Record<(typeof SHARED)[number] | (typeof OWN)[number], string | number | null>
>;

/** Inserts any number of entries of one caller and moment with one statement. */
export function insertAuditRows(rows: readonly AuditRow[]): Statement {
  const [first] = rows;
  if (!first) throw new Error('no audit entries to add');
  const foreign = rows.some((row) => SHARED.some((name) => row[name] !== first[name]));
  if (foreign) throw new Error('audit entries of one statement are of one caller and moment');
  if (rows.length === 1) {
    return { text: INSERT_ONE, values: [...SHARED, ...OWN].map((name) => textOf(first[name])) };
  }
  return {
    text: INSERT,
    values: [
      ...SHARED.map((name) => first[name]),
      ...OWN.map((name) => rows.map((row) => textOf(row[name]))),
    ],
  };
}

const TYPES: Readonly<Record<string, string>> = {
  creation: 'timestamp',
  modified: 'timestamp',
  detail: 'jsonb',
  epoch: 'bigint',
};

const typeOf = (name: string): string => TYPES[name] ?? 'text';
const INTO = `insert into doc.audit_entry (${[...SHARED, ...OWN].map((name) => `"${name}"`).join(', ')})`;
const INSERT =
  `${INTO} select ${SHARED.map((name, i) => `$${i + 1}::${typeOf(name)}`).join(', ')}, own.* ` +
  `from unnest(${OWN.map((name, i) => `$${SHARED.length + i + 1}::${typeOf(name)}[]`).join(', ')}) own`;
/** As plain values, of which PostgreSQL keeps the plan. */
const INSERT_ONE =
  `${INTO} values (` +
  `${[...SHARED, ...OWN].map((name, i) => `$${i + 1}::${typeOf(name)}`).join(', ')})`;

function textOf(value: string | number | null): string | null {
  return value === null ? null : String(value);
}
