/** Errors on the wire: RFC 9457 problem documents, with what Frappe's clients read beside it. */
import { STATUS_CODES } from 'node:http';
import { type ErrorCode, Refusal } from '../base/errors.ts';

/** The name Frappe's clients know for each status. */
const EXCEPTION: Readonly<Record<number, string>> = {
  400: 'ValidationError',
  401: 'AuthenticationError',
  403: 'PermissionError',
  404: 'DoesNotExistError',
  409: 'DuplicateEntryError',
  417: 'ValidationError',
  422: 'ValidationError',
  428: 'TimestampMismatchError',
  429: 'RateLimitExceededError',
};

/**
 * When to come again where the refusal does not say, as it passes by itself or by the operator's
 * doing. RFC 9110, 10.2.3.
 */
const RETRY_AFTER_SECONDS: Partial<Readonly<Record<ErrorCode, number>>> = {
  stale_policy: 1,
  unavailable: 2,
  storage_full: 10,
};

/** Seconds after which to ask again; null where it would be for nothing. */
export function retryAfterOf(error: unknown): number | null {
  if (!(error instanceof Refusal)) return null;
  return error.retryAfterSeconds ?? RETRY_AFTER_SECONDS[error.code] ?? null;
}

export type Problem = {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly request_id: string;
  readonly errors?: readonly { field: string; code: string; detail: string }[];
  readonly message: string;
  readonly exc_type: string;
};

/** The problem document of an error. Anything but a `Refusal` is a bug and says nothing. */
export function problemOf(error: unknown, requestId: string): Problem {
  const refusal =
    error instanceof Refusal
      ? error
      : new Refusal('internal', 'Something went wrong here. It was recorded.', { cause: error });
  return {
    type: 'about:blank',
    // RFC 9457, 4.2.1: of `about:blank` the title is the status's own phrase.
    title: STATUS_CODES[refusal.status] ?? '',
    status: refusal.status,
    code: refusal.code,
    detail: refusal.message,
    request_id: requestId,
    ...(refusal.errors.length > 0 ? { errors: refusal.errors } : {}),
    message: refusal.message,
    exc_type: EXCEPTION[refusal.status] ?? 'ValidationError',
  };
}
