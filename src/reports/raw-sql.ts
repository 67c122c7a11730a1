/**
 * Raw SQL for reports: a person's own `select` over the doctypes that they may report on.
 *
 * Who may is decided as everywhere: action `report` on every doctype named. Which rows and values
 * come is decided by the database, under a login that sees nothing without a ticket for that
 * person and that statement.
 */
import { append } from '../audit/append.ts';
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { auditSubject } from '../identity/audit-subject.ts';
import type { Caller } from '../identity/caller.ts';
import { readReport } from '../store/raw-sql/read-report.ts';
import { reportStatement } from '../store/raw-sql/report-statement.ts';
import { digestOf } from '../store/raw-sql/ticket.ts';
import type { Row } from '../store/statement.ts';
import type { Moment, Store } from '../store/store.ts';
import { type OpenDoctype, openDoctypes, requireColumns } from './open-doctypes.ts';

export type RawReport = {
  /** SHA-256 of the statement as it was given, by which the audit log knows it. */
  readonly digest: string;
  readonly doctypes: readonly string[];
  readonly columns: readonly string[];
  /** Values as PostgreSQL writes them; null is blank, or closed to the caller on that row. */
  readonly rows: readonly Row[];
  /** Fields that are open to the caller on some documents only: elsewhere they are null. */
  readonly closed_somewhere: readonly { readonly doctype: string; readonly fields: string[] }[];
};

export class Reports {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /**
   * Runs one statement of raw SQL as the caller. It is complete or an error: more rows or bytes
   * than the limits allow are refused, and nothing is cut. What was asked is audited before the
   * answer leaves, by digest, doctypes and number of rows, and refusals are.
   * @throws Refusal `bad_value`, `unknown_doctype`, `forbidden`, `too_large`, `unavailable`,
   * `stale_policy`, `unauthenticated`
   */
  async rawSql(caller: Caller, text: string): Promise<RawReport> {
    const digest = digestOf(text);
    let doctypes: readonly OpenDoctype[] = [];
    try {
      const read = readReport(text);
      const plan = (moment: Moment): string => {
        doctypes = openDoctypes(moment, caller.principal, read.relations);
        requireColumns(doctypes, read.behindDots);
        return reportStatement(read.text, doctypes);
      };
      const { credential, principal } = caller;
      const { ownBehindDots: own } = read;
      const { columns, rows } = await this.store.query(credential, principal.id, plan, own);
      if (rows.length > LIMITS.reportRows) {
        throw new Refusal('too_large', `A report has at most ${LIMITS.reportRows} rows.`);
      }
      await this.note(caller, null, { digest, doctypes: namesOf(doctypes), rows: rows.length });
      return {
        digest,
        doctypes: namesOf(doctypes),
        columns: columns.map(({ name }) => name),
        rows,
        closed_somewhere: doctypes
          .filter(({ closedSomewhere }) => closedSomewhere.length > 0)
          .map(({ doctype, closedSomewhere }) => ({ doctype, fields: [...closedSomewhere] })),
      };
    } catch (error) {
      if (error instanceof Refusal && error.status < 500 && error.code !== 'unauthenticated') {
        await this.note(caller, error.code, { digest, doctypes: namesOf(doctypes) });
      }
      throw error;
    }
  }

  private async note(
    caller: Caller,
    code: string | null,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const outcome = code === null ? 'allowed' : 'refused';
    await append(this.store, caller.credential, auditSubject(caller), [
      { action: 'report', doctype: null, name: null, outcome, code, detail },
    ]);
  }
}

function namesOf(doctypes: readonly OpenDoctype[]): string[] {
  return [...new Set(doctypes.map(({ doctype }) => doctype))];
}
