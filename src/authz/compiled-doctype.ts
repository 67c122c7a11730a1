/** A doctype as decisions read it. */
import type { Dimension } from './dimension.ts';
import type { DoctypeShape } from './world.ts';

/** A dimension path with the values of its dimension. */
export type CompiledPath = { readonly path: string; readonly dimension: Dimension };

export type CompiledDoctype = DoctypeShape & {
  /** From 0, in the order of the world. */
  readonly number: number;
  readonly compiledPaths: readonly CompiledPath[];
};
