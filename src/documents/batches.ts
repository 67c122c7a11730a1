/**
 * Changes that are too many for one transaction: each is made in its own, decided when it is made,
 * and kept as made by the same transaction. Whoever sends them can stop and go on, or send the same
 * rows again; they keep the rows, and the system keeps only how far it has come.
 */
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import { randomId } from '../base/random.ts';
import { isStorableText } from '../doctype/plain-data.ts';
import type { Caller } from '../identity/caller.ts';
import {
  type BatchState,
  batchFrom,
  insertBatch,
  onceByRow,
  refuseRow,
  selectBatch,
} from '../store/batches.ts';
import { AlreadyDone } from '../store/request-key.ts';
import type { Store } from '../store/store.ts';
import { type BulkChange, requireFew } from './bulk.ts';
import type { Documents } from './documents.ts';

export type { BatchState };

export class Batches {
  private readonly store: Store;
  private readonly documents: Documents;

  constructor(store: Store, documents: Documents) {
    this.store = store;
    this.documents = documents;
  }

  /** Begins a batch of so many rows. */
  async make(caller: Caller, label: string, total: number): Promise<BatchState> {
    if (!Number.isInteger(total) || total < 1 || total > LIMITS.batchRowsMax) {
      const most = LIMITS.batchRowsMax.toLocaleString('en');
      throw new Refusal('bad_value', `\`total\` takes a whole number from 1 to ${most}.`);
    }
    if (!isStorableText(label)) throw new Refusal('bad_value', '`label` takes plain text.');
    const name = `BATCH-${randomId(16)}`;
    const statements = [insertBatch(name, label, total), selectBatch(name)];
    const [, , made] = await this.store.run(caller.credential, 'create', ...statements);
    return batchFrom(name, made);
  }

  /** How far one's own batch has come; `not_found` for any other. */
  async state(caller: Caller, name: string): Promise<BatchState> {
    const asked = isStorableText(name) ? name : '';
    const [, result] = await this.store.run(caller.credential, 'read', selectBatch(asked));
    return batchFrom(name, result);
  }

  /**
   * Makes the rows from this one on, in their order. One that was made before is passed over, and
   * one that is refused does not stop the others. Where the system itself cannot go on, the error
   * is thrown and what was made stays made: send them again.
   */
  async run(
    caller: Caller,
    name: string,
    from: number,
    changes: readonly BulkChange[],
  ): Promise<BatchState> {
    requireFew(changes.length);
    const { total } = await this.state(caller, name);
    if (!Number.isInteger(from) || from < 0 || from + changes.length > total) {
      throw new Refusal('bad_value', `The rows of this batch are 0 to ${total - 1}.`);
    }
    for (const [index, change] of changes.entries()) {
      await this.runRow(caller, name, from + index, change);
    }
    return await this.state(caller, name);
  }

  private async runRow(
    caller: Caller,
    name: string,
    row: number,
    { operation, ...request }: BulkChange,
  ): Promise<void> {
    try {
      await this.documents.write({ ...caller, once: onceByRow(name, row) }, operation, request);
    } catch (error) {
      if (error instanceof AlreadyDone) return;
      if (!(error instanceof Refusal) || !isOfRow(error)) throw error;
      await this.store.run(caller.credential, 'create', refuseRow(name, row, error));
    }
  }
}

/** Something about the change itself, and not about the moment. */
function isOfRow({ status, code }: Refusal): boolean {
  if (status >= 500 || status === 401 || status === 429) return false;
  return code !== 'request_in_flight';
}
