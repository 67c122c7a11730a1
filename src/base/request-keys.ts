/**
 * Keys of requests that may be sent again, as they are kept: hashes under a key of the
 * installation, from which nobody guesses what a request said.
 *
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
import { createHmac, hkdfSync } from 'node:crypto';
import { Refusal } from './errors.ts';

/** What a request is known by when it comes again. */
export type RequestKey = {
  /** Of the route and the key that its sender gave it. */
  readonly key: Buffer;
  /** Of everything it says: the same key with another digest is a mistake. */
  readonly digest: Buffer;
};

/** What a request says, as far as it decides what is done. */
export type SaidRequest = {
  /** Method and path as declared, such as `PUT /api/resource/:doctype/:name`. */
  readonly route: string;
  readonly url: string;
  readonly ifMatch: string | null;
  readonly body: unknown;
};

/** Makes a request's key; throws `bad_value` for a header that is none. */
export type RequestKeys = (header: string, said: SaidRequest) => RequestKey;

/** An Item of RFC 8941 that is a String: what the draft asks for. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])+)"$/;
/** As many clients send it: the same without quotes. */
const BARE = /^[!#-+\--~]+$/;
const CHARACTERS_MAX = 255;

/** Keys under one derived from the installation's own (RFC 5869). */
export function requestKeys(fieldKey: string): RequestKeys {
  const secret = Buffer.from(hkdfSync('sha256', fieldKey, '', 'bailiwick request keys', 32));
  const hashed = (parts: readonly unknown[]): Buffer =>
    createHmac('sha256', secret).update(JSON.stringify(parts)).digest();
  return (header, { route, url, ifMatch, body }) => {
    const key = spelled(header);
    return {
      key: hashed(['key', route, key]),
      digest: hashed(['request', route, url, ifMatch, ordered(body)]),
    };
  };
}

function spelled(header: string): string {
  const text = header.trim();
  const quoted = QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
  const key = quoted ?? (BARE.test(text) ? text : '');
  if (key !== '' && key.length <= CHARACTERS_MAX) return key;
  throw new Refusal(
    'bad_value',
    `Idempotency-Key takes one text of at most ${CHARACTERS_MAX} printable characters.`,
  );
}

/** JSON says the same in whatever order an object's members stand. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => [name, ordered(member)]);
}
