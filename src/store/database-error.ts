/** What PostgreSQL says, in the system's own codes. The original stays as the cause. */
import { Refusal } from '../base/errors.ts';

type DatabaseError = Error & { code?: string; constraint?: string; severity?: string };

/** Connection failures of Node and of PostgreSQL's class 08 and 57P, and time limits. */
const UNREACHABLE = /^(08...|57P0[1235]|25P0[34]|ECONN\w+|EPIPE|ENOENT|ETIMEDOUT|EAI_\w+)$/;

/** What the driver says of a connection that is gone, without a code. */
const NOT_CONNECTED = /^(Connection terminated|Client has encountered a connection error)/;

/**
 * Turns a driver's error into a `Refusal` where the caller can act on it. A `Refusal` passes
 * unchanged; anything unknown is returned as it is, and becomes `internal` at the door.
 */
export function translateError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Refusal) return error;
  const { code = '', constraint, message, severity } = error as DatabaseError;
  const cause = error;
  if (code === 'BW401') return new Refusal('unauthenticated', 'Sign in again.', { cause });
  if (code === 'BW409') return new Refusal('submitted', sentence(message), { cause });
  if (code === 'BW422') return new Refusal('invalid_document', sentence(message), { cause });
  if (code === '23505') {
    const field = fieldOf(constraint);
    const detail = `Another document has this ${field} already.`;
    const errors = [{ field, code: 'duplicate' as const, detail }];
    return new Refusal('duplicate', detail, { cause, errors });
  }
  // Said with its last breath, also where a commit was under way: recovery may find that whole, so
  // that nothing can be said of what was saved. A full disk under the write-ahead log is of these.
  if (/^(FATAL|PANIC)$/.test(severity ?? '')) return unreachable(cause);
  // 53100 disk full, 53200 out of memory; 58030 is an I/O error, mostly the same disk.
  if (/^(53100|58030)$/.test(code)) {
    return new Refusal('storage_full', 'The storage is full. Nothing was saved.', { cause });
  }
  if (/^(40001|40P01|55P03)$/.test(code)) {
    return new Refusal('version_conflict', 'Somebody else changed this just now. Try again.', {
      cause,
    });
  }
  if (code === 'BW410') {
    return new Refusal('stale_policy', 'Documents came to new places just now. Try again.', {
      cause,
    });
  }
  // A table was migrated since this request read the definitions. The next one reads them anew.
  if (code === '42703' || (code === '0A000' && message.startsWith('cached plan'))) {
    return new Refusal('stale_policy', 'This doctype was changed just now. Try again.', { cause });
  }
  if (code === '42501') return new Refusal('forbidden', 'This is not permitted.', { cause });
  if (code === '57014') {
    return new Refusal('unavailable', 'This took too long and was stopped.', { cause });
  }
  if (UNREACHABLE.test(code) || NOT_CONNECTED.test(message)) return unreachable(cause);
  return error;
}

function unreachable(cause: Error): Refusal {
  const message = 'The database cannot be reached. Try again shortly.';
  return new Refusal('unavailable', message, { cause });
}

/** Unique indexes are called `TABLE_HASH__FIELD`; a trigger of ours says `name` itself. */
function fieldOf(constraint: string | undefined): string {
  return /_[0-9a-f]{8}__(.+)$/.exec(constraint ?? '')?.[1] ?? 'name';
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
