/**
 * Reasons, as AuthZEN puts them into the context of an answer: `reason_user` may be shown to the
 * person, `reason_admin` only to whoever may inspect the document.
 */
import type { Decision, Witness } from '../../authz/index.ts';
import type { Refusal } from '../../base/errors.ts';

export type Reason = { readonly en: string };

export type Answer = {
  readonly decision: boolean;
  readonly context?: {
    readonly reason_user?: Reason;
    readonly reason_admin?: Reason;
    /** Only in a batch, of an evaluation that could not be made. */
    readonly error?: { readonly status: number; readonly message: string };
  };
};

/**
 * What a person is told of anything they may not do and may not see: the same words for what is
 * hidden, for what is missing and for what there is no such thing of.
 */
const NOTHING_HELD = 'Nothing that is held allows this, or there is nothing of this name.';

/** A refusal without any particulars. */
export const PLAIN_DENY: Answer = {
  decision: false,
  context: { reason_user: { en: NOTHING_HELD } },
};

/** To the person themselves, of a document that they may read. Names no value and no colleague. */
export function answerToOneself({ allowed, missing }: Decision): Answer {
  if (allowed) return { decision: true };
  const en = missing.map(({ detail }) => detail).join('; ');
  return { decision: false, context: { reason_user: { en: en || NOTHING_HELD } } };
}

/** About somebody, to a caller who may inspect the document. */
export function answerToInspector({ allowed, because, missing }: Decision): Answer {
  if (allowed) {
    const en = because.map(wordsOf).join('; ');
    return { decision: true, context: { reason_admin: { en } } };
  }
  const en = missing.map(({ detail }) => detail).join('; ');
  return {
    decision: false,
    context: { reason_user: { en: NOTHING_HELD }, reason_admin: { en } },
  };
}

/** About somebody whom there is not, or who may not sign in any more. */
export const NO_SUCH_SUBJECT: Answer = {
  decision: false,
  context: {
    reason_user: { en: NOTHING_HELD },
    reason_admin: { en: 'nobody of this name may act' },
  },
};

/** An evaluation that could not be made, at its place in a batch. */
export function answerOfError(error: Refusal): Answer {
  const { status, message } = error;
  return { decision: false, context: { error: { status, message } } };
}

function wordsOf(witness: Witness): string {
  if (witness.kind === 'share') return `share \`${witness.share.name}\``;
  const { holding, rule } = witness.way;
  const { name, role } = holding.grant.source;
  return `role ${role}, held by grant \`${name}\`, by rule \`${rule.source.name}\``;
}
