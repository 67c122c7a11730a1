/** The document a question about access is about, and whether the asking person may ask. */
import {
  type Action,
  type DocumentFacts,
  decide,
  levelsAnywhere,
  mayEver,
} from '../authz/index.ts';
import { notFound, Refusal, unknownDoctype } from '../base/errors.ts';
import type { Caller } from '../identity/caller.ts';
import type { ReadResults, Store } from '../store/store.ts';
import { knownTable, look, lookToInspect, needsInspect } from './authorised-question.ts';

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
  { doctype, name }: Subject,
  action: Action,
): Promise<AskedDocument> {
  if (name === undefined)
    return { read: await loadDoctype(store, caller, doctype), document: null };
  const [sight] = await look(store, caller, action, [{ doctype, name }]);
  if (!sight?.knowsDoctype) throw unknownDoctype(doctype);
  return sight;
}

/**
 * The same for questions about other people: `forbidden` without `inspect`, `not_found` of a
 * document that is hidden or not there.
 */
export async function loadInspected(
  store: Store,
  caller: Caller,
  { doctype, name }: Subject,
): Promise<AskedDocument> {
  if (name !== undefined) {
    const [inspected] = await lookToInspect(store, caller, [{ doctype, name }]);
    if (!inspected || inspected instanceof Refusal) throw inspected ?? notFound(doctype, name);
    return inspected;
  }
  const read = await loadDoctype(store, caller, doctype);
  const ask = { principal: caller.principal, action: 'inspect' as const, doctype, now: read.now };
  if (!mayEver(read.policy.world, ask)) throw needsInspect();
  return { read, document: null };
}

async function loadDoctype(store: Store, caller: Caller, doctype: string): Promise<ReadResults> {
  const read = await store.read(caller.credential, caller.principal.id, 'read', () => []);
  if (!knownTable(read, caller, doctype)) throw unknownDoctype(doctype);
  return read;
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

function unknownField(field: string): Refusal {
  return new Refusal('unknown_field', `There is no field \`${field}\`.`);
}
