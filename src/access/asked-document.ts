/** The document a question about access is about, and whether the asking person may ask. */
import {
  type Action,
  type DocumentFacts,
  decide,
  isVisible,
  levelsAnywhere,
  mayEver,
} from '../authz/index.ts';
import { notFound, Refusal, unknownDoctype } from '../base/errors.ts';
import { isStorableText } from '../doctype/plain-data.ts';
import { factsOf } from '../documents/work.ts';
import type { Caller } from '../identity/caller.ts';
import { documentFrom, selectDocument } from '../store/read-documents.ts';
import type { ReadResults, Store } from '../store/store.ts';

/** What is asked about: a doctype as such, one document of it, or a field. */
export type Subject = {
  readonly doctype: string;
  readonly name?: string;
  readonly field?: string;
};

export type AskedDocument = {
  readonly read: ReadResults;
  /** Null for a doctype as such, and for a document that is hidden or not there. */
  readonly document: DocumentFacts | null;
};

/**
 * Reads the document under a claim of the action. Throws `unknown_doctype` where the doctype is
 * not visible to the caller.
 */
export async function loadAsked(
  store: Store,
  caller: Caller,
  subject: Subject,
  action: Action,
): Promise<AskedDocument> {
  const { doctype, name } = subject;
  const id = caller.principal.id;
  const read = await store.read(caller.credential, id, action, ({ policy, now }) => {
    const table = policy.tables.get(doctype);
    // A doctype that is not visible runs what an unknown one does: nothing.
    if (!table || !isVisible(policy.world, caller.principal, doctype, now)) return [];
    return name === undefined || !isStorableText(name) ? [] : [selectDocument(table, name)];
  });
  const table = read.policy.tables.get(doctype);
  if (!table || !isVisible(read.policy.world, caller.principal, doctype, read.now)) {
    throw unknownDoctype(doctype);
  }
  const stored = name === undefined ? null : documentFrom(table, read.results[0]);
  return { read, document: stored && factsOf(table, stored) };
}

/**
 * The same for questions about other people: `forbidden` without `inspect`, `not_found` of a
 * document that is hidden or not there.
 */
export async function loadInspected(
  store: Store,
  caller: Caller,
  subject: Subject,
): Promise<AskedDocument> {
  const asked = await loadAsked(store, caller, subject, 'inspect');
  const { doctype, name } = subject;
  if (name === undefined) {
    const { policy, now } = asked.read;
    const ask = { principal: caller.principal, action: 'inspect' as const, doctype, now };
    if (!mayEver(policy.world, ask)) throw needsInspect();
    return asked;
  }
  const { document } = asked;
  if (document && mayDo(asked.read, caller, 'inspect', doctype, document)) return asked;
  // Under the claim to inspect it is out of sight; whoever may read it is told what they need.
  const again = await loadAsked(store, caller, subject, 'read');
  if (again.document && mayDo(again.read, caller, 'read', doctype, again.document)) {
    throw needsInspect();
  }
  throw notFound(doctype, name);
}

/** The level of the field asked about; null where none was. Throws where there is no such field. */
export function levelAsked(read: ReadResults, { doctype, field }: Subject): number | null {
  if (field === undefined) return null;
  const level = read.policy.world.doctypes.get(doctype)?.levels.get(field);
  if (level === undefined) throw unknownField(field);
  return level;
}

/** A field that is open to the asking person nowhere does not exist, as everywhere else. */
export function requireKnownField(read: ReadResults, caller: Caller, subject: Subject): void {
  const level = levelAsked(read, subject);
  if (level !== null && !knownLevels(read, caller, subject).has(level)) {
    throw unknownField(String(subject.field));
  }
}

function knownLevels(read: ReadResults, { principal }: Caller, { doctype }: Subject) {
  const ask = { principal, doctype, now: read.now };
  const actions = ['read', 'write', 'create'] as const;
  const levels = actions.flatMap((action) => [
    ...levelsAnywhere(read.policy.world, { ...ask, action }),
  ]);
  return new Set([0, ...levels]);
}

/** The kernel's answer for the caller. */
export function mayDo(
  read: ReadResults,
  { principal }: Caller,
  action: Action,
  doctype: string,
  document: DocumentFacts,
): boolean {
  const question = { principal, action, doctype, document, now: read.now };
  return decide(read.policy.world, question).allowed;
}

function needsInspect(): Refusal {
  return new Refusal('forbidden', 'Asking about other people needs `inspect` on the document.');
}

function unknownField(field: string): Refusal {
  return new Refusal('unknown_field', `There is no field \`${field}\`.`);
}
