/** What somebody may ask of a new token of theirs. */
import { isIP } from 'node:net';
import { type Ceiling, isAction, isVisible } from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import { isStorableText } from '../doctype/plain-data.ts';
import type { Moment } from '../store/store.ts';
import type { Caller } from './caller.ts';

export type TokenRequest = {
  readonly label: string;
  /** `YYYY-MM-DD HH:MM:SS.ffffff` UTC; null for no end. */
  readonly expires: string | null;
  readonly ceiling: Omit<Ceiling, 'name'> | null;
  /** The addresses it may be used from, as `10.0.0.0/8` or one address; null for any. */
  readonly cidr: string | null;
};

/**
 * Throws `bad_value` for whatever would not limit as it says: a ceiling that names no known
 * action, or a dimension that no doctype of the person's carries, would narrow nothing. A token
 * whose end has come is refused too: who asks for one has mistaken the day or the time zone.
 */
export function checkToken(caller: Caller, request: TokenRequest, moment: Moment): void {
  const { label, expires, ceiling, cidr } = request;
  const texts = [
    label,
    ...(ceiling?.doctypes ?? []),
    ...(ceiling?.tools ?? []),
    ...(ceiling?.scope ?? []).map(({ value }) => value),
  ];
  if (!texts.every(isStorableText)) throw bad('label', 'and ceiling take plain text only.');
  if (expires !== null && expires <= canonicalNow()) throw bad('expires', 'lies in the past.');
  if (cidr !== null && !isNetwork(cidr)) {
    throw bad('cidr', 'takes an address such as 192.0.2.7 or a network such as 10.0.0.0/8.');
  }
  const action = ceiling?.actions?.find((one) => !isAction(one));
  if (action !== undefined) throw bad('ceiling', `names no action: \`${action}\`.`);
  const known = dimensionsOf(caller, moment);
  const stray = ceiling?.scope?.find(({ dimension }) => !known.has(dimension));
  if (stray) throw bad('ceiling', `names no dimension of yours: \`${stray.dimension}\`.`);
}

/** This moment in the form of `expires`, in which text compares as time does. */
function canonicalNow(): string {
  return `${new Date().toISOString().slice(0, -1).replace('T', ' ')}000`;
}

function dimensionsOf(caller: Caller, { policy, now }: Moment): ReadonlySet<string> {
  const dimensions = new Set<string>();
  for (const { name, paths } of policy.world.doctypes.values()) {
    if (!isVisible(policy.world, caller.principal, name, now)) continue;
    for (const { dimension } of paths) dimensions.add(dimension);
  }
  return dimensions;
}

/** IPv4 or IPv6, with or without the length of a prefix. A zone says nothing here. */
function isNetwork(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const version = address.includes('%') ? 0 : isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (length === undefined) return true;
  return /^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128);
}

function bad(field: string, detail: string): Refusal {
  const message = `\`${field}\` ${detail}`;
  return new Refusal('bad_value', message, {
    errors: [{ field, code: 'bad_value', detail: message }],
  });
}
