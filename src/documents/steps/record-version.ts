/** Records what the change changes, as the next version of the document. */

import type { VersionRow } from '../../store/versions.ts';
import { keepsHistory } from '../permission-records/index.ts';
import { type Difference, differenceOf } from '../versions/difference.ts';
import type { WriteWork } from '../work.ts';

/**
 * What is recorded of a change: one version, and of a merge one for each of the two documents. Of a
 * new document nothing is copied: what it was at first follows from what it is, and from what was
 * changed since.
 */
export function versionsOf(work: WriteWork): VersionRow[] {
  if (!work.into) return [versionOf(work)];
  const { document } = work.into;
  const stays = { ...work, before: document, operation: 'rename' as const };
  const goes = { ...work, operation: 'delete' as const };
  return [versionOf(goes), versionOf({ ...stays, name: work.renaming?.to ?? '' })];
}

function versionOf(work: WriteWork): VersionRow {
  const { before, operation, caller, name, transaction } = work;
  const isGone = operation === 'delete' && !keepsHistory(work.doctype.name);
  return {
    documentId: before?.id ?? null,
    name: name ?? '',
    version: (before?.version ?? 0) + 1,
    action: operation,
    principal: caller.principal.id,
    actor: caller.principal.actor,
    at: isGone ? transaction.opening.at : String(work.after.values['modified']),
    changes: JSON.stringify(changesOf(work, isGone)),
  };
}

function changesOf(work: WriteWork, isGone: boolean): Difference {
  const { before, after, table, restores } = work;
  if (before === null) return {};
  const difference = differenceOf(table, before, isGone ? null : after);
  return restores === undefined ? difference : { ...difference, restored: restores };
}
