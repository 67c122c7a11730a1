/**
 * The statement that is sent: the person's own text as a subquery, with each doctype it names put
 * before it as a `with` of exactly the columns that the person may know of. A column whose level is
 * open to them nowhere, a doctype that they may not report on and one that does not exist are
 * thereby the same to PostgreSQL: not there.
 */
import { LIMITS } from '../../base/limits.ts';
import { identifier } from '../identifier.ts';

/** A doctype as a report may name it, with the columns of its view that are shown. */
export type ReportRelation = {
  /** As the statement writes it. */
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
};

/** Wraps a statement that passed `readReport`. One row more than may come tells of too many. */
export function reportStatement(text: string, relations: readonly ReportRelation[]): string {
  const named = relations.map(({ name, table, columns }) => {
    const list = columns.map(identifier).join(', ');
    return `${anyName(name)} as not materialized (select ${list} from reports.${identifier(table)})`;
  });
  const before = named.length > 0 ? `with ${named.join(',\n')}\n` : '';
  return `${before}select r.* from (
select q.* from (
${text}
) q limit ${LIMITS.reportRows + 1}
) r where ticket.fits(r::text, ${LIMITS.reportRowBytes})`;
}

/** The person's own spelling of a doctype's name, which may be any text. */
function anyName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
