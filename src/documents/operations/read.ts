/** Opens one document. Hidden and missing ones run the same statements and answer alike. */
import { append } from '../../audit/append.ts';
import { notFound } from '../../base/errors.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { Caller } from '../../identity/caller.ts';
import { documentFrom, selectDocument } from '../../store/read-documents.ts';
import type { Store } from '../../store/store.ts';
import { auditParents, parentNameOf } from '../governed/audit.ts';
import { readableFrom, selectReadable } from '../governed/reach.ts';
import { maskDocument, type WireDocument } from '../steps/mask-answer.ts';
import { isReadAudited } from '../steps/read-audit.ts';
import { levelsOfAll, needsOfReading } from '../steps/read-need.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import type { Target } from '../work.ts';

/** The document as the principal may see it. Throws `not_found`, `unknown_doctype`. */
export async function readDocument(
  store: Store,
  caller: Caller,
  doctype: string,
  name: string,
): Promise<WireDocument> {
  const { moment, results } = await readStored(store, caller, doctype, name);
  const target: Target = resolveDoctype(caller, moment, doctype);
  const document = documentFrom(target.table, results[0]);
  const answer = document && maskDocument(target, document, readableFrom(results[1]));
  if (!answer) throw notFound(doctype, name);
  const { governed_by: governance } = target.doctype;
  if (governance) {
    await auditParents(store, target, [parentNameOf(governance, document.values)]);
  }
  if (isReadAudited(target, Object.keys(answer))) {
    const needs = needsOfReading(target, [document], levelsOfAll(target));
    const detail = { fields: Object.keys(answer), ...needs.said() };
    await append(store, caller.credential, auditSubject(caller), [
      { action: 'read', doctype, name, outcome: 'allowed', code: null, detail },
    ]);
  }
  return answer;
}

async function readStored(store: Store, caller: Caller, doctype: string, name: string) {
  const read = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const target = resolveDoctype(caller, moment, doctype);
    if (!isStorableText(name)) throw notFound(doctype, name);
    const one = selectDocument(target.table, name);
    return target.doctype.governed_by ? [one, selectReadable(target, name)] : [one];
  });
  return { moment: read, results: read.results };
}
