/** Writes audit entries: with a change in its transaction, or alone for reads and refusals. */
import type { Action } from '../authz/index.ts';
import { insertAuditRows } from '../store/audit-rows.ts';
import type { Credential } from '../store/opening.ts';
import type { OpenTransaction, Store } from '../store/store.ts';
import { type AuditEvent, type AuditSubject, auditRow } from './entry.ts';

/** INVARIANT (audit-with-write): the entries commit with the change, or neither does. */
export async function appendWith(
  transaction: OpenTransaction,
  action: Action,
  subject: AuditSubject,
  events: readonly AuditEvent[],
): Promise<void> {
  const { at, epoch } = transaction.opening;
  const rows = events.map((event) => auditRow(subject, event, at, epoch));
  await transaction.run(action, insertAuditRows(rows));
}

/** Commits entries of their own before the caller gives its answer. */
export async function append(
  store: Store,
  credential: Credential,
  subject: AuditSubject,
  events: readonly AuditEvent[],
): Promise<void> {
  await store.record(
    credential,
    async (transaction) => await appendWith(transaction, 'read', subject, events),
  );
}
