/** Counters of naming series. A number is given once; a rolled back document gives its back. */
import type { Statement } from './statement.ts';

/** Takes so many numbers that follow each other, and answers with the last of them. */
export function nextInSeries(prefix: string, count: number): Statement {
  return {
    text: `insert into sys.series as s (prefix, current) values ($1, $2)
      on conflict (prefix) do update set current = s.current + $2 returning current`,
    values: [prefix, count],
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
