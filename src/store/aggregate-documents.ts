/** Statements that group documents and measure the groups. Every sum is exact. */
import { cellCondition, dividedByCells } from './cell-set.ts';
import { type ColumnPath, Joins } from './column-path.ts';
import { Parameters, type Statement } from './statement.ts';
import type { Table } from './table.ts';
import { type Where, whereToSql } from './where.ts';

/** The first day of a period stands for all of its days. Weeks begin on Monday (ISO 8601). */
export type Period = 'day' | 'week' | 'month' | 'quarter' | 'year';

export type MeasureFunction = 'sum' | 'count' | 'count_distinct' | 'min' | 'max' | 'avg';

export type GroupKey = { readonly path: ColumnPath; readonly by: Period | null };

/**
 * Only `count` goes without a path: it counts documents then, or their rows where any path leads to
 * rows; with one, values.
 */
export type Measure = { readonly fn: MeasureFunction; readonly path: ColumnPath | null };

export type AggregateQuery = {
  readonly table: Table;
  readonly groups: readonly GroupKey[];
  readonly measures: readonly Measure[];
  readonly where: Where;
  readonly me: string;
  /** Names cells instead of values, where they are known: for `Store.read` only. */
  readonly byCells?: boolean;
  /** Groups that are read at most. */
  readonly limit: number;
};

/**
 * One row for each group, in the order of its keys: the keys, then the measures. Without keys, one
 * row for all that the condition reaches, nothing included. What is grouped and measured is
 * computed on rows that policies and condition have let through, and on no other.
 */
export function selectAggregate(query: AggregateQuery): Statement {
  const { table, groups, measures, me, limit } = query;
  const parameters = new Parameters();
  const { cells, rest } = query.byCells
    ? dividedByCells(query.where, table, me)
    : { cells: null, rest: query.where };
  const condition = [
    whereToSql(rest, table, me, parameters),
    ...(cells ? [cellCondition(cells, table, parameters)] : []),
  ].join(' and ');
  const joins = new Joins(table, me, parameters);
  const keys = groups.map(({ path, by }) => keySql(joins.value(path), by));
  const values = measures.map((one) => measureSql(one, one.path && joins.value(one.path)));
  const places = keys.map((_, index) => index + 1).join(', ');
  const grouping = groups.length === 0 ? '' : ` group by ${places} order by ${places}`;
  const paths = [...groups, ...measures].flatMap(({ path }) => path ?? []);
  // A value that is not known is no blank: what it would belong to is left out, as by a filter.
  const known = [...new Set(paths.map((path) => joins.isKnown(path)))];
  const text =
    `select ${[...keys, ...values].join(', ')} from ${table.sql}${joins.sql()} ` +
    `where ${[condition, ...known].join(' and ')}${grouping} limit ${limit}`;
  return { text, values: parameters.values };
}

function keySql(value: string, by: Period | null): string {
  if (by === null) return value;
  // By way of a timestamp without zone: the session's zone must not move a date.
  return by === 'day' ? `${value}::date` : `date_trunc('${by}', ${value}::timestamp)::date`;
}

/**
 * Whole numbers and amounts add up as whole numbers of any size, decimals as the decimal numbers of
 * 15 digits that they stand for, so that their order changes nothing. Averages are rounded half
 * away from zero: amounts to the ten-thousandth that they are kept in, others to four decimals.
 */
function measureSql({ fn, path }: Measure, value: string | null): string {
  if (path === null || value === null) return 'count(*)';
  const { type } = path.column;
  const exact = type === 'double' ? `${value}::numeric` : value;
  switch (fn) {
    case 'count':
      return `count(${value})`;
    case 'count_distinct':
      return `count(distinct ${value})`;
    case 'sum':
      return `sum(${exact})`;
    case 'avg':
      return `round(sum(${exact})::numeric / count(${value}), ${type === 'money' ? 0 : 4})`;
    default:
      return `${fn}(${value})`;
  }
}
