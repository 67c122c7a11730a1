/**
 * What was changed of a document, and what it was. Readers of history see the documents and fields
 * that they may read now; of a document that is gone, those who could read it as it was last.
 */
import { append } from '../../audit/append.ts';
import { type Decision, Needs, needOf, openLevels } from '../../authz/index.ts';
import { notFound, Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Governance } from '../../doctype/definition.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { Caller } from '../../identity/caller.ts';
import {
  documentFrom,
  type StoredDocument,
  type StoredValues,
  selectDocument,
} from '../../store/read-documents.ts';
import type { Result, Statement } from '../../store/statement.ts';
import type { Moment, ReadResults, Store } from '../../store/store.ts';
import {
  askHistory,
  type StoredVersion,
  selectVersions,
  type VersionQuery,
  versionsFrom,
} from '../../store/versions.ts';
import { auditParents, parentNameOf } from '../governed/audit.ts';
import { decideGone } from '../governed/history.ts';
import { readableFrom, selectReadable } from '../governed/reach.ts';
import { maskDocument, type WireDocument } from '../steps/mask-answer.ts';
import { isReadAudited } from '../steps/read-audit.ts';
import { levelsOfAll } from '../steps/read-need.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import type { Difference } from '../versions/difference.ts';
import { decideHistory, documentAt, lastFacts, versionsSince } from '../versions/document-at.ts';
import { maskDifference } from '../versions/mask-difference.ts';
import type { Target } from '../work.ts';

/** One change, as its reader may see it. */
export type Version = Omit<StoredVersion, 'changes'> & Difference;

export type HistoryPage = { readonly start?: number; readonly limit?: number };

/** A page of the versions, the newest first. Throws `not_found`, `unknown_doctype`. */
export async function readVersions(
  store: Store,
  caller: Caller,
  doctype: string,
  name: string,
  page: HistoryPage,
): Promise<Version[]> {
  const query = () => ({ from: 0, limit: pageLimit(page.limit), offset: page.start ?? 0 });
  const read = await readHistory(store, caller, doctype, name, query);
  const { target, levels, results } = read;
  const versions = maskVersions(target, results[3], levels);
  const fields = new Set(versions.flatMap(({ fields = {} }) => Object.keys(fields)));
  const numbers = versions.map(({ version }) => version);
  await auditRead(store, read, name, [...fields], { versions: numbers });
  return versions;
}

/** Versions that a statement brought, with what of them is open now. */
export function maskVersions(
  { table }: Target,
  result: Result | undefined,
  levels: ReadonlySet<number>,
): Version[] {
  return versionsFrom(result).map(({ changes, ...version }) => ({
    ...version,
    ...maskDifference(table, changes as Difference, levels),
  }));
}

/** The document as a version left it. Throws `not_found`, `unknown_doctype` and as `documentAt`. */
export async function readVersion(
  store: Store,
  caller: Caller,
  doctype: string,
  name: string,
  version: number,
): Promise<WireDocument> {
  const read = await readHistory(store, caller, doctype, name, () => versionsSince(version));
  const { target, stored, levels, results } = read;
  const present = stored && maskDocument(target, stored, read.decision);
  const { document } = documentAt(target, { present, stored, levels, result: results[3], version });
  await auditRead(store, read, name, Object.keys(document), { version });
  return document;
}

export type HistoryRead = {
  readonly target: Target;
  readonly stored: StoredDocument | null;
  readonly decision: Decision;
  readonly levels: ReadonlySet<number>;
  readonly results: ReadResults['results'];
};

/**
 * Hidden, missing and removed documents run the same statements; the first two answer alike. What
 * is asked beside it is answered last.
 */
export async function readHistory(
  store: Store,
  caller: Caller,
  doctype: string,
  name: string,
  query: () => VersionQuery,
  beside: (moment: Moment) => readonly Statement[] = () => [],
): Promise<HistoryRead> {
  const read = await store.read(caller.credential, caller.principal.id, 'read', (moment) => {
    const target = resolveDoctype(caller, moment, doctype);
    const { table } = target;
    if (!isStorableText(name)) throw notFound(doctype, name);
    const newest = selectVersions(table, { from: 0, limit: 1, offset: 0 });
    // Of a doctype that is not visible, nothing is said about what was asked.
    const asked = selectVersions(table, query());
    const all = [askHistory(table, name), selectDocument(table, name), newest, asked];
    if (target.doctype.governed_by) all.push(selectReadable(target, name));
    return [...all, ...beside(moment)];
  });
  const target = resolveDoctype(caller, read, doctype);
  const stored = documentFrom(target.table, read.results[1]);
  const [newest] = versionsFrom(read.results[2]);
  const { governed_by: governance } = target.doctype;
  const decision = governance
    ? await decideOnParent(store, target, governance, { stored, newest, result: read.results[4] })
    : decideHistory(target, stored, newest);
  if (!decision?.allowed) throw notFound(doctype, name);
  return { target, stored, decision, levels: openLevels(decision), results: read.results };
}

/** What is there is read with what it belongs to; that it is read is recorded there. */
async function decideOnParent(
  store: Store,
  target: Target,
  governance: Governance,
  found: {
    readonly stored: StoredDocument | null;
    readonly newest: StoredVersion | undefined;
    readonly result: Result | undefined;
  },
): Promise<Decision | null> {
  const { stored, newest } = found;
  const values = stored?.values ?? (lastFacts(target.table, newest) as StoredValues | null);
  if (values === null) return null;
  const decision = stored
    ? readableFrom(found.result)
    : await decideGone(store, target, governance, values);
  if (decision) await auditParents(store, target, [parentNameOf(governance, values)]);
  return decision;
}

/** What was personal is personal: reading it is recorded, as of the document itself. */
export async function auditRead(
  store: Store,
  { target, decision }: HistoryRead,
  name: string,
  fields: readonly string[],
  detail: object,
): Promise<void> {
  if (!isReadAudited(target, fields)) return;
  const { caller, doctype } = target;
  const needs = new Needs();
  needs.add(needOf(decision, [...levelsOfAll(target)]));
  await append(store, caller.credential, auditSubject(caller), [
    {
      ...{ action: 'history', doctype: doctype.name, name, outcome: 'allowed', code: null },
      detail: { ...detail, fields, ...needs.said() },
    },
  ]);
}

/** Rows of a page. Throws `bad_value`. */
export function pageLimit(limit: number | undefined): number {
  if (limit === undefined) return LIMITS.pageRowsDefault;
  if (limit >= 1 && limit <= LIMITS.pageRowsMax) return limit;
  throw new Refusal('bad_value', `A page has 1 to ${LIMITS.pageRowsMax} versions.`);
}
