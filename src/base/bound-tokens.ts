/** Tokens that carry a position through somebody else's hands, and hold for one request only. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

export type BoundTokens = {
  /** A token for the position, of use only together with what it is bound to. */
  readonly make: (position: string, bound: string) => string;
  /** The position, or null where the token was changed or belongs to something else. */
  readonly read: (token: string, bound: string) => string | null;
};

/**
 * Tokens under a key derived from the installation's own (RFC 5869): the position in base64url and
 * an HMAC (RFC 2104, SHA-256) over it and what it is bound to. The position can be read by whoever
 * holds the token, so it must be something that they were told anyway.
 */
export function boundTokens(fieldKey: string): BoundTokens {
  const key = Buffer.from(hkdfSync('sha256', fieldKey, '', 'bailiwick page tokens', 32));
  const make = (position: string, bound: string): string => {
    const mac = createHmac('sha256', key).update(JSON.stringify([position, bound]));
    return `${Buffer.from(position).toString('base64url')}.${mac.digest('base64url')}`;
  };
  return {
    make,
    read: (token, bound) => {
      const position = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
      const given = Buffer.from(token);
      const wanted = Buffer.from(make(position, bound));
      // As a whole, so that no second spelling of the same bytes is taken either.
      return given.length === wanted.length && timingSafeEqual(given, wanted) ? position : null;
    },
  };
}
