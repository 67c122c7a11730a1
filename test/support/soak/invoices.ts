/** The sales invoices of the soak, as whoever wrote them knows them. */
import type { Judge } from './judge.ts';
import type { Span, Timeline } from './timeline.ts';

export const INVOICE = 'Sales Invoice';

export type Invoice = {
  /** The number of the customer's order: by it an invoice is known before it has a name. */
  readonly mark: string;
  /** Null while its making is not answered. */
  readonly name: string | null;
  readonly owner: string;
  readonly company: string;
  readonly cost_center: string | null;
  readonly docstatus: number;
  readonly net_total: number;
  /** The version as it was answered last. */
  readonly modified: string;
};

/** Invoices of the demo that differ in nothing that decides, and that nobody writes. */
export type Heap = Pick<Invoice, 'owner' | 'company' | 'cost_center' | 'docstatus'> & {
  /** Of one of them. */
  readonly name: string;
  readonly count: number;
  /** Of all of them together. */
  readonly net_total: number;
};

/** All that one writer has made and not removed. */
export type Pile = readonly Invoice[];

/** What there is of invoices: who never changes, and who is changed by one writer each. */
export type Holdings = {
  readonly heaps: readonly Heap[];
  readonly still: Pile;
  readonly piles: readonly Timeline<Pile>[];
};

/** Marks of all invoices that the soak made begin so. */
export const MARKED = 'soak-';

/** What decisions on an invoice can hang on. */
export function factsOf(one: Omit<Invoice, 'mark' | 'net_total' | 'modified'>) {
  const { name, owner, company, cost_center, docstatus } = one;
  return { name, owner, company, cost_center, docstatus };
}

/**
 * Every choice of one state for each writer that is possible in the span, as what the user may
 * read of it. Each writer does one thing after the other, so a snapshot holds one state of each;
 * how the writers lie to each other is not known, so every combination counts as possible.
 */
export function* viewsDuring(
  { still, piles }: Holdings,
  span: Span,
  judge: Judge,
  user: string,
): Generator<{ readonly seen: Pile; readonly hidden: number }> {
  const parts = [[still], ...piles.map((pile) => pile.during(span))];
  for (const states of combinations(parts)) {
    const all = states.flat();
    const seen = all.filter((one) => judge.may(user, 'read', INVOICE, factsOf(one)));
    yield { seen, hidden: all.length - seen.length };
  }
}

function* combinations<Item>(parts: readonly (readonly Item[])[]): Generator<Item[]> {
  const [first, ...others] = parts;
  if (!first) return yield [];
  for (const rest of combinations(others)) for (const item of first) yield [item, ...rest];
}
