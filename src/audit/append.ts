/** Writes audit entries: with a change in its transaction, or alone for reads and refusals. */
import type { Action } from '../authz/index.ts';
import { detached } from '../base/request-signal.ts';
import { insertAuditRows } from '../store/audit-rows.ts';
import type { Credential } from '../store/opening.ts';
import type { Result, Statement } from '../store/statement.ts';
import type { OpenTransaction, Store } from '../store/store.ts';
import { type AuditEvent, type AuditSubject, auditRow } from './entry.ts';

/**
 * INVARIANT (audit-with-write): the entries commit with the change, or neither does. What else
 * belongs to the change goes in the same round trip; the answer gives its results.
 */
export async function appendWith(
  transaction: OpenTransaction,
  action: Action,
  subject: AuditSubject,
  events: readonly AuditEvent[],
  beside: readonly Statement[] = [],
): Promise<readonly Result[]> {
  const { at, epoch } = transaction.opening;
  const rows = events.map((event) => auditRow(subject, event, at, epoch));
  return (await transaction.run(action, insertAuditRows(rows), ...beside)).slice(1);
}

/** Commits entries of their own before the caller gives its answer. */
export async function append(
  store: Store,
  credential: Credential,
  subject: AuditSubject,
  events: readonly AuditEvent[],
): Promise<void> {
  // Also where nobody waits for the answer: what was tried is recorded even so.
  await detached(() =>
    store.record(
      credential,
      async (transaction) => await appendWith(transaction, 'read', subject, events),
    ),
  );
}
