/** Unguessable values, from the operating system's source. */
import { createHash, randomBytes } from 'node:crypto';

/** A URL-safe secret of the given number of random bytes. */
export function randomSecret(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/** A short random id for names and requests: lower-case letters and digits, 50 bits for 10. */
export function randomId(characters = 10): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  return Array.from(randomBytes(characters), (byte) => alphabet[byte & 31]).join('');
}

/** SHA-256 of a secret that is itself random, for storing and finding it. */
export function fingerprint(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}
