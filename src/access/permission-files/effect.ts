/** What differences would open and close: asked of the preview of changes, where there is one. */
import type { FindingEntry } from '../lint-words.ts';

export type PreviewAdded = { readonly type: string; readonly [field: string]: unknown };
export type PreviewRemoved = { readonly type: string; readonly [field: string]: unknown };

export type PreviewRequest = {
  readonly add: readonly PreviewAdded[];
  readonly remove: readonly PreviewRemoved[];
};

/** How many people would gain or lose an action on how many documents of a doctype. */
export type EffectRow = {
  readonly doctype: string;
  readonly action: string;
  readonly people: number;
  readonly documents: number;
  readonly pairs: number;
};

export type Effect = {
  readonly gained: readonly EffectRow[];
  readonly lost: readonly EffectRow[];
  /** What lint would say of it. */
  readonly findings: readonly FindingEntry[];
  /** Whether the changes show personal fields to more than one person may give alone. */
  readonly approval: {
    readonly required: boolean;
    readonly personal_pairs: number;
    readonly threshold: number;
  };
};

/** All differences as one question: together they may give what none of them gives. */
export function previewRequestOf(differences: readonly PreviewRequest[]): PreviewRequest {
  // What grants and rules speak of comes before them.
  const isNamed = ({ type }: PreviewAdded): number => (type === 'role' || type === 'group' ? 0 : 1);
  const added = differences.flatMap(({ add }) => add);
  return {
    add: added.toSorted((one, other) => isNamed(one) - isNamed(other)),
    remove: differences.flatMap(({ remove }) => remove),
  };
}
