/** Writes the new name, and whatever refers to the document, with the permits of the decisions. */
import { documentFrom, selectDocument } from '../../store/read-documents.ts';
import { mergeDocument, renameDocument, TAKE_LONGER } from '../../store/rename-document.ts';
import type { WriteWork } from '../work.ts';
import { later, requireOneRow, storeDelete } from './store-document.ts';

/** The answer is the document as it then stands, where the caller may read it under its name. */
export async function storeRename(work: WriteWork): Promise<void> {
  const { before, permit, renaming, into, transaction, table } = work;
  if (!before || !permit || !renaming) throw new Error('nothing was decided');
  const { opening } = transaction;
  const stays = into?.document ?? before;
  const at = later(String(stays.values['modified']), opening.at);
  // The one that goes is deleted by a claim to do so: the policies agree to each half.
  if (into) await storeDelete(work);
  const statement = into
    ? mergeDocument(opening, table, renaming.value, into.document, at, into.permit)
    : renameDocument(opening, table, before, renaming.to, at, permit);
  await transaction.run('write', TAKE_LONGER);
  const [done] = await transaction.run('write', statement);
  requireOneRow(work, done?.rows[0]?.[0] === 't' ? 1 : 0);
  const [result] = await transaction.run('read', selectDocument(table, renaming.to));
  const found = documentFrom(table, result);
  const after = found ?? work.after;
  work.after = {
    values: { ...after.values, modified: at, modified_by: work.caller.principal.id },
    tables: { ...after.tables } as WriteWork['after']['tables'],
  };
}
