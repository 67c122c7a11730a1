/** What the generator hands over: documents in wire values, in batches of one doctype. */

export type DemoDocument = {
  readonly name: string;
  readonly owner?: string;
  readonly docstatus?: 0 | 1 | 2;
  readonly values: Record<string, unknown>;
};

export type DemoBatch = { readonly doctype: string; readonly documents: DemoDocument[] };

const SIZE_MAX = 500;

/** Cuts documents of one doctype into batches of at most 500, lazily. */
export function* batches(doctype: string, source: Iterable<DemoDocument>): Generator<DemoBatch> {
  let documents: DemoDocument[] = [];
  for (const document of source) {
    documents.push(document);
    if (documents.length === SIZE_MAX) {
      yield { doctype, documents };
      documents = [];
    }
  }
  if (documents.length > 0) yield { doctype, documents };
}

/** Money is counted in whole cents inside the generator; on the wire it is a number. */
export function money(cents: number): number {
  return cents / 100;
}

/** Names like Frappe's naming series: `SINV-2025-00001`, counted anew each year. */
export class Series {
  readonly #prefix: string;
  readonly #digits: number;
  readonly #last = new Map<number, number>();

  constructor(prefix: string, digits = 5) {
    this.#prefix = prefix;
    this.#digits = digits;
  }

  /** The next name of a year. */
  next(year: number): string {
    const number = (this.#last.get(year) ?? 0) + 1;
    this.#last.set(year, number);
    return `${this.#prefix}-${year}-${String(number).padStart(this.#digits, '0')}`;
  }
}
