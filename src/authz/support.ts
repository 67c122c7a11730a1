/** What a decision rests on: each grant and share that says yes, and what is left without it. */
import type { Decision, Witness } from './decide.ts';

/** One grant or share with all that it says yes by. */
export type Support = {
  readonly name: string;
  readonly witnesses: readonly Witness[];
  /** Without it, and with all others: whether it is still allowed, and which levels are open. */
  readonly without: { readonly allowed: boolean; readonly levels: ReadonlySet<number> };
};

/**
 * The supports of an allow, or with `level` those that open fields of that level; none of a
 * refusal. Access only adds up, so it ends when all of them have ended and not before: together
 * they are the smallest set to take away.
 */
export function supportsOf(decision: Decision, level: number | null = null): Support[] {
  const witnesses = decision.because.filter(
    (witness) => level === null || levelsBy(witness).has(level),
  );
  const names = new Set(witnesses.map(witnessName));
  return [...names].map((name) => {
    const own = witnesses.filter((witness) => witnessName(witness) === name);
    const others = witnesses.filter((witness) => witnessName(witness) !== name);
    const levels = new Set(others.flatMap((witness) => [...levelsBy(witness)]));
    return { name, witnesses: own, without: { allowed: others.length > 0, levels } };
  });
}

/** The levels that a witness opens: a share level 0 only. */
export function levelsBy(witness: Witness): ReadonlySet<number> {
  return witness.kind === 'share' ? LEVEL_0 : witness.way.rule.levels;
}

const LEVEL_0: ReadonlySet<number> = new Set([0]);

/** As `grant NAME` or `share NAME`. */
export function witnessName(witness: Witness): string {
  return witness.kind === 'share'
    ? `share ${witness.share.name}`
    : `grant ${witness.way.holding.grant.source.name}`;
}
