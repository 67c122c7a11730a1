/** Which checks the permission records need beyond those of every document. */
import type { FactsOf, WorldChange } from '../../authz/index.ts';
import type { WriteWork } from '../work.ts';
import { changeOf } from './change.ts';
import { requireAuthority } from './gains.ts';
import { checkGrant, endGrant, signGrant } from './grant-record.ts';
import { checkAuthority, checkGroup, checkShare, sharedWithUser } from './other-records.ts';
import { checkRule } from './rule-record.ts';
import { loadScopes } from './scope.ts';
import { checkSeparationRule } from './separation-record.ts';
import { keepSomebody } from './somebody-stays.ts';

type Check = (work: WriteWork) => void | Promise<void> | Promise<FactsOf>;

/** What is wrong with a record in itself. The documents that are shared by it come with it. */
const CHECKS: Readonly<Record<string, Check>> = {
  Grant: checkGrant,
  'Role Rule': checkRule,
  Group: checkGroup,
  Share: checkShare,
  User: sharedWithUser,
  'Granting Authority': checkAuthority,
  'Separation Rule': checkSeparationRule,
};

/** Checks what a new or changed permission record would give. */
export async function checkGains(work: WriteWork): Promise<void> {
  const found = await CHECKS[work.doctype.name]?.(work);
  const change = noteChange(work);
  if (change) requireAuthority(work, change, found ?? undefined);
  if (work.doctype.name === 'Grant') signGrant(work);
  await keepSomebody(work, change);
}

/** Checks what would be missing without a record that is about to go. */
export async function checkRemoval(work: WriteWork): Promise<void> {
  await keepSomebody(work, noteChange(work));
}

/** Later steps look at what changes, for all documents of a batch together. */
function noteChange(work: WriteWork): WorldChange | null {
  const change = changeOf(work);
  if (change) work.change = change;
  return change;
}

/** True for records that are ended instead of removed when they are deleted. */
export function keepsHistory(doctype: string): boolean {
  return doctype === 'Grant';
}

export { requireAuthority, worldAfter } from './gains.ts';
export {
  approvalPairs,
  requireFewPersonalPairs,
  requireFewPersonalPairsAhead,
} from './second-person.ts';
export { checkSeparations } from './separations.ts';
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
