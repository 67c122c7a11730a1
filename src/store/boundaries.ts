/** The moments at which something that is valid for a time begins or ends. */
import type { Validity } from '../authz/index.ts';

export class Boundaries {
  /** Milliseconds since 1970 UTC, ascending; one for each beginning and each end. */
  private readonly moments: Float64Array;

  private constructor(moments: Float64Array) {
    this.moments = moments;
  }

  static of(items: readonly Validity[]): Boundaries {
    return new Boundaries(momentsOf(items));
  }

  /** Those that are left when some items go and others come. */
  turned(gone: readonly Validity[], added: readonly Validity[]): Boundaries {
    const [going, coming] = [momentsOf(gone), momentsOf(added)];
    if (going.length === 0 && coming.length === 0) return this;
    const left = new Float64Array(this.moments.length + coming.length);
    let count = 0;
    let next = 0;
    for (const moment of this.moments) {
      while (next < going.length && (going[next] as number) < moment) next += 1;
      if (going[next] === moment) next += 1;
      else left[count++] = moment;
    }
    left.set(coming, count);
    return new Boundaries(left.slice(0, count + coming.length).sort());
  }

  /** True where nothing begins or ends between two moments, given in either order. */
  isSteadyBetween(a: number, b: number): boolean {
    const [from, until] = a <= b ? [a, b] : [b, a];
    let [low, high] = [0, this.moments.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.moments[middle] as number) <= from) low = middle + 1;
      else high = middle;
    }
    const first = this.moments[low];
    return first === undefined || first > until;
  }
}

function momentsOf(items: readonly Validity[]): Float64Array {
  const moments = items.flatMap(({ from, until }) => [from, until]);
  return Float64Array.from(moments.filter((moment) => moment !== null)).sort();
}
