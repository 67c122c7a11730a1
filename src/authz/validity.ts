/** When something holds. */
import type { Validity } from './world.ts';

/** INVARIANT (revoked-means-now): from ≤ now < until, both in UTC milliseconds. */
export function isValid(validity: Validity, now: number): boolean {
  return (
    (validity.from === null || validity.from <= now) &&
    (validity.until === null || now < validity.until)
  );
}
