/** Lets one statement fail in PostgreSQL itself, whichever of an operation it is. */
import { Batch } from '../../src/store/batch.ts';
import type { Statement } from '../../src/store/statement.ts';

/** 22012 division_by_zero: nothing that anybody would handle, or try again. */
const FAILS: Statement = { text: 'select 1 / $1::int', values: ['0'] };

/** Work aside from the operation, for which it does not wait. */
const ASIDE = 'sys.keep_access';

let left = Number.POSITIVE_INFINITY;
let failed: string | null = null;
let isWatching = false;

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  const { submit } = Batch.prototype;
  Batch.prototype.submit = function (connection) {
    const held = this as unknown as { statements: readonly Statement[] };
    if (!held.statements.some(({ text }) => text.includes(ASIDE))) {
      held.statements = held.statements.map((statement) => {
        left -= 1;
        if (left !== 0) return statement;
        failed = statement.text;
        return FAILS;
      });
    }
    return submit.call(this, connection);
  };
}

/**
 * Runs `work` with its n-th statement, from 1 and BEGIN and COMMIT among them, failing. Gives the
 * text of that statement, null where there were not so many, and what was thrown.
 */
export async function withFailing(
  n: number,
  work: () => Promise<unknown>,
): Promise<{ readonly statement: string | null; readonly error: unknown }> {
  watch();
  left = n;
  failed = null;
  const error = await work().then(
    () => null,
    (reason: unknown) => reason,
  );
  left = Number.POSITIVE_INFINITY;
  return { statement: failed, error };
}
