/**
 * What decisions rested on, for the audit log: the grants and shares that said yes, and those of
 * them without which the answer would have been another one.
 */
import type { Decision } from './decide.ts';
import { levelsBy, witnessName } from './support.ts';

/** Names such as `grant GRANT-00012` and `share SHARE-00003`. */
export type Need = {
  readonly witnesses: ReadonlySet<string>;
  readonly solely: ReadonlySet<string>;
};

/**
 * What an allow rested on, where fields of these levels mattered as well: whoever alone says yes,
 * or alone opens one of the levels, was needed solely. Nothing, of a refusal.
 */
export function needOf(decision: Decision, levels: Iterable<number> = []): Need {
  const { because } = decision;
  const all = new Set(because.map(witnessName));
  const sets = [...levels].map(
    (level) =>
      new Set(because.filter((one) => levelsBy(one).has(level)).map((one) => witnessName(one))),
  );
  return {
    witnesses: all,
    solely: new Set([all, ...sets].filter(isOne).flatMap((set) => [...set])),
  };
}

function isOne({ size }: ReadonlySet<string>): boolean {
  return size === 1;
}

/** The needs of all that was decided for one thing done. */
export class Needs {
  private readonly witnesses = new Set<string>();
  private readonly solely = new Set<string>();

  add({ witnesses, solely }: Need): void {
    for (const name of witnesses) this.witnesses.add(name);
    for (const name of solely) this.solely.add(name);
  }

  /** As the audit entry says it, in the order of the names. */
  said(): { readonly witnesses: readonly string[]; readonly solely: readonly string[] } {
    return { witnesses: [...this.witnesses].sort(), solely: [...this.solely].sort() };
  }
}
