/** One SQL statement with its parameters, and what comes back: text, as PostgreSQL sends it. */

export type Parameter =
  | string
  | number
  | bigint
  | boolean
  | null
  | Buffer
  | readonly (string | null)[];

export type Statement = {
  readonly text: string;
  readonly values: readonly Parameter[];
  /** Its best plan hangs on no parameter: PostgreSQL is to keep one, and not to make it anew. */
  readonly keepsPlan?: boolean;
};

export type Row = readonly (string | null)[];

export type Result = { readonly rows: readonly Row[]; readonly rowCount: number };

/** Collects parameters while SQL text is put together. */
export class Parameters {
  readonly values: Parameter[] = [];

  /** Adds a value and gives its placeholder. */
  add(value: Parameter): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
