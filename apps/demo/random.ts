/**
 * Seeded pseudo-random numbers (mulberry32, public domain, by Tommy Ettinger).
 *
 * Each part of the demo world draws from a stream of its own, so that a change to one part
 * leaves all the others byte for byte as they were.
 */

/** FNV-1a over the UTF-16 units of a label, as an unsigned 32-bit number. */
function hash(label: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < label.length; index++) {
    value = Math.imul(value ^ label.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** A stream of pseudo-random numbers: the same seed and label give the same stream. */
export class Random {
  #state: number;

  constructor(seed: number, label: string) {
    this.#state = (Math.imul(seed | 0, 0x9e3779b1) ^ hash(label)) >>> 0;
  }

  /** A number of [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number of `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the list, each equally likely; the list must not be empty. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('Cannot pick from an empty list');
    return list[Math.floor(this.next() * list.length)] as T;
  }

  /** One of the list, in proportion to its weight; the list must not be empty. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let left = this.next() * list.reduce((sum, entry) => sum + entry.weight, 0);
    for (const entry of list) {
      left -= entry.weight;
      if (left < 0) return entry;
    }
    return this.pick(list.slice(-1));
  }

  /** A log-normal number with this median; sigma is the deviation of its logarithm. */
  logNormal(median: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.next()));
  }
}
