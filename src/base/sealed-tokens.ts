/** Tokens whose position nobody can read on the way: it may hold what only its reader may know. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import type { BoundTokens } from './bound-tokens.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Positions are filled up to a multiple of this, so that their length says little. */
const BLOCK_BYTES = 64;

/**
 * AES-256-GCM (NIST SP 800-38D) under a key derived from the installation's own (RFC 5869), with
 * what the token is bound to as associated data. The nonce is an HMAC of both, as in SIV modes
 * (RFC 5297): the same position is the same token, and no nonce serves two positions. Positions are
 * JSON, which blanks at the end do not change.
 */
export function sealedTokens(fieldKey: string): BoundTokens {
  // As an object, since bytes would be made one of again for each token.
  const derived = (use: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', fieldKey, '', use, 32)));
  const key = derived('bailiwick sealed positions');
  const nonceKey = derived('bailiwick nonces of sealed positions');
  return {
    make: (position, bound) => {
      const text = Buffer.from(position);
      const size = Math.ceil(text.length / BLOCK_BYTES) * BLOCK_BYTES;
      const padded = Buffer.concat([text, Buffer.alloc(size - text.length, ' ')]);
      const said = JSON.stringify([position, bound]);
      const nonce = createHmac('sha256', nonceKey).update(said).digest().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
      const sealed = Buffer.concat([nonce, cipher.update(padded), cipher.final()]);
      return Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url');
    },
    read: (token, bound) => {
      const bytes = Buffer.from(token, 'base64url');
      // A second spelling of the same bytes is not taken either.
      if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== token) {
        return null;
      }
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(bound)).setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        const padded = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
        return Buffer.concat([padded, decipher.final()]).toString().trimEnd();
      } catch {
        return null;
      }
    },
  };
}
