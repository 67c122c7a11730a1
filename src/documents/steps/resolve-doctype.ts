/** Finds the doctype, where the principal may know that it exists. */
import { unknownDoctype } from '../../base/errors.ts';
import type { Caller } from '../../identity/caller.ts';
import type { Moment } from '../../store/store.ts';
import { isKnown } from '../governed/parents.ts';
import type { Target } from '../work.ts';

/** INVARIANT (hidden-equals-missing): an invisible doctype and an unknown one answer alike. */
export function resolveDoctype(caller: Caller, moment: Moment, name: string): Target {
  const doctype = moment.policy.doctypes.get(name);
  const table = moment.policy.tables.get(name);
  const visible = isKnown(moment, caller.principal, name);
  if (!doctype || !table || !visible) throw unknownDoctype(name);
  return { caller, moment, doctype, table };
}
