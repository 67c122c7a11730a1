/** Who can: everybody who may do an action on a document or on a field of it, with reasons. */
import { decide, isAction, principalNamed, whoCan } from '../authz/index.ts';
import { notFound, Refusal } from '../base/errors.ts';
import type { Caller } from '../identity/caller.ts';
import type { Store } from '../store/store.ts';
import { levelAsked, loadInspected } from './asked-document.ts';
import { type AboutPast, asOf, instantOf, type PastNote, pastNote } from './past.ts';
import { type Because, becauseOf } from './witness.ts';

export type WhoQuestion = AboutPast & {
  readonly action: string;
  readonly doctype: string;
  readonly name: string;
  readonly field?: string;
};

export type WhoAnswer = Partial<PastNote> & {
  /** In the order of their names; `Guest` stands for whoever has not signed in. */
  readonly principals: readonly { readonly name: string; readonly because: readonly Because[] }[];
  readonly total: number;
};

/** See `Access.who`. */
export async function who(store: Store, caller: Caller, question: WhoQuestion): Promise<WhoAnswer> {
  const { action, doctype, name } = question;
  if (!isAction(action)) throw new Refusal('bad_value', `There is no action \`${action}\`.`);
  if (question.at !== undefined) instantOf(question.at);
  const { read, document } = await loadInspected(store, caller, question);
  if (!document) throw notFound(doctype, name);
  const level = levelAsked(read, question);
  // Who may ask is decided as of now; who could, as of the instant that was asked about.
  const { now, policy } = await asOf(store, read, question);
  const { world } = policy;
  const ask = { action, doctype, document, now };
  const names = whoCan(world, level === null ? ask : { ...ask, level });
  const principals = names.map((id) => {
    const decision = decide(world, { ...ask, principal: principalNamed(id) });
    return { name: id, because: becauseOf(decision, level) };
  });
  return { principals, total: principals.length, ...pastNote(question) };
}
