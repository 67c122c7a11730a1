/** Unguessable values, from the operating system's source. */
import { hash, randomBytes, randomFillSync } from 'node:crypto';

/** A URL-safe secret of the given number of random bytes. */
export function randomSecret(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** A short random id for names and requests: lower-case letters and digits, 50 bits for 10. */
export function randomId(characters = 10): string {
  if (used + characters > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let id = '';
  for (const end = used + characters; used < end; used++) id += ALPHABET[(pool[used] ?? 0) & 31];
  return id;
}

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';

/** Random bytes for ids, fetched in bulk: a call for each would cost more than the id. */
const pool = new Uint8Array(4096);
let used = pool.length;

/** SHA-256 of a secret that is itself random, for storing and finding it. */
export function fingerprint(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}
