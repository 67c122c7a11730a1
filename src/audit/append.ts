/** Writes audit entries: with a change in its transaction, or alone for reads and refusals. */
import type { Action } from '../authz/index.ts';
import { detached } from '../base/request-signal.ts';
import { insertAuditRows } from '../store/audit-rows.ts';
import type { OpenTransaction } from '../store/open-transaction.ts';
import type { Credential } from '../store/opening.ts';
import type { Statement } from '../store/statement.ts';
import type { Store } from '../store/store.ts';
import { type AuditEvent, type AuditSubject, auditRow } from './entry.ts';

/** INVARIANT (audit-with-write): the entries commit with the change, or neither does. */
export async function appendWith(
  transaction: OpenTransaction,
  action: Action,
  subject: AuditSubject,
  events: readonly AuditEvent[],
): Promise<void> {
  await transaction.run(action, entriesOf(transaction, subject, events));
}

/** The statement that appends the entries, for whoever sends it along with the change. */
export function entriesOf(
  { opening: { at, epoch } }: OpenTransaction,
  subject: AuditSubject,
  events: readonly AuditEvent[],
): Statement {
  return insertAuditRows(events.map((event) => auditRow(subject, event, at, epoch)));
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
