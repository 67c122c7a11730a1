/**
 * Compiles a filter to SQL: the second of its two interpreters. Every constant becomes a
 * parameter; fields become columns of the table or are a bug, since callers check them first.
 */
import { type Filter, fieldsOf, type Scalar } from '../authz/index.ts';
import { parseMoney } from '../doctype/money.ts';
import { ARRAY_TYPE, toSql } from './column.ts';
import { columnOf } from './sql-column.ts';
import type { Parameter, Parameters } from './statement.ts';
import type { Column, Table } from './table.ts';

/** The condition as an SQL expression that is true or not; `me` stands for `$me`. */
export function filterToSql(
  filter: Filter,
  table: Table,
  me: string,
  parameters: Parameters,
): string {
  const compile = (node: Filter): string => {
    switch (node.kind) {
      case 'always':
        return 'true';
      case 'never':
        return 'false';
      case 'every':
        return node.of.length === 0 ? 'true' : `(${node.of.map(compile).join(' and ')})`;
      case 'some':
        return node.of.length === 0 ? 'false' : `(${node.of.map(compile).join(' or ')})`;
      case 'not':
        // Not `not (…)`: a comparison with a blank is unknown to SQL, and false to us.
        return `(${compile(node.of)}) is not true`;
      case 'blank':
        return `${columnOf(table, node.field).sql} is null`;
      case 'is-me':
        return `${columnOf(table, node.field).sql} = ${parameters.add(me)}`;
      case 'one-of':
        return oneOf(columnOf(table, node.field), node.values, parameters);
      case 'like':
        // Columns compare by code point; letters of either case match only by the default's rules.
        return `${columnOf(table, node.field).sql} collate "default" ilike ${parameters.add(likePattern(node.pattern))}`;
      case 'compare': {
        const column = columnOf(table, node.field);
        return `${column.sql} ${node.op} ${parameters.add(constant(column, node.value))}`;
      }
      case 'rows':
        return everyRow(node, table, me, parameters);
    }
  };
  return compile(filter);
}

/**
 * What a document says of its rows stands beside it, and the database keeps it true: that is read,
 * and not the rows, each of which would be asked for its policy. Of nothing it holds for nothing.
 */
function everyRow(
  { table: field, of }: Extract<Filter, { kind: 'rows' }>,
  parent: Table,
  me: string,
  parameters: Parameters,
): string {
  const child = parent.children.find((one) => one.field.fieldname === field);
  const [column, ...more] = fieldsOf(of);
  const carrier = child?.dimensions.find(({ name }) => name === column);
  if (!child || !carrier || more.length > 0) {
    throw new Error(`${parent.doctype.name} does not say this of its rows ${field}`);
  }
  const path = parameters.add(`${field}.${carrier.name}`);
  return (
    `coalesce((select bool_and((${filterToSql(of, child.table, me, parameters)}) is true) ` +
    `from (select value collate "C" as ${carrier.sql} from ` +
    `jsonb_array_elements_text(${parent.sql}.child_dimensions -> ${path}::text)) r), false)`
  );
}

/** PostgreSQL refuses a pattern whose last character says to take the next one as it is. */
function likePattern(pattern: string): string {
  const [slashes = ''] = /\\*$/.exec(pattern) ?? [];
  return slashes.length % 2 === 1 ? pattern.slice(0, -1) : pattern;
}

function oneOf(column: Column, values: readonly Scalar[], parameters: Parameters): string {
  const constants = values.map((value) => constant(column, value));
  const [only] = constants;
  if (constants.length === 1 && only !== undefined) {
    return `${column.sql} = ${parameters.add(only)}`;
  }
  const array = parameters.add(constants.map(String));
  return `${column.sql} = any (${array}::${ARRAY_TYPE[column.type]})`;
}

/** Constants come in the form of the wire, checked; amounts are kept as whole numbers. */
function constant(column: Column, value: Scalar): Parameter {
  if (column.type !== 'money') return value;
  const scaled = parseMoney(value);
  if (scaled === null) throw new Error(`${column.name} is compared with what is no amount`);
  return toSql(scaled);
}
