/** Grants and shares that say yes, as answers show them. */

import type { Decision } from '../authz/index.ts';
import { type Support, supportsOf, type Way, type Witness } from '../authz/index.ts';

export type Because = {
  readonly kind: 'grant' | 'share';
  readonly name: string;
  readonly role?: string;
  readonly rule?: string;
  readonly scope?: readonly { dimension: string; value: string; descendants: 0 | 1 }[];
  readonly request?: string;
  /** Were it taken away and all else left. */
  readonly without?: { readonly allowed: boolean; readonly levels: readonly number[] };
};

/** Every witness of an allow, or with `level` of fields of that level. */
export function becauseOf(decision: Decision, level: number | null): Because[] {
  return supportsOf(decision, level).flatMap((support) =>
    support.witnesses.map((witness) => ({ ...shown(witness), without: withoutIt(support) })),
  );
}

/** A way to reach documents at all, without any one of them. */
export function shownWay(way: Way): Because {
  const { source } = way.holding.grant;
  return {
    kind: 'grant',
    name: source.name,
    role: source.role,
    rule: way.rule.source.name,
    scope: source.scope.map(({ dimension, value, descendants }) => ({
      dimension,
      value,
      descendants: descendants ? 1 : 0,
    })),
    ...(source.request === null ? {} : { request: source.request }),
  };
}

/** One witness by itself. */
export function shown(witness: Witness): Because {
  if (witness.kind === 'share') return { kind: 'share', name: witness.share.name };
  return shownWay(witness.way);
}

function withoutIt({ without: { allowed, levels } }: Support) {
  return { allowed, levels: [...levels].sort() };
}
