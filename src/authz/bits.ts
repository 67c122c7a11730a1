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
