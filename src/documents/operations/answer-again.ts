/** The answer to a request that was done before, for whoever sent it and as they may see it now. */
import { Refusal } from '../../base/errors.ts';
import type { Caller } from '../../identity/caller.ts';
import { AlreadyDone, onceByKey, type WrittenDocument } from '../../store/request-key.ts';
import type { Store } from '../../store/store.ts';
import type { WireDocument } from '../steps/mask-answer.ts';
import { readDocument } from './read.ts';

export { AlreadyDone, onceByKey, type WrittenDocument };

/**
 * Reads the documents by the permissions of now: what was shown the first time is not kept, and
 * may not be theirs to see any more. Null for one that is hidden or gone.
 */
export async function answerAgain(
  store: Store,
  caller: Caller,
  written: readonly WrittenDocument[],
): Promise<(WireDocument | null)[]> {
  const documents: (WireDocument | null)[] = [];
  for (const { doctype, name } of written) {
    documents.push(
      await readDocument(store, caller, doctype, name).catch((error: unknown) => {
        if (error instanceof Refusal && error.status === 404) return null;
        throw error;
      }),
    );
  }
  return documents;
}
