/** What belongs to a document, kind by kind: its comments, its attachments. */
import { notFound, Refusal } from '../../base/errors.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import type { WireValue } from '../../doctype/values.ts';
import type { Caller } from '../../identity/caller.ts';
import {
  documentFrom,
  pageDocument,
  selectDocument,
  selectPage,
} from '../../store/read-documents.ts';
import type { Result, Statement } from '../../store/statement.ts';
import type { Store } from '../../store/store.ts';
import type { Where } from '../../store/where.ts';
import { auditParents } from '../governed/audit.ts';
import { mayHaveOthers } from '../governed/parents.ts';
import { governedReach, OPEN_LEVELS } from '../governed/reach.ts';
import { maskDocument, renderInto, type WireDocument } from '../steps/mask-answer.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import type { Target } from '../work.ts';
import { type HistoryPage, pageLimit } from './history.ts';

/**
 * A page of the documents of one kind that belong to a document, the newest first. Throws
 * `not_found` where that one may not be read, `unknown_doctype`, and `bad_value` where nothing
 * belongs to its kind.
 */
export async function listBelongings(
  store: Store,
  caller: Caller,
  doctype: string,
  name: string,
  kind: string,
  page: HistoryPage,
): Promise<WireDocument[]> {
  const read = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const parent = resolveDoctype(caller, moment, doctype);
    if (!isStorableText(name)) throw notFound(doctype, name);
    const target = resolveDoctype(caller, moment, kind);
    return [selectDocument(parent.table, name), selectBelongings(target, parent, name, page)];
  });
  const parent = resolveDoctype(caller, read, doctype);
  const stored = documentFrom(parent.table, read.results[0]);
  if (!stored || maskDocument(parent, stored) === null) throw notFound(doctype, name);
  const target = resolveDoctype(caller, read, kind);
  await auditParents(store, target, [{ doctype, name }]);
  return belongingsFrom(target, read.results[1]);
}

/** The statement that reads them, as far as they may be read. */
export function selectBelongings(
  target: Target,
  parent: Target,
  name: string,
  { start = 0, limit }: HistoryPage,
): Statement {
  const { governed_by: governance } = target.doctype;
  if (!governance || !mayHaveOthers(parent.doctype)) {
    throw new Refusal(
      'bad_value',
      `No ${target.doctype.name} belongs to a ${parent.doctype.name}.`,
    );
  }
  const { doctype_field, name_field } = governance;
  const named: Where[] = [
    { kind: 'one-of', field: doctype_field, values: [parent.doctype.name] },
    { kind: 'one-of', field: name_field, values: [name] },
  ];
  return selectPage({
    ...{ table: target.table, columns: columnsOf(target), me: target.caller.principal.id },
    where: { kind: 'all', of: [...named, governedReach(target, named)] },
    orderBy: [{ field: 'creation', descending: true }],
    ...{ limit: pageLimit(limit), offset: start },
  });
}

/** What that statement brought. */
export function belongingsFrom(target: Target, result: Result | undefined): WireDocument[] {
  const columns = columnsOf(target);
  return (result?.rows ?? []).map((row) => {
    const answer: Record<string, WireValue> = { doctype: target.doctype.name };
    const { values } = pageDocument(target.table, columns, row);
    renderInto(answer, target.table, values, OPEN_LEVELS);
    return answer;
  });
}

function columnsOf({ table }: Target): string[] {
  return [...table.columns.keys()];
}
