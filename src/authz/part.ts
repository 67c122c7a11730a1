/** A test that stands for several ways of reaching documents. */
import type { Coverage } from './coverage.ts';
import type { Filter } from './filter.ts';

/** Some grants with some of their rules: all that reach the same documents on one condition. */
export type Part = {
  /** As bits, see `actionBit`. */
  readonly actions: number;
  /** As bits, see `levelSet`. */
  readonly levels: number;
  readonly when: Filter | null;
  /** By the doctype's paths; null where nothing needs to be covered. */
  readonly coverages: readonly (Coverage | null)[];
};
