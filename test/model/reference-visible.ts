/** Visibility of doctypes once more, as plain loops: it decides between an empty list and a 404. */
import type { Principal } from '../../src/authz/principal.ts';
import type { World } from '../../src/authz/world.ts';
import { holds, inTime } from './reference.ts';

/** Does the principal hold a role, in whatever scope, with a rule in force for it, or a share? */
export function referenceVisible(world: World, who: Principal, doctype: string, now: number) {
  if (who.ceilings.some((one) => one.doctypes && !one.doctypes.includes(doctype))) return false;
  const shares = world.shares.filter((share) => share.doctype === doctype && inTime(share, now));
  if (shares.some((share) => share.user === who.id)) return true;
  const rules = world.rules.filter((rule) => rule.doctype === doctype && rule.reach !== null);
  const inForce = rules.filter((rule) => rule.status === 'in force');
  return world.grants.some(
    (grant) =>
      inTime(grant, now) &&
      holds(world, who, grant.grantee, now) &&
      inForce.some((rule) => rule.role === grant.role),
  );
}
