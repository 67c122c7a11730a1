/** Passwords: argon2id with OWASP's parameters, and no way to see or set another's. */
import { hash, verify } from '@node-rs/argon2';
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';

/** @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes a new password. Throws `bad_value` where it is too short or too long. */
export async function hashPassword(password: string): Promise<string> {
  if (
    password.length < LIMITS.passwordCharactersMin ||
    password.length > LIMITS.passwordCharactersMax
  ) {
    const { passwordCharactersMin: min, passwordCharactersMax: max } = LIMITS;
    throw new Refusal('bad_value', `A password has ${min} to ${max} characters.`);
  }
  return await hash(password, PARAMETERS);
}

/** Of no password: so that an unknown user takes as long to refuse as a known one. */
const DECOY = hash('no password is this one', PARAMETERS);

/** True where the password is right; takes as long where there is no such user. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  if (password.length > LIMITS.passwordCharactersMax) return false;
  const matches = await verify(stored ?? (await DECOY), password);
  return matches && stored !== null;
}
