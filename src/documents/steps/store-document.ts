/** Writes the document, with the permit of the decision, and its audit entry. */
import { entriesOf } from '../../audit/append.ts';
import { Refusal } from '../../base/errors.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import { RowChanged } from '../../store/retry.ts';
import { insertVersions } from '../../store/versions.ts';
import { deleteDocument, insertDocuments, updateDocument } from '../../store/write-documents.ts';
import { claimOf, type WriteWork } from '../work.ts';
import { changedFields } from './guards.ts';
import { versionsOf } from './record-version.ts';
import { PERMISSION_CHANGE } from './sign-proposal.ts';

/**
 * Inserts new documents of one doctype, with one statement for each table, and records it. Nobody
 * needs an answer of it before the commit.
 */
export function storeNew(works: readonly WriteWork[]): void {
  const [first] = works;
  if (!first) return;
  const documents = works.map(({ after, transaction, caller }) => {
    after.values['modified'] = transaction.opening.at;
    after.values['modified_by'] = caller.principal.id;
    return { version: 1, values: after.values, tables: after.tables };
  });
  const permits = works.flatMap(({ permit }) => (permit ? [permit] : []));
  const statements = insertDocuments(first.transaction.opening, first.table, documents, permits);
  first.transaction.later(claimOf(first), ...statements);
  recordWrites(works);
}

/** Updates what changed. The version in the statement's condition loses to nobody. */
export async function storeChange(work: WriteWork): Promise<void> {
  const { before, after, permit } = work;
  if (!before || !permit) throw new Error('nothing was decided');
  after.values['modified'] = later(String(before.values['modified']), work.transaction.opening.at);
  after.values['modified_by'] = work.caller.principal.id;
  const changes: Record<string, StoredValues[string]> = {};
  for (const { name } of work.table.columns.values()) {
    if (before.values[name] !== after.values[name]) changes[name] = after.values[name] ?? null;
  }
  const changed = new Set(changedFields(work));
  const tables = Object.fromEntries(
    Object.entries(after.tables).filter(([name]) => changed.has(name)),
  );
  const statements = updateDocument(
    work.transaction.opening,
    work.table,
    before,
    changes,
    tables,
    permit,
  );
  const results = await work.transaction.run(claimOf(work), ...statements);
  requireOneRow(work, results.at(-1)?.rowCount);
}

/** Removes the document. Its name is retired and never given again. */
export async function storeDelete(work: WriteWork): Promise<void> {
  const { before, permit } = work;
  if (!before || !permit) throw new Error('nothing was decided');
  const results = await work.transaction.run(
    // Also of one that is merged into another.
    claimOf({ ...work, operation: 'delete' }),
    ...deleteDocument(work.transaction.opening, work.table, before, permit),
  );
  requireOneRow(work, results.at(-1)?.rowCount);
}

/**
 * INVARIANT (audit-with-write): in the same transaction as the change, one version and one audit
 * entry for each.
 */
export function recordWrites(works: readonly WriteWork[]): void {
  const [first] = works;
  if (!first) return;
  const events = works.map((work) => ({
    action: work.operation,
    doctype: work.doctype.name,
    name: work.name,
    outcome: 'allowed' as const,
    code: null,
    detail: {
      ...work.needs.said(),
      fields: work.operation === 'delete' || work.into ? [] : changedFields(work),
      ...renamingOf(work),
      ...(work.flagged ? { flagged: work.flagged } : {}),
      ...proposalOf(work),
    },
  }));
  const { transaction, table, caller } = first;
  transaction.later(
    claimOf(first),
    entriesOf(transaction, auditSubject(caller), events),
    insertVersions(table, works.flatMap(versionsOf)),
  );
}

/** The entry itself is of the document by the name that it had. */
function renamingOf({ renaming }: WriteWork): object {
  return renaming ? { renamed_to: renaming.to, merged: renaming.merges } : {};
}

/** Both people of an approved change are named: the entry's own principal is who approved it. */
function proposalOf({ doctype, proposal, after: { values } }: WriteWork): object {
  if (doctype.name === PERMISSION_CHANGE) return { proposed_by: values['proposed_by'] };
  return proposal ? { proposal: proposal.name, proposed_by: proposal.proposer.id } : {};
}

export function requireOneRow(work: WriteWork, rowCount: number | undefined): void {
  if (rowCount === 1) return;
  throw new Refusal(
    'version_conflict',
    `${work.doctype.name} was changed meanwhile. Read it again.`,
    { cause: new RowChanged() },
  );
}

/** The version token always moves on, also for two changes within one microsecond. */
export function later(before: string, now: string): string {
  if (now > before) return now;
  const micros = Number(before.slice(20)) + 1;
  if (micros < 1_000_000) return `${before.slice(0, 20)}${String(micros).padStart(6, '0')}`;
  const next = new Date(Date.parse(`${before.slice(0, 19)}Z`) + 1000);
  return `${next.toISOString().slice(0, 19).replace('T', ' ')}.000000`;
}
