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

/** How a write finds out whether it was done before, and keeps that it was done now. */
export type Once = {
  /** Takes it for the transaction. A statement after an opening. */
  readonly begin: Statement;
  /** Throws `AlreadyDone`, or `request_in_flight` while another transaction does it. */
  readonly requireNew: (begun: Result | undefined) => void;
  /** Keeps which documents were written, in the transaction that wrote them. */
  readonly end: (documents: readonly WrittenDocument[]) => Statement;
};

/** Once for each key; `key_reused` where it was used for another request. */
export function onceByKey({ key, digest }: RequestKey): Once {
  return {
    begin: {
      text: `select r.taken, encode(r.digest, 'hex'), r.documents from sys.begin_request($1) r`,
      values: [key],
    },
    requireNew: (begun) => {
      const [taken, known, documents] = begun?.rows[0] ?? [];
      if (taken !== 't') throw inFlight();
      if (known === null || known === undefined) return;
      if (known !== digest.toString('hex')) {
        const detail =
          'This Idempotency-Key was sent with another request. Use a new one for each.';
        throw new Refusal('key_reused', detail);
      }
      throw doneWith(documents);
    },
    end: (documents) => ({
      text: 'select sys.end_request($1, $2, $3, $4)',
      values: [key, digest, JSON.stringify(documents), LIMITS.requestKeyHours],
    }),
  };
}

export function inFlight(): Refusal {
  const detail = 'The same is being done at this moment. Try again shortly.';
  return new Refusal('request_in_flight', detail, { retryAfterSeconds: 1 });
}

/** What the database kept of one that was done. */
export function doneWith(documents: string | null | undefined): AlreadyDone {
  return new AlreadyDone(JSON.parse(String(documents)) as WrittenDocument[]);
}
