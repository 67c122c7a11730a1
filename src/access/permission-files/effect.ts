/** What differences would open and close: asked of the preview of changes, where there is one. */

export type PreviewAdded = { readonly type: string; readonly [field: string]: unknown };
export type PreviewRemoved = { readonly type: string; readonly name: string };

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

export type Effect = { readonly gained: readonly EffectRow[]; readonly lost: readonly EffectRow[] };

/** Counts what a set of changes would do, without doing it. */
export type PreviewEffect = (request: PreviewRequest) => Promise<Effect>;

/** All differences as one question: together they may give what none of them gives. */
export function previewRequestOf(differences: readonly PreviewRequest[]): PreviewRequest {
  return {
    add: differences.flatMap(({ add }) => add),
    remove: differences.flatMap(({ remove }) => remove),
  };
}
