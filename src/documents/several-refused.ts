/** Documents that were asked for together, and what was wrong with which of them. */
import { Refusal } from '../base/errors.ts';

/** A refusal of the document at this place among those asked for, from 0. */
export type PlacedRefusal = { readonly index: number; readonly refusal: Refusal };

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
