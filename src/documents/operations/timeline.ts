/** What happened to a document and what was said about it, together. */
import type { WireValue } from '../../doctype/values.ts';
import type { Caller } from '../../identity/caller.ts';
import type { Store } from '../../store/store.ts';
import { auditParents } from '../governed/audit.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import { belongingsFrom, selectBelongings } from './belongings.ts';
import {
  auditRead,
  type HistoryPage,
  maskVersions,
  pageLimit,
  readHistory,
  type Version,
} from './history.ts';

const COMMENT = 'Comment';

/** A change, or what somebody said; `at` is when. */
export type TimelineEntry =
  | ({ readonly kind: 'version' } & Version)
  | {
      readonly kind: 'comment';
      readonly at: string;
      readonly name: WireValue;
      readonly owner: WireValue;
      readonly content: WireValue;
      readonly modified: WireValue;
    };

/**
 * A page of versions and comments together, the newest first. Of a document that is gone, its
 * versions. Throws `not_found`, `unknown_doctype`, `bad_value`.
 */
export async function readTimeline(
  store: Store,
  caller: Caller,
  doctype: string,
  name: string,
  { start = 0, limit }: HistoryPage,
): Promise<TimelineEntry[]> {
  const rows = pageLimit(limit);
  // Any of the page may be of either kind, so as much of both is read as it reaches back.
  const reach = pageLimit(start + rows);
  const query = () => ({ from: 0, limit: reach, offset: 0 });
  const read = await readHistory(store, caller, doctype, name, query, (moment) => {
    const target = resolveDoctype(caller, moment, COMMENT);
    const parent = resolveDoctype(caller, moment, doctype);
    return [selectBelongings(target, parent, name, { limit: reach })];
  });
  const versions = maskVersions(read.target, read.results[3], read.levels);
  const target = resolveDoctype(caller, read.target.moment, COMMENT);
  const comments = belongingsFrom(target, read.results.at(-1));
  const entries: TimelineEntry[] = [
    ...comments.map(({ creation, name: comment, owner, content, modified }) => ({
      ...{ kind: 'comment' as const, at: String(creation) },
      ...{ name: comment ?? null, owner: owner ?? null },
      ...{ content: content ?? null, modified: modified ?? null },
    })),
    ...versions.map((version) => ({ kind: 'version' as const, ...version })),
  ];
  const page = entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  const shown = page.slice(start, start + rows);
  await auditShown(store, read, name, shown);
  await auditParents(store, target, [{ doctype, name }]);
  return shown;
}

async function auditShown(
  store: Store,
  read: Parameters<typeof auditRead>[1],
  name: string,
  shown: readonly TimelineEntry[],
): Promise<void> {
  const versions = shown.flatMap((entry) => (entry.kind === 'version' ? [entry] : []));
  const fields = new Set(versions.flatMap(({ fields = {} }) => Object.keys(fields)));
  const numbers = versions.map(({ version }) => version);
  await auditRead(store, read, name, [...fields], { versions: numbers });
}
