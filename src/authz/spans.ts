/**
 * Sets of numbers as spans: first and last number of each, one after the other, ascending, no two
 * of them touching.
 */

/** Sorts pairs of first and last number, and joins those that overlap or touch. */
export function joinSpans(pairs: readonly number[]): Int32Array {
  if (pairs.length <= 2) return Int32Array.from(pairs);
  const order = Array.from({ length: pairs.length / 2 }, (_, index) => index * 2);
  order.sort((a, b) => at(pairs, a) - at(pairs, b));
  const joined: number[] = [];
  for (const index of order) {
    const [first, last] = [at(pairs, index), at(pairs, index + 1)];
    const end = joined.length - 1;
    if (end > 0 && first <= at(joined, end) + 1) joined[end] = Math.max(at(joined, end), last);
    else joined.push(first, last);
  }
  return Int32Array.from(joined);
}

/**
 * True where a number is in one of the spans, of which there are `count` from `start` on. A place
 * in a longer array is taken as it is, so that nothing is cut out of it for a question.
 */
export function isInSpans(
  numbers: Int32Array,
  start: number,
  count: number,
  number: number,
): boolean {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (number < (numbers[start + 2 * middle] as number)) high = middle;
    else if (number > (numbers[start + 2 * middle + 1] as number)) low = middle + 1;
    else return true;
  }
  return false;
}

/** True where each number of the inner spans is in the outer ones. */
export function areSpansWithin(inner: Int32Array, outer: Int32Array): boolean {
  let index = 0;
  for (let one = 0; one < inner.length; one += 2) {
    while (index < outer.length && at(outer, index + 1) < at(inner, one)) index += 2;
    if (index >= outer.length || at(inner, one) < at(outer, index)) return false;
    if (at(inner, one + 1) > at(outer, index + 1)) return false;
  }
  return true;
}

/** True where some number is in both. */
export function doSpansMeet(spans: Int32Array, others: Int32Array): boolean {
  let one = 0;
  let other = 0;
  while (one < spans.length && other < others.length) {
    if (at(spans, one + 1) < at(others, other)) one += 2;
    else if (at(others, other + 1) < at(spans, one)) other += 2;
    else return true;
  }
  return false;
}

/** The numbers of the spans that are in none of those that are taken away. */
export function cutSpans(spans: Int32Array, taken: Int32Array): Int32Array {
  const left: number[] = [];
  let index = 0;
  for (let one = 0; one < spans.length; one += 2) {
    let first = at(spans, one);
    const last = at(spans, one + 1);
    while (index < taken.length && at(taken, index + 1) < first) index += 2;
    // One that reaches beyond this span is looked at again for the next.
    for (let cut = index; cut < taken.length && at(taken, cut) <= last; cut += 2) {
      if (at(taken, cut) > first) left.push(first, at(taken, cut) - 1);
      first = at(taken, cut + 1) + 1;
    }
    if (first <= last) left.push(first, last);
  }
  return Int32Array.from(left);
}

/** The numbers that are in both. */
export function commonSpans(one: Int32Array, other: Int32Array): Int32Array {
  const common: number[] = [];
  let [a, b] = [0, 0];
  while (a < one.length && b < other.length) {
    const first = Math.max(at(one, a), at(other, b));
    const last = Math.min(at(one, a + 1), at(other, b + 1));
    if (first <= last) common.push(first, last);
    if (at(one, a + 1) < at(other, b + 1)) a += 2;
    else b += 2;
  }
  return Int32Array.from(common);
}

function at(numbers: ArrayLike<number>, index: number): number {
  return numbers[index] ?? 0;
}
