/** `X-Request-ID`: a client's own name for its request, sent back with the answer. */
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';

/** Visible ASCII, spaces within: nothing that a log or another program could take for more. */
const FORM = new RegExp(`^[!-~](?:[ -~]{0,${LIMITS.requestIdCharacters - 2}}[!-~])?$`);

/** What to send back; null where none came. Throws `malformed` for one that cannot be. */
export function requestIdOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  const id = String(header);
  if (FORM.test(id)) return id;
  const detail = `X-Request-ID takes 1 to ${LIMITS.requestIdCharacters} characters of ASCII.`;
  throw new Refusal('malformed', detail);
}
