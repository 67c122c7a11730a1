/** Moments as scenarios tell them: by their distance from now. */
import type { Piece } from './piece.ts';

/** The moment at which every scenario happens: milliseconds since 1970 UTC. */
export const NOW = Date.UTC(2026, 10, 22, 12);

const HOUR_MS = 3_600_000;
const UNIT_MS: Readonly<Record<string, number>> = { hour: HOUR_MS, day: 24 * HOUR_MS };
const DISTANCE = /^(?:in (?<ahead>\d+)|(?<back>\d+)) (?<unit>hour|day)s?(?<ago> ago)?$/;

/** `now`, `2 days ago`, `in 3 hours`. Milliseconds since 1970 UTC. */
export function readMoment(piece: Piece): number {
  const text = piece.text();
  if (text === 'now') return NOW;
  const { ahead, back, unit = '', ago } = DISTANCE.exec(text)?.groups ?? {};
  const isWhole = ahead === undefined ? ago !== undefined : ago === undefined;
  const count = Number(ahead ?? back);
  if (!isWhole || Number.isNaN(count)) piece.fail('takes `now`, `2 days ago` or `in 3 hours`');
  return NOW + (ahead === undefined ? -count : count) * (UNIT_MS[unit] ?? 0);
}
