/**
 * Sets of small numbers as bits, 32 to a word. The words are signed: unsigned ones would leave the
 * range in which numbers are computed with as integers.
 */

/** Room for numbers from 0 to below `count`; empty. */
export function bitsFor(count: number): Int32Array {
  return new Int32Array((count + 31) >>> 5);
}

/** Puts a number in. */
export function setBit(bits: Int32Array, number: number): void {
  const word = number >>> 5;
  bits[word] = (bits[word] as number) | (1 << (number & 31));
}

/** True where the number is in. */
export function hasBit(bits: Int32Array, number: number): boolean {
  return (((bits[number >>> 5] as number) >>> (number & 31)) & 1) === 1;
}

/** Puts all of the other set in. */
export function addBits(bits: Int32Array, others: Int32Array): void {
  for (let word = 0; word < bits.length; word++) {
    bits[word] = (bits[word] as number) | (others[word] as number);
  }
}

/** Calls `visit` with each number that is in, ascending. */
export function eachBit(bits: Int32Array, visit: (number: number) => void): void {
  for (let word = 0; word < bits.length; word++) {
    let left = bits[word] as number;
    while (left !== 0) {
      // The lowest bit that is set, and its place counted from the right.
      const lowest = left & -left;
      visit((word << 5) + 31 - Math.clz32(lowest));
      left ^= lowest;
    }
  }
}

/** How many numbers are in. */
export function countBits(bits: Int32Array): number {
  let count = 0;
  for (const word of bits) {
    // Adds neighbouring pairs, fours and eights of bits up within the word.
    let sum = word - ((word >>> 1) & 0x55555555);
    sum = (sum & 0x33333333) + ((sum >>> 2) & 0x33333333);
    count += Math.imul((sum + (sum >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}
