/** Counters of naming series. A number is given once; a rolled back document gives its back. */
import type { Statement } from './statement.ts';

export function nextInSeries(prefix: string): Statement {
  return {
    text: `insert into sys.series as s (prefix, current) values ($1, 1)
      on conflict (prefix) do update set current = s.current + 1 returning current`,
    values: [prefix],
  };
}

/** Raises a counter to at least this number, after documents came in with names of their own. */
export function raiseSeries(prefix: string, least: number): Statement {
  return {
    text: `insert into sys.series as s (prefix, current) values ($1, $2)
      on conflict (prefix) do update set current = greatest(s.current, excluded.current)`,
    values: [prefix, least],
  };
}
