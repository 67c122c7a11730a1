/** Which checks the permission records need beyond those of every document. */
import type { WriteWork } from '../work.ts';
import { checkGrant, endGrant } from './grant-record.ts';
import { keepLastGiver } from './last-giver.ts';
import { checkAuthority, checkGroup, checkShare, checkTreeMove } from './other-records.ts';
import { checkRule } from './rule-record.ts';
import { loadScopes } from './scope.ts';

const CHECKS: Readonly<Record<string, (work: WriteWork) => void | Promise<void>>> = {
  Grant: checkGrant,
  'Role Rule': checkRule,
  Group: checkGroup,
  Share: checkShare,
  'Granting Authority': checkAuthority,
};

/** Checks what a new or changed permission record would give. */
export async function checkGains(work: WriteWork): Promise<void> {
  await CHECKS[work.doctype.name]?.(work);
  checkTreeMove(work);
  await keepLastGiver(work);
}

/** Checks what would be missing without a record that is about to go. */
export async function checkRemoval(work: WriteWork): Promise<void> {
  await keepLastGiver(work);
}

/** True for records that are ended instead of removed when they are deleted. */
export function keepsHistory(doctype: string): boolean {
  return doctype === 'Grant';
}

export { endGrant, loadScopes };

/** True where a change to a document of the doctype can change somebody's access. */
export function decidesAccess(doctype: {
  readonly name: string;
  readonly is_permission_record?: boolean;
  readonly is_tree?: boolean;
  readonly is_dimension?: boolean;
}): boolean {
  return (
    doctype.is_permission_record === true ||
    // Who is disabled gives nothing any more, and two of the last must not go at once.
    doctype.name === 'User' ||
    (doctype.is_tree === true && doctype.is_dimension === true)
  );
}
