/** Documents that others belong to: which doctypes they are of, for whoever asks. */
import { isVisible, type Principal } from '../../authz/index.ts';
import type { Doctype } from '../../doctype/definition.ts';
import type { Moment } from '../../store/store.ts';
import type { Target } from '../work.ts';

/** True where a document of the doctype may have others belong to it. */
export function mayHaveOthers({ istable, governed_by }: Doctype): boolean {
  return istable !== true && governed_by === undefined;
}

/**
 * True where the principal may know of the doctype: of one whose documents belong to others, where
 * they know a doctype of those.
 */
export function isKnown(
  { policy, now }: Pick<Moment, 'policy' | 'now'>,
  principal: Principal,
  name: string,
): boolean {
  const doctype = policy.doctypes.get(name);
  if (!doctype?.governed_by) return isVisible(policy.world, principal, name, now);
  if (principal.ceilings.some((ceiling) => ceiling.doctypes?.includes(name) === false)) {
    return false;
  }
  for (const parent of policy.doctypes.values()) {
    if (mayHaveOthers(parent) && isVisible(policy.world, principal, parent.name, now)) return true;
  }
  return false;
}

/** The doctypes that the caller knows, to whose documents those of the target may belong. */
export function parentTargets({ caller, moment }: Target): Target[] {
  return [...moment.policy.doctypes.keys()].flatMap((name) => {
    const found = parentTarget({ caller, moment }, name);
    return found ? [found] : [];
  });
}

/** The one of this name; null where the caller does not know it, or nothing belongs to its kind. */
export function parentTarget(
  { caller, moment }: Pick<Target, 'caller' | 'moment'>,
  name: string,
): Target | null {
  const doctype = moment.policy.doctypes.get(name);
  const table = moment.policy.tables.get(name);
  if (!doctype || !table || !mayHaveOthers(doctype)) return null;
  return isKnown(moment, caller.principal, name) ? { caller, moment, doctype, table } : null;
}
