/** Chance from a seed, so that a workload is the same each time. */

/** A generator of numbers in [0, 1): mulberry32, by Tommy Ettinger, in the public domain. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Dice {
  private readonly next: () => number;

  constructor(seed: number) {
    this.next = generator(seed);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)] as Item;
  }

  /** Some of the items, each once; at least one. */
  some<Item>(items: readonly Item[], most: number): Item[] {
    const picked = new Set<Item>();
    for (let left = 1 + this.below(most); left > 0; left--) picked.add(this.of(items));
    return [...picked];
  }
}

/** `count` names that sort in their order. */
export function names(prefix: string, count: number): string[] {
  const digits = String(count - 1).length;
  return Array.from({ length: count }, (_, index) => prefix + String(index).padStart(digits, '0'));
}
