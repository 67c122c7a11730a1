/**
 * Search: the best of the documents that the caller may read, by their name, title and search
 * fields. It is a list of the best and says no more: how many others there are is not counted.
 */
import { append } from '../../audit/append.ts';
import { decide, Needs, needOf } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { Caller } from '../../identity/caller.ts';
import { timestamp } from '../../store/column.ts';
import { pageDocument } from '../../store/read-documents.ts';
import {
  type FoundRow,
  foundRow,
  RANKS,
  type Rank,
  SELECT_UNREADY,
  SET_RESEMBLANCE,
  selectFound,
} from '../../store/search-documents.ts';
import type { Result } from '../../store/statement.ts';
import type { Moment, Store } from '../../store/store.ts';
import { readFilters } from '../list-query.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';
import { factsOf } from '../work.ts';
import { mayRead } from './describe.ts';
import { narrowed } from './list.ts';
import { badQuestion, type Matching, matchingOf, termsOf } from './search-matching.ts';

export type SearchRequest = {
  readonly text: string;
  /** Only documents of this one. */
  readonly doctype?: string;
  readonly limit?: number;
};

/** `title` is missing where there is none, or where it may not be read. */
export type Found = {
  readonly doctype: string;
  readonly name: string;
  readonly title?: string | null;
  readonly match: Rank;
  readonly modified: string;
};

export type LinkRequest = {
  /** Blank: those that were changed last. */
  readonly text: string;
  readonly filters?: unknown;
  readonly limit?: number;
};

export type LinkChoice = { readonly name: string; readonly title?: string | null };

/** Throws `unknown_doctype`, `bad_value`, and `unavailable` while words are being gathered. */
export async function searchDocuments(
  store: Store,
  caller: Caller,
  { text, doctype, limit }: SearchRequest,
): Promise<Found[]> {
  const asked = { terms: await termsOf(store, text), limit: resultsLimit(limit) };
  if (asked.terms.length === 0) throw badQuestion('`q` needs a letter or a digit.');
  const found = await search(store, caller, 'read', (moment) =>
    doctypesSearched(caller, moment, doctype).map((name) =>
      matchingOf(resolveDoctype(caller, moment, name), 'read', asked),
    ),
  );
  return found
    .sort(({ row: a, matching: m }, { row: b, matching: n }) => {
      const [one, other] = [m.target.doctype.name, n.target.doctype.name];
      return (
        a.rank - b.rank ||
        b.score - a.score ||
        compared(b.modified, a.modified) ||
        compared(one, other)
      );
    })
    .slice(0, asked.limit)
    .map(({ matching, row }) => ({
      doctype: matching.target.doctype.name,
      ...shownOf(row),
      match: RANKS[row.rank] ?? 'similar',
      modified: timestamp(row.modified),
    }));
}

/** Documents that the caller may link to, by name and title only; filters need `read`. */
export async function searchLinks(
  store: Store,
  caller: Caller,
  doctype: string,
  { text, filters, limit }: LinkRequest,
): Promise<LinkChoice[]> {
  const asked = { terms: await termsOf(store, text), limit: resultsLimit(limit) };
  if (asked.terms.length === 0 && text.trim() !== '') return [];
  const found = await search(store, caller, 'select', (moment) => {
    const target = resolveDoctype(caller, moment, doctype);
    const { where, references } = readFilters(target, filters, 'every');
    const more = references.length === 0 ? {} : { narrowed: narrowed(target, references, [where]) };
    return [matchingOf(target, 'select', { ...asked, ...more })];
  });
  return found.map(({ row }) => shownOf(row));
}

type FoundDocument = { readonly matching: Matching; readonly row: FoundRow };

async function search(
  store: Store,
  caller: Caller,
  action: 'read' | 'select',
  plan: (moment: Moment) => readonly Matching[],
): Promise<FoundDocument[]> {
  let matchings: readonly Matching[] = [];
  const { results } = await store.read(caller.credential, caller.principal.id, action, (moment) => {
    const planned = plan(moment);
    matchings = planned.filter(({ parts }) => parts.length > 0);
    if (planned.length === 1 && matchings.length === 0) throw notSearched(planned[0]);
    return [SELECT_UNREADY, SET_RESEMBLANCE, ...matchings.map(({ query }) => selectFound(query))];
  });
  const [unready, , ...answers] = results;
  requireReady(matchings, unready);
  const found = matchings.map((matching, index) => ({
    matching,
    rows: (answers[index]?.rows ?? []).map(foundRow),
  }));
  await record(store, caller, found);
  return found.flatMap(({ matching, rows }) => rows.map((row) => ({ matching, row })));
}

/** Doctypes without any readable document are left out of a search of all, never of their own. */
function doctypesSearched(caller: Caller, moment: Moment, asked: string | undefined): string[] {
  if (asked !== undefined) return [asked];
  return [...moment.policy.doctypes.keys()].filter((name) => mayRead(moment, caller, name));
}

/** INVARIANT (complete-or-error): what is not gathered yet is not told as what is not there. */
function requireReady(matchings: readonly Matching[], unready: Result | undefined): void {
  const ids = new Set((unready?.rows ?? []).map(([id]) => Number(id)));
  const waiting = matchings.find(({ target }) => ids.has(target.table.id));
  if (!waiting) return;
  throw new Refusal(
    'unavailable',
    `${waiting.target.doctype.name} cannot be searched yet: its words are being gathered.`,
  );
}

/** Also of no documents: that there is none of that name is an answer too. */
async function record(
  store: Store,
  caller: Caller,
  found: readonly { readonly matching: Matching; readonly rows: readonly FoundRow[] }[],
): Promise<void> {
  const events = found
    .filter(({ matching }) => matching.isAudited)
    .map(({ matching, rows }) => ({
      ...{ action: 'search', doctype: matching.target.doctype.name, name: null },
      ...{ outcome: 'allowed' as const, code: null },
      detail: {
        fields: matching.parts.flatMap(({ fields }) => fields),
        count: rows.length,
        names: rows.map(({ name }) => name),
        ...needsOf(matching, rows).said(),
      },
    }));
  if (events.length > 0) await append(store, caller.credential, auditSubject(caller), events);
}

function needsOf({ target, action, parts, query }: Matching, rows: readonly FoundRow[]): Needs {
  const { caller, doctype, moment, table } = target;
  const needs = new Needs();
  const searched = [...new Set(parts.flatMap(({ level }) => level ?? []))];
  for (const { rest } of rows) {
    const document = factsOf(table, pageDocument(table, query.columns, rest));
    const request = { principal: caller.principal, action, doctype: doctype.name, document };
    const decision = decide(moment.policy.world, { ...request, now: moment.now });
    needs.add(
      needOf(
        decision,
        searched.filter((level) => decision.levels.has(level)),
      ),
    );
  }
  return needs;
}

function shownOf({ name, title }: FoundRow): LinkChoice {
  return title === undefined ? { name } : { name, title };
}

function notSearched(matching: Matching | undefined): Refusal {
  const name = matching?.target.doctype.name ?? '';
  return new Refusal('bad_value', `${name} is not searched: list it with filters.`);
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function resultsLimit(limit: number | undefined): number {
  if (limit === undefined) return LIMITS.searchResultsDefault;
  if (limit >= 1 && limit <= LIMITS.searchResultsMax) return limit;
  throw new Refusal('bad_value', `\`limit\` is 1 to ${LIMITS.searchResultsMax}.`);
}
