/** What an import brings is written down in the transaction that brings it. */
import type { Statement } from '../statement.ts';
import type { MigrationConnection } from './migration-connection.ts';

/** A doctype whose table was made or changed, or a document that came with it. */
export type Imported = {
  /** The doctype itself, or the one of the document. */
  readonly doctype: string;
  /** Of a document; null for a doctype. */
  readonly name: string | null;
  /** Names, counts and outcomes, and never a value. */
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Makes the statement that writes entries of who imported what, at this moment and epoch. */
export type RecordImport = (imported: readonly Imported[], at: string, epoch: number) => Statement;

/** Writes the entries. INVARIANT (audit-with-write): they commit with the import, or neither. */
export async function recordImport(
  owner: MigrationConnection,
  record: RecordImport,
  imported: readonly Imported[],
): Promise<void> {
  if (imported.length === 0) return;
  const { at, epoch } = await momentOf(owner);
  const { text, values } = record(imported, at, epoch);
  await owner.query(text, values);
}

/** The moment of this transaction, in UTC, and the epoch at which it stands. */
export async function momentOf(owner: MigrationConnection): Promise<{ at: string; epoch: number }> {
  const [row] = await owner.query(
    `select to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as at,
       (select value from sys.epoch)::text as epoch`,
  );
  return { at: String(row?.['at']), epoch: Number(row?.['epoch']) };
}
