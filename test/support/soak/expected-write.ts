/** What a write has to be answered with, in one world at one moment. */
import { factsOf, INVOICE, type Invoice } from './invoices.ts';
import type { Judge } from './judge.ts';

export type Write = {
  readonly action: 'create' | 'write' | 'submit' | 'cancel' | 'delete';
  /** As it is: only its one writer changes it, and they do one thing after the other. */
  readonly before: Invoice | null;
  readonly after: Invoice | null;
  /** What it is to link to besides its company and cost center, by doctype. */
  readonly links?: Readonly<Record<string, readonly string[]>>;
  /** Sent with a version that is no more. */
  readonly isStale: boolean;
};

type Centers = { readonly centers: readonly { readonly name: string; readonly company: string }[] };

/** `done`, or the code of the refusal. The order is the pipeline's: what is hidden comes first. */
export function expectedOf(judge: Judge, user: string, write: Write, known: Centers): string {
  const { action, before, after, isStale } = write;
  const may = (what: string, one: Invoice): boolean => judge.may(user, what, INVOICE, factsOf(one));
  if (!judge.sees(user, INVOICE)) return 'unknown_doctype';
  if (!before && !judge.mayAnywhere(user, action, INVOICE)) return 'forbidden';
  if (before && !may('read', before)) return 'not_found';
  if (before && !may(action, before)) return 'forbidden';
  if (isStale) return 'version_conflict';
  if (after && !areLinksOpen(judge, user, write, known)) return 'link_not_found';
  if (after && !may(action, after)) return 'forbidden';
  return 'done';
}

/** Links that change may be set only to what one may select. */
function areLinksOpen(
  judge: Judge,
  user: string,
  { before, after, links = {} }: Write,
  { centers }: Centers,
): boolean {
  const { company = '', cost_center = null } = after ?? {};
  const center = centers.find(({ name }) => name === cost_center);
  const isCompanyOpen =
    company === before?.company || judge.may(user, 'select', 'Company', { name: company });
  const isCenterOpen =
    cost_center === (before?.cost_center ?? null) ||
    judge.may(user, 'select', 'Cost Center', { ...center });
  if (!isCompanyOpen || !isCenterOpen) return false;
  return Object.entries(links).every(([doctype, names]) =>
    names.every((name) => judge.may(user, 'select', doctype, { name })),
  );
}
