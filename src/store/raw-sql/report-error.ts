/** What PostgreSQL says of a person's own statement, in the system's codes. */
import { Refusal } from '../../base/errors.ts';
import { translateError } from '../database-error.ts';

type DatabaseError = Error & { code?: string };

/**
 * Errors of the statement as it is written say what is wrong with it: they name what it names.
 * Errors of values (class 22) do not quote them: the text of an answer is checked, an error's is
 * not.
 */
export function translateReportError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code = '', message } = error as DatabaseError;
  const cause = error;
  if (code === 'BW413') {
    return new Refusal('too_large', 'A row of the answer is too large.', { cause });
  }
  if (code === 'BW503') {
    return new Refusal('stale_policy', 'Permissions changed meanwhile. Try again.', { cause });
  }
  if (code === 'BW001' || code === '42501') {
    return new Refusal('forbidden', 'This is not permitted.', { cause });
  }
  if (code.startsWith('42')) return new Refusal('bad_value', `${message}.`, { cause });
  if (code.startsWith('22')) {
    const what = VALUE_ERRORS[code] ?? 'a value does not fit what is done with it';
    return new Refusal('bad_value', `The statement failed on a row: ${what}.`, { cause });
  }
  if (/^(21|0A|54)/.test(code)) {
    const what = code === '21000' ? 'a subquery gave several rows' : 'it is not supported';
    return new Refusal('bad_value', `The statement failed: ${what}.`, { cause });
  }
  if (code === '53400' || code === '53200') {
    return new Refusal('too_large', 'The statement needs too much memory or disk.', { cause });
  }
  if (code === '57014' || code === '25P03') {
    return new Refusal('unavailable', 'The statement took too long and was stopped.', { cause });
  }
  return translateError(error);
}

const VALUE_ERRORS: Readonly<Record<string, string>> = {
  '22012': 'division by zero',
  '22003': 'a number is out of range',
  '22P02': 'a text is not a value of that type',
  '22007': 'a text is not a date or time',
  '22008': 'a date or time is out of range',
};
