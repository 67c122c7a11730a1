/** Grants: valid in themselves, inside the giver's authority, and ended instead of removed. */
import { changedFields } from '../steps/guards.ts';
import type { WriteWork } from '../work.ts';
import { checkScope, checkTime, invalid, scopeOf } from './scope.ts';

/** Refuses a scope or a time that says nothing sensible. */
export async function checkGrant(work: WriteWork): Promise<void> {
  const { values, tables } = work.after;
  const scope = scopeOf(tables['scope'] ?? []);
  await checkScope(work, scope);
  checkTime(values, 'until');
}

/** Writes down who gave it, once it was found that they may. */
export function signGrant(work: WriteWork): void {
  if (work.before !== null) {
    checkHistory(work);
    return;
  }
  work.after.values['granted_by'] = work.caller.principal.id;
  if (work.proposal) work.after.values['request'] = work.proposal.name;
}

/**
 * Who held what, and by whose decision, must be answerable later: what a grant gives is never
 * changed, an ended one is over, and the end of one moves only nearer.
 */
function checkHistory(work: WriteWork): void {
  const { before, after } = work;
  const old = before?.values['until'] ?? null;
  const until = after.values['until'] ?? null;
  if (old !== null && String(old) <= work.transaction.opening.at) {
    throw invalid('until', 'has come: this grant is over. Give another one.');
  }
  const changed = changedFields(work).find((field) => !MAY_CHANGE.has(field));
  if (changed !== undefined) {
    throw invalid(changed, 'of a grant is never changed. End it, and give another one.');
  }
  if (old !== null && (until === null || String(until) > String(old))) {
    throw invalid('until', 'may only come nearer. Give another grant for the time after it.');
  }
}

const MAY_CHANGE: ReadonlySet<string> = new Set(['until', 'reason']);

/** DELETE ends a grant at this moment; the row stays as history. */
export function endGrant(work: WriteWork): void {
  const until = work.before?.values['until'] ?? null;
  const now = work.transaction.opening.at;
  if (until === null || String(until) > now) work.after.values['until'] = now;
}
