/** What comes after one row in an order: how a page goes on where the last one ended. */
import type { Parameters } from './statement.ts';

/** One term of an order. `mayBeBlank`: PostgreSQL puts blanks last, and first where it descends. */
export type OrderTerm = {
  readonly sql: string;
  readonly descending: boolean;
  readonly mayBeBlank: boolean;
};

/**
 * Holds for the rows after the one with these values, which are as PostgreSQL's text has them, one
 * for each term. No two rows are alike in all terms.
 */
export function afterRow(
  terms: readonly OrderTerm[],
  values: readonly (string | null)[],
  parameters: Parameters,
): string {
  const [first] = terms;
  if (first === undefined || terms.length !== values.length) {
    throw new Error('a row is known by one value for each term of its order');
  }
  const isPlain = terms.every((term) => !term.mayBeBlank && term.descending === first.descending);
  if (isPlain) {
    // In this form, an index on the terms is walked from here on.
    const columns = terms.map(({ sql }) => sql).join(', ');
    const constants = values.map((value) => parameters.add(value)).join(', ');
    return `(${columns}) ${first.descending ? '<' : '>'} (${constants})`;
  }
  return terms.reduceRight((further, term, index) => {
    const value = values[index] ?? null;
    const { after, same } = compared(term, value, parameters);
    return further === '' ? after : `(${after} or (${same} and ${further}))`;
  }, '');
}

function compared({ sql, descending }: OrderTerm, value: string | null, parameters: Parameters) {
  if (value === null) {
    return { after: descending ? `${sql} is not null` : 'false', same: `${sql} is null` };
  }
  const constant = parameters.add(value);
  return {
    after: descending ? `${sql} < ${constant}` : `(${sql} > ${constant} or ${sql} is null)`,
    same: `${sql} = ${constant}`,
  };
}
