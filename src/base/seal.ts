/** Seals secrets before they reach the database: a backup or a look into a table shows nothing. */
import { createCipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';

/** Turns a secret into what may be stored. */
export type Seal = (secret: string) => string;

const NONCE_BYTES = 12;

/**
 * AES-256-GCM (NIST SP 800-38D) with a fresh random nonce for each value, under a key derived
 * from the installation's own (RFC 5869). The result is `sealed:1:` and base64url.
 */
export function sealWith(fieldKey: string): Seal {
  const key = createSecretKey(
    Buffer.from(hkdfSync('sha256', fieldKey, '', 'bailiwick secret fields', 32)),
  );
  return (secret) => {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final()]);
    return `sealed:1:${Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url')}`;
  };
}
