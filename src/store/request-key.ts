/** Requests that are sent again: found by their key inside the transaction that would do them. */
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import type { RequestKey } from '../base/request-keys.ts';
import type { Result, Statement } from './statement.ts';

/** A document that a request wrote, by its name; what it says is never kept. */
export type WrittenDocument = { readonly doctype: string; readonly name: string };

/** Thrown where the request was done before: nothing of it is done again. */
export class AlreadyDone extends Error {
  readonly documents: readonly WrittenDocument[];

  constructor(documents: readonly WrittenDocument[]) {
    super('this request was done before');
    this.documents = documents;
  }
}

/** Takes the key until the transaction ends. A statement after an opening. */
export function beginRequest({ key }: RequestKey): Statement {
  return {
    text: `select r.taken, encode(r.digest, 'hex'), r.documents from sys.begin_request($1) r`,
    values: [key],
  };
}

/**
 * Passes where the request is new. Throws `AlreadyDone`, `request_in_flight` while it is being
 * done, and `key_reused` where its key was used for another.
 */
export function requireNew({ digest }: RequestKey, result: Result | undefined): void {
  const [taken, known, documents] = result?.rows[0] ?? [];
  if (taken !== 't') {
    const detail = 'A request with this Idempotency-Key is being done. Try again shortly.';
    throw new Refusal('request_in_flight', detail, { retryAfterSeconds: 1 });
  }
  if (known === null || known === undefined) return;
  if (known !== digest.toString('hex')) {
    const detail = 'This Idempotency-Key was sent with another request. Use a new one for each.';
    throw new Refusal('key_reused', detail);
  }
  throw new AlreadyDone(JSON.parse(String(documents)) as WrittenDocument[]);
}

/** Keeps what the request did, in the transaction that did it. */
export function endRequest(
  { key, digest }: RequestKey,
  documents: readonly WrittenDocument[],
): Statement {
  return {
    text: 'select sys.end_request($1, $2, $3, $4)',
    values: [key, digest, JSON.stringify(documents), LIMITS.requestKeyHours],
  };
}
