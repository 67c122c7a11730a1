/** A ceiling as decisions read it. */
import type { ScopeCoverage } from './coverage.ts';

export type CompiledCeiling = {
  /** As bits, with those that are implied; see `actionBit`. */
  readonly actions: number;
  /** Null where it limits none. */
  readonly doctypes: ReadonlySet<string> | null;
  readonly scope: ScopeCoverage;
};
