/**
 * Errors as an API: a closed list of stable codes, each with its HTTP status. A door turns one
 * into its own form; anything else that is thrown is a bug and becomes `internal`.
 */

export const ERROR_STATUS = {
  bad_value: 400,
  unknown_field: 400,
  unknown_parameter: 400,
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  self_gain: 403,
  outside_authority: 403,
  approval_required: 403,
  not_found: 404,
  unknown_doctype: 404,
  method_not_allowed: 405,
  duplicate: 409,
  not_empty: 409,
  in_use: 409,
  linked: 409,
  submitted: 409,
  version_conflict: 409,
  request_in_flight: 409,
  too_large: 413,
  unsupported_media_type: 415,
  invalid_document: 422,
  damaged_backup: 422,
  newer_version: 422,
  wrong_key: 422,
  link_not_found: 422,
  key_reused: 422,
  version_required: 428,
  too_many_requests: 429,
  internal: 500,
  stale_policy: 503,
  unavailable: 503,
  storage_full: 507,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** What is wrong with one field of a document. */
export type FieldError = {
  readonly field: string;
  readonly code: ErrorCode;
  readonly detail: string;
};

/**
 * A refusal that its caller can act on. `message` says what to do, names domain words only, and
 * never whether something hidden exists.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ErrorCode;
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(
    code: ErrorCode,
    message: string,
    more: { errors?: readonly FieldError[]; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.status = ERROR_STATUS[code];
    this.errors = more.errors ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
  }
}

/** The one answer for a document that is hidden and for one that is missing. */
export function notFound(doctype: string, name: string): Refusal {
  return new Refusal('not_found', `${doctype} \`${name}\` was not found.`);
}

/** The one answer for a doctype that is not visible and for one that does not exist. */
export function unknownDoctype(doctype: string): Refusal {
  return new Refusal('unknown_doctype', `There is no doctype \`${doctype}\`.`);
}
