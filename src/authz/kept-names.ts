/** Answers that hang on one value only, kept until the world changes. */
import type { Demand } from './holder-index.ts';

/** So many names in all; then it is begun anew. */
const KEPT_MAX = 1 << 19;

export class KeptNames {
  /** By what is asked for, then by the number of the value. */
  private readonly byDemands = new Map<readonly Demand[], Map<number, readonly string[]>>();
  private count = 0;

  get(demands: readonly Demand[], value: number): readonly string[] | undefined {
    return this.byDemands.get(demands)?.get(value);
  }

  keep(demands: readonly Demand[], value: number, names: string[]): void {
    if (this.count > KEPT_MAX) {
      this.byDemands.clear();
      this.count = 0;
    }
    const byValue = this.byDemands.get(demands) ?? new Map<number, readonly string[]>();
    // Several who ask get the same list.
    this.byDemands.set(demands, byValue.set(value, Object.freeze(names)));
    this.count += names.length;
  }
}
