/**
 * Documents that a question about access is asked of, as far as the one who asks may ask. Many at
 * once, so that a batch of questions costs as many round trips as one.
 */
import { type Action, type DocumentFacts, decide, isVisible } from '../authz/index.ts';
import { notFound, Refusal, unknownDoctype } from '../base/errors.ts';
import { isStorableText } from '../doctype/plain-data.ts';
import { factsOf } from '../documents/work.ts';
import type { Caller } from '../identity/caller.ts';
import { documentFrom, selectDocument } from '../store/read-documents.ts';
import type { Statement } from '../store/statement.ts';
import type { Moment, ReadResults, Store } from '../store/store.ts';
import type { Table } from '../store/table.ts';

export type Wanted = { readonly doctype: string; readonly name: string };

/** What the caller may have before them under a claim. */
export type Sight = {
  readonly read: ReadResults;
  /** False where to the caller there is no such doctype. */
  readonly knowsDoctype: boolean;
  /** Null where the document is hidden or missing. */
  readonly document: DocumentFacts | null;
};

export type Inspected = { readonly read: ReadResults; readonly document: DocumentFacts };

/** The doctype's table, where the caller may know of it. */
export function knownTable(
  { policy, now }: Pick<Moment, 'policy' | 'now'>,
  caller: Caller,
  doctype: string,
): Table | null {
  if (!isVisible(policy.world, caller.principal, doctype, now)) return null;
  return policy.tables.get(doctype) ?? null;
}

/**
 * Loads documents under the caller's own credential and a claim, in one round trip. Hidden and
 * missing ones run the same statements. INVARIANT (hidden-equals-missing)
 */
export async function look(
  store: Store,
  caller: Caller,
  claim: Action,
  wanted: readonly Wanted[],
): Promise<Sight[]> {
  let places: (number | null)[] = [];
  const { credential, principal } = caller;
  const read = await store.read(credential, principal.id, claim, (moment) => {
    const statements: Statement[] = [];
    places = wanted.map(({ doctype, name }) => {
      const table = knownTable(moment, caller, doctype);
      if (!table || !isStorableText(name)) return null;
      return statements.push(selectDocument(table, name)) - 1;
    });
    return statements;
  });
  return wanted.map(({ doctype }, index) => {
    const table = knownTable(read, caller, doctype);
    const place = places[index] ?? null;
    const stored = table && place !== null ? documentFrom(table, read.results[place]) : null;
    const document = table && stored && factsOf(table, stored);
    const { policy, now } = read;
    // PostgreSQL knows the person's grants, and not what their token leaves of them.
    const isSeen =
      document &&
      decide(policy.world, { principal, action: claim, doctype, document, now }).allowed;
    return { read, knowsDoctype: table !== null, document: isSeen ? document : null };
  });
}

/**
 * The documents of which the caller may ask about others. For each of the rest the refusal:
 * `unknown_doctype`, `forbidden` where it is readable without `inspect`, `not_found` where it is
 * hidden or missing.
 */
export async function lookToInspect(
  store: Store,
  caller: Caller,
  wanted: readonly Wanted[],
): Promise<(Inspected | Refusal)[]> {
  const first = await look(store, caller, 'inspect', wanted);
  const rest = wanted.filter((_, index) => {
    const sight = first[index];
    return sight?.knowsDoctype === true && sight.document === null;
  });
  // Under the claim to inspect they are out of sight; whoever may read one is told what they need.
  const again = rest.length === 0 ? [] : await look(store, caller, 'read', rest);
  return wanted.map((one, index) => {
    const { read, document } = first[index] as Sight;
    if (document) return { read, document };
    const place = rest.indexOf(one);
    if (place < 0) return unknownDoctype(one.doctype);
    return again[place]?.document ? needsInspect() : notFound(one.doctype, one.name);
  });
}

/** The refusal of a question about others. */
export function needsInspect(): Refusal {
  return new Refusal('forbidden', 'Asking about other people needs `inspect` on the document.');
}
