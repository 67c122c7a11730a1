/** Documents that were asked for together, and what was wrong with which of them. */
import { Refusal } from '../base/errors.ts';

/** A refusal of the document at this place among those asked for, from 0. */
export type PlacedRefusal = { readonly index: number; readonly refusal: Refusal };

/**
 * Takes one after the other, and goes on where one is refused; then throws `SeveralRefused` with
 * all that were.
 */
export async function eachOrRefused<Item>(
  items: readonly Item[],
  take: (item: Item, index: number) => void | Promise<void>,
): Promise<void> {
  const refusals: PlacedRefusal[] = [];
  for (const [index, item] of items.entries()) {
    try {
      // Most take no time: waiting for each of them would take more.
      const taking = take(item, index);
      if (taking !== undefined) await taking;
    } catch (error) {
      // After an error of the database itself, its transaction cannot go on.
      if (!(error instanceof Refusal) || error.cause !== undefined) throw error;
      refusals.push({ index, refusal: error });
    }
  }
  if (refusals.length > 0) throw new SeveralRefused(refusals);
}

/**
 * Waits for all of them, and then throws what the first of them was refused for: whatever they ask
 * of the transaction, it is at rest by then.
 */
export async function allOrRefused(parts: readonly Promise<void>[]): Promise<void> {
  const ended = await Promise.allSettled(parts);
  const refused = ended.find((one) => one.status === 'rejected');
  if (refused) throw refused.reason;
}

/** To a door it is the first of them; nothing of any was kept. */
export class SeveralRefused extends Refusal {
  readonly refusals: readonly PlacedRefusal[];

  constructor(refusals: readonly PlacedRefusal[]) {
    const [first] = refusals;
    if (!first) throw new Error('nothing was refused');
    super(first.refusal.code, first.refusal.message, { errors: first.refusal.errors });
    this.refusals = refusals;
  }
}
