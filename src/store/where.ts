/**
 * Conditions of a question: what the kernel's filters say of a document, and beside it what is
 * asked of documents it links to and of its rows. Row-level security binds every table in them.
 */
import type { Filter } from '../authz/index.ts';
import { filterToSql } from './filter-to-sql.ts';
import { sqlColumn } from './sql-column.ts';
import type { Parameters } from './statement.ts';
import type { Child, Table } from './table.ts';

export type Where =
  | Filter
  | { readonly kind: 'all'; readonly of: readonly Where[] }
  | { readonly kind: 'any'; readonly of: readonly Where[] }
  /** The field links to a document that meets the condition; with `ofBlank`, or to none. */
  | {
      readonly kind: 'linked';
      readonly field: string;
      readonly to: Table;
      readonly where: Where;
      readonly ofBlank: boolean;
    }
  /** The document that the field names is one of these and meets the condition. */
  | {
      readonly kind: 'belongs';
      readonly field: string;
      readonly to: Table;
      readonly where: Where;
    }
  /** At least one row meets the condition. */
  | { readonly kind: 'some-row'; readonly child: Child; readonly where: Where };

/** The condition as an SQL expression that is true or not; `me` stands for `$me`. */
export function whereToSql(where: Where, table: Table, me: string, parameters: Parameters): string {
  const compile = (node: Where): string => whereToSql(node, table, me, parameters);
  switch (where.kind) {
    case 'all':
      return where.of.length === 0 ? 'true' : `(${where.of.map(compile).join(' and ')})`;
    case 'any':
      return where.of.length === 0 ? 'false' : `(${where.of.map(compile).join(' or ')})`;
    case 'linked': {
      const link = sqlColumn(table, where.field);
      const target = whereToSql(where.where, where.to, me, parameters);
      const met = `${link} in (select name from ${where.to.sql} where ${target})`;
      return where.ofBlank ? `(${met} or ${link} is null)` : met;
    }
    case 'belongs': {
      // Asked for the rows that are looked at: the table may have millions that nobody asks for.
      const { to } = where;
      const own = `${to.sql}.name = ${table.sql}.${sqlColumn(table, where.field)}`;
      const met = whereToSql(where.where, to, me, parameters);
      return `exists (select from ${to.sql} where ${own} and ${met})`;
    }
    case 'some-row': {
      const rows = rowsOf(where.child, table, parameters);
      return `id in (select parent_id from ${rows} and ${whereToSql(where.where, where.child.table, me, parameters)})`;
    }
    default:
      return filterToSql(where, table, me, parameters);
  }
}

/** The rows of one table field, as what follows `from`; more conditions may follow. */
export function rowsOf({ field, table: child }: Child, parent: Table, parameters: Parameters) {
  const [type, name] = [parameters.add(parent.doctype.name), parameters.add(field.fieldname)];
  return `${child.sql} where parenttype = ${type} and parentfield = ${name}`;
}
