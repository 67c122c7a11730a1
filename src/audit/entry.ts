/**
 * What the audit log says of one thing done or refused. It names documents and fields and counts
 * rows, and never holds a value: the log must not become a second copy of everyone's data.
 */
import { hash } from 'node:crypto';
import { randomId } from '../base/random.ts';
import type { AuditRow } from '../store/audit-rows.ts';

export type AuditSubject = {
  readonly principal: string;
  readonly actor: string | null;
  readonly requestId: string;
  readonly door: string;
  readonly address: string | null;
};

export type AuditEvent = {
  readonly action: string;
  readonly doctype: string | null;
  readonly name: string | null;
  readonly outcome: 'allowed' | 'refused' | 'failed';
  readonly code: string | null;
  /** Witnesses, names of fields and of documents, counts. */
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Longest name that is kept; a stranger could ask for one of a megabyte. */
const NAME_CHARACTERS_MAX = 200;

/**
 * The row of an event, hashed as it is written: SHA-256 over the JSON array of its values in
 * the order of the columns, so that a later change of any of them shows.
 */
export function auditRow(
  subject: AuditSubject,
  event: AuditEvent,
  at: string,
  epoch: number,
): AuditRow {
  const detail = JSON.stringify(event.detail);
  const unhashed = {
    name: `AUDIT-${randomId(16)}`,
    owner: subject.principal,
    creation: at,
    modified: at,
    modified_by: subject.principal,
    principal: subject.principal,
    actor: subject.actor,
    action: event.action,
    document_type: cut(event.doctype),
    document_name: cut(event.name),
    outcome: event.outcome,
    code: event.code,
    detail,
    request_id: subject.requestId,
    door: subject.door,
    address: subject.address,
    epoch,
  };
  return { ...unhashed, hash: hash('sha256', JSON.stringify(Object.values(unhashed))) };
}

function cut(text: string | null): string | null {
  if (text === null) return null;
  // PostgreSQL's text holds neither NUL nor half of a surrogate pair.
  return text.slice(0, NAME_CHARACTERS_MAX).replaceAll('\0', '�').toWellFormed();
}
