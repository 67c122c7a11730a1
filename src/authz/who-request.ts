/** The question from the document's side. */
import type { Action } from './actions.ts';
import type { DocumentFacts } from './matches.ts';

export type WhoRequest = {
  readonly action: Action;
  readonly doctype: string;
  readonly document: DocumentFacts;
  /** Milliseconds since 1970 UTC, from the transaction that answers. */
  readonly now: number;
  /** Only who may do it to fields of this level. */
  readonly level?: number;
};
