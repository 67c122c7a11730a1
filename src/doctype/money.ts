/**
 * Money between the wire and the column: a JSON number with at most four decimals outside, an
 * integer scaled by 10^4 inside.
 */

/** Decimals kept of an amount. */
export const MONEY_DECIMALS = 4;

/** Exclusive limit of a scaled amount: up to here a JSON number holds every scaled integer. */
const SCALED_LIMIT = 2n ** 53n;

const PLAIN_DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,4}))?$/;

/**
 * The scaled amount of a JSON number, or of text such as `12.50`; null for anything else.
 *
 * A number is read by its shortest decimal form, which is what its sender wrote, so `0.1` is
 * 1000 and not what the double nearest to it comes to. Refused: more than four decimals, any
 * exponent, |amount| ≥ 2^53 / 10^4, and an amount so large that its decimals would not survive
 * the way back (above 2^39 a double cannot tell all four apart).
 */
export function parseMoney(input: unknown): bigint | null {
  if (typeof input !== 'number' && typeof input !== 'string') return null;
  // Infinity, NaN and exponents do not look like a plain decimal, so the pattern refuses them.
  const parts = PLAIN_DECIMAL.exec(String(input));
  if (parts === null) return null;
  const [, sign = '', whole = '', fraction = ''] = parts;
  const size = BigInt(whole + fraction.padEnd(MONEY_DECIMALS, '0'));
  const scaled = sign === '-' ? -size : size;
  if (size >= SCALED_LIMIT) return null;
  return typeof input === 'string' && !survives(scaled) ? null : scaled;
}

/** The scaled amount as a decimal without trailing zeros: `-12.5`. */
export function moneyText(scaled: bigint): string {
  const size = (scaled < 0n ? -scaled : scaled).toString().padStart(MONEY_DECIMALS + 1, '0');
  const fraction = size.slice(-MONEY_DECIMALS).replace(/0+$/, '');
  const whole = size.slice(0, -MONEY_DECIMALS);
  return `${scaled < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The JSON number for a scaled amount: exact for whatever `parseMoney` accepts, else nearest. */
export function renderMoney(scaled: bigint): number {
  return Number(moneyText(scaled));
}

function survives(scaled: bigint): boolean {
  return String(renderMoney(scaled)) === moneyText(scaled);
}
