/** A doctype as decisions read it. */
import type { Dimension } from './dimension.ts';
import type { DoctypeShape } from './world.ts';

/** A dimension path with the values of its dimension. */
export type CompiledPath = {
  readonly path: string;
  readonly dimension: Dimension;
  /** The dimension's place in a scope, see `Slots`. */
  readonly slot: number;
  /** The table field whose rows carry the dimension; null where the document itself does. */
  readonly table: string | null;
  /** The field that names the value, of the document or of each row. */
  readonly column: string;
};

export type CompiledDoctype = DoctypeShape & {
  /** From 0, in the order of the world. */
  readonly number: number;
  readonly compiledPaths: readonly CompiledPath[];
};
