/** Counts what a property has seen, so that none passes because nothing of the kind came up. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';

export class Census {
  readonly #counts = new Map<string, number>();

  count(kind: string, times = 1): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + times);
  }

  /** Prints all counts; fails where a kind was seen less often than it has to be. */
  requires(context: TestContext, least: Readonly<Record<string, number>>): void {
    const seen = [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
    context.diagnostic(seen.map(([kind, count]) => `${kind}: ${count}`).join('; '));
    const tooFew = Object.entries(least)
      .map(([kind, wanted]) => ({ kind, wanted, seen: this.#counts.get(kind) ?? 0 }))
      .filter(({ wanted, seen }) => seen < wanted);
    assert.deepEqual(
      tooFew,
      [],
      'the random worlds hold too little of what this property is about',
    );
  }
}
