/** `sql`: a report in raw SQL. The report itself is audited; so is the use of the command. */
import type { SqlCommand } from '../cli/actions.ts';
import type { RawReport } from '../reports/raw-sql.ts';
import { noteUse } from './audit-use.ts';
import type { Root } from './system.ts';
import { withCaller } from './with-caller.ts';

/** Runs the statement as whoever asks, by their own grants. */
export async function sql(root: Root, { text, as }: SqlCommand): Promise<RawReport> {
  return await withCaller(root, as, async (system, caller) => {
    const report = await system.reports.rawSql(caller, text);
    const { digest, doctypes, rows } = report;
    await noteUse(system, caller, 'sql', { digest, doctypes, rows: rows.length });
    return report;
  });
}
