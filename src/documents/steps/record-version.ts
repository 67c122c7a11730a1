/** Records what the change changes, as the next version of the document. */

import type { Statement } from '../../store/statement.ts';
import { insertVersions, type VersionRow } from '../../store/versions.ts';
import { keepsHistory } from '../permission-records/index.ts';
import { type Difference, differenceOf } from '../versions/difference.ts';
import type { WriteWork } from '../work.ts';

/**
 * The statement that records them, of documents of one doctype. Of a new document nothing is
 * copied: what it was at first follows from what it is, and from what was changed since.
 */
export function versionStatement(works: readonly WriteWork[], first: WriteWork): Statement {
  return insertVersions(first.table, works.map(versionOf));
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
