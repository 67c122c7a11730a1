/** Columns of a question that lie behind links, or in rows, and the joins that bring them. */
import type { Parameters } from './statement.ts';
import type { Child, Column, Table } from './table.ts';
import { rowsOf, type Where, whereToSql } from './where.ts';

/** `key` says which join it is among those of one document: the same key, the same join. */
export type PathStep =
  /** To the one document that a link names, where it meets the condition. */
  | {
      readonly kind: 'link';
      readonly key: string;
      readonly link: Column;
      readonly to: Table;
      readonly reach: Where;
    }
  /** To the rows of a table field that meet the condition: once for each of them. */
  | { readonly kind: 'rows'; readonly key: string; readonly child: Child; readonly where: Where };

/** A column, and the steps that lead to it from the document. */
export type ColumnPath = { readonly steps: readonly PathStep[]; readonly column: Column };

type Join = {
  readonly number: number;
  /** What the joined table's key is compared with. */
  readonly on: string;
  readonly step: PathStep;
  /** Columns that are brought, in the order of their first use. */
  readonly columns: string[];
};

/**
 * The joins of one statement on a document's table. What they bring has names with a dot in them,
 * which no column has, so that the document's own columns need no qualification.
 */
export class Joins {
  private readonly table: Table;
  private readonly me: string;
  private readonly parameters: Parameters;
  private readonly joins = new Map<string, Join>();

  constructor(table: Table, me: string, parameters: Parameters) {
    this.table = table;
    this.me = me;
    this.parameters = parameters;
  }

  /** The path's value; blank where a link leads nowhere that meets its condition. */
  value({ steps, column }: ColumnPath): string {
    return this.column(steps, column.sql);
  }

  /**
   * True where the path's value is the value of a document, or blank since a link is; false where a
   * link names a document that does not meet its condition.
   */
  isKnown({ steps }: ColumnPath): string {
    const cases = steps.flatMap((step, index) => {
      if (step.kind === 'rows') return [];
      const link = this.column(steps.slice(0, index), step.link.sql);
      const key = keyOf(this.join(steps.slice(0, index + 1)));
      return [`when ${link} is null then true when ${key} is null then false`];
    });
    return cases.length === 0 ? 'true' : `case ${cases.join(' ')} else true end`;
  }

  /** What follows the document's table in `from`, once all values have been named. */
  sql(): string {
    return [...this.joins.values()].map((join) => this.joinSql(join)).join('');
  }

  private column(steps: readonly PathStep[], sql: string): string {
    if (steps.length === 0) return sql;
    const join = this.join(steps);
    if (!join.columns.includes(sql)) join.columns.push(sql);
    return named(join, join.columns.indexOf(sql));
  }

  private join(steps: readonly PathStep[]): Join {
    const key = JSON.stringify(steps.map((step) => step.key));
    const known = this.joins.get(key);
    if (known) return known;
    const before = steps.slice(0, -1);
    const step = steps.at(-1) as PathStep;
    // Rows hang on the document itself: a table field behind a link is nothing one can name.
    const on = step.kind === 'rows' ? 'id' : this.column(before, step.link.sql);
    const join = { number: this.joins.size + 1, on, step, columns: [] };
    this.joins.set(key, join);
    return join;
  }

  private joinSql(join: Join): string {
    const { step, on, number } = join;
    const columns = join.columns.map((sql, index) => `${sql} as ${named(join, index)}`);
    const key = keyOf(join);
    if (step.kind === 'rows') {
      const rows = rowsOf(step.child, this.table, this.parameters);
      const list = [`parent_id as ${key}`, ...columns].join(', ');
      const met = whereToSql(step.where, step.child.table, this.me, this.parameters);
      return ` join (select ${list} from ${rows} and ${met}) j${number} on ${key} = ${on}`;
    }
    const reach = whereToSql(step.reach, step.to, this.me, this.parameters);
    const list = [`name as ${key}`, ...columns].join(', ');
    return ` left join (select ${list} from ${step.to.sql} where ${reach}) j${number} on ${key} = ${on}`;
  }
}

function keyOf({ number }: Join): string {
  return `"${number}.key"`;
}

function named({ number }: Join, index: number): string {
  return `"${number}.${index}"`;
}
