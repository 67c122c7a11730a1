/** Reads of many documents at once, as the audit log records them: by shape, never by content. */
import { append } from '../../audit/append.ts';
import type { Needs } from '../../authz/index.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { Caller } from '../../identity/caller.ts';
import { pageDocument, selectPlaces } from '../../store/read-documents.ts';
import type { Row, Statement } from '../../store/statement.ts';
import type { Store } from '../../store/store.ts';
import type { Where } from '../../store/where.ts';
import { levelsNamed, linkedTargets, type Reference } from '../references.ts';
import { decidingColumns } from '../steps/deciding-columns.ts';
import { needsOfReading, needsOfReadingAny } from '../steps/read-need.ts';
import type { Target } from '../work.ts';

/** Beyond so many kinds of documents, every grant is named that may have let to some. */
const PLACES_MAX = 1000;

/** A read of the target's documents by which nobody is shown one of them. */
export type PlacesRead = {
  readonly target: Target;
  readonly columns: readonly string[];
  readonly references: readonly Reference[];
};

/** What a read of documents needs to bring along so that it can be told which grants let to it. */
export function placesRead(target: Target, references: readonly Reference[]): PlacesRead {
  const deciding = decidingColumns(target.moment, target.caller, 'read', target.table);
  // Where nothing else tells documents apart, this leaves a few that stand for all.
  return { target, references, columns: deciding.length > 0 ? deciding : ['docstatus'] };
}

/** Brings each combination of what grants look at, once. */
export function selectPlacesOf({ target, columns }: PlacesRead, where: Where): Statement {
  const { table, caller } = target;
  const me = caller.principal.id;
  return selectPlaces({ table, columns, where, me, limit: PLACES_MAX + 1 });
}

/** By which grants documents of these places are seen, and what is behind their links. */
export function needsOfPlaces(read: PlacesRead, rows: readonly Row[]): Needs {
  return rows.length > PLACES_MAX
    ? withLinked(read.references, needsOfReadingAny(read.target))
    : needsOfRows(read, rows);
}

/** By which grants rows are seen, with the fields that are shown and those of filters. */
export function needsOfRows(
  { target, columns, references }: PlacesRead,
  rows: readonly Row[],
): Needs {
  const documents = rows.map((row) => pageDocument(target.table, columns, row));
  const levels = new Set(references.flatMap(levelsNamed));
  return withLinked(references, needsOfReading(target, documents, levels));
}

/** Documents behind links were looked at by whichever grants let to them. */
function withLinked(references: readonly Reference[], needs: Needs): Needs {
  for (const linked of references.flatMap(linkedTargets)) {
    const { witnesses } = needsOfReadingAny(linked).said();
    needs.add({ witnesses: new Set(witnesses), solely: new Set() });
  }
  return needs;
}

/** Commits the entry before the answer leaves. */
export async function recordRead(
  store: Store,
  caller: Caller,
  doctype: string,
  action: 'list' | 'count' | 'aggregate',
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  await append(store, caller.credential, auditSubject(caller), [
    { action, doctype, name: null, outcome: 'allowed', code: null, detail },
  ]);
}
