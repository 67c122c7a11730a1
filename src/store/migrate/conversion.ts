/** How stored values become those of another type of column, in SQL. */
import type { ColumnType } from '../../doctype/table-name.ts';
import { SQL_TYPE } from './doctype-table.ts';

type ToSql = (value: string) => string;

/** Of a text that is a number: nothing longer than a whole number that JSON can hold. */
const NUMBER = String.raw`'^[+-]?\d{1,11}(\.\d{1,4})?$'`;
const WHOLE = String.raw`'^[+-]?\d{1,15}$'`;
const DATE = String.raw`'^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$'`;

/** Those that may lose something, and so are only done where somebody asked for the field. */
const LOSSY: Readonly<Record<string, ToSql>> = {
  'text>bigint': (value) => `case when ${value} ~ ${WHOLE} then ${value}::bigint end`,
  'text>double': (value) => `case when ${value} ~ ${NUMBER} then ${value}::double precision end`,
  'text>money': (value) =>
    `case when ${value} ~ ${NUMBER} then (${value}::numeric * 10000)::bigint end`,
  'text>date': (value) => `case when ${value} ~ ${DATE} then ${value}::date end`,
  'bigint>money': (value) => `case when abs(${value}) < 100000000000 then ${value} * 10000 end`,
  'money>bigint': (value) => `round(${value}::numeric / 10000)::bigint`,
  'money>double': (value) => `(${value}::numeric / 10000)::double precision`,
  'double>bigint': (value) =>
    `case when abs(${value}) < 1e15 then round(${value}::numeric)::bigint end`,
  'timestamp>date': (value) => `${value}::date`,
};

/** The expression that turns a value of one type into the other. Throws where there is none. */
export function conversion(from: ColumnType, to: ColumnType, value: string): string {
  const lossy = LOSSY[`${from}>${to}`];
  if (lossy) return lossy(value);
  // An amount is kept as a whole number; as text it is what people read.
  if (from === 'money' && to === 'text') return `trim_scale(${value}::numeric / 10000)::text`;
  return `${value}::${SQL_TYPE[to].split(/ (?:collate|not) /)[0]}`;
}
