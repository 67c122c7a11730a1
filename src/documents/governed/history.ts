/** History of what belongs to another document: read by whoever reads that one, or did last. */
import { ceilingsLeave, type Decision } from '../../authz/index.ts';
import type { Governance } from '../../doctype/definition.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import { documentFrom, type StoredValues, selectDocument } from '../../store/read-documents.ts';
import type { Store } from '../../store/store.ts';
import { askHistory, selectVersions, versionsFrom } from '../../store/versions.ts';
import { decideHistory } from '../versions/document-at.ts';
import type { Target } from '../work.ts';
import { parentNameOf } from './audit.ts';
import { isFieldOpen } from './open-field.ts';
import { parentTarget } from './parents.ts';
import { openWith } from './reach.ts';

/**
 * Decides on what is gone, by the document that it belonged to: as that is now or, where it is gone
 * too, as it was last. Null where that may not be read.
 */
export async function decideGone(
  store: Store,
  target: Target,
  governance: Governance,
  values: StoredValues,
): Promise<Decision | null> {
  const { caller, doctype } = target;
  const { doctype: kind, name } = parentNameOf(governance, values);
  if (!isStorableText(name)) return null;
  const read = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const parent = parentTarget({ caller, moment }, kind);
    if (!parent) return [];
    const newest = selectVersions(parent.table, { from: 0, limit: 1, offset: 0 });
    return [askHistory(parent.table, name), selectDocument(parent.table, name), newest];
  });
  const parent = parentTarget({ caller, moment: read }, kind);
  if (!parent || !ceilingsLeave(read.policy.world, caller.principal, 'read', doctype.name)) {
    return null;
  }
  const stored = documentFrom(parent.table, read.results[1]);
  const [newest] = versionsFrom(read.results[2]);
  const decision = decideHistory(parent, stored, newest);
  if (!decision?.allowed) return null;
  const isOpen = isFieldOpen(governance, values, parent.doctype, decision);
  return isOpen ? openWith(decision) : null;
}
