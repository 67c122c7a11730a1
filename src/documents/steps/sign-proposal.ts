/** What the system writes into a proposed change of permissions, which nobody writes by hand. */
import { Refusal } from '../../base/errors.ts';
import type { WriteWork } from '../work.ts';

export const PERMISSION_CHANGE = 'Permission Change';

/**
 * Binds everybody, whatever they hold: proposals are made, decided on and kept by the ways that
 * count and judge them. Throws `forbidden` for a plain write, an import or a deletion.
 */
export async function signProposal(work: WriteWork): Promise<void> {
  if (work.doctype.name !== PERMISSION_CHANGE) return;
  if (!work.sign) {
    throw new Refusal(
      'forbidden',
      'Proposals are made, approved, rejected and withdrawn by /api/access/changes, and never ' +
        'changed or removed.',
    );
  }
  Object.assign(work.after.values, await work.sign(work));
}
