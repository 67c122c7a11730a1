/**
 * OpenID AuthZEN's Authorization API 1.0 on the kernel: every question authorised like any other,
 * every refusal recorded before the answer leaves.
 *
 * @see https://openid.net/specs/authorization-api-1_0.html
 */
import { append } from '../../audit/append.ts';
import type { BoundTokens } from '../../base/bound-tokens.ts';
import { Refusal } from '../../base/errors.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { Caller } from '../../identity/caller.ts';
import type { Store } from '../../store/store.ts';
import { type Evaluation, readEvaluation } from './entities.ts';
import { evaluate, type Outcome } from './evaluate.ts';
import { readBatch, upToDecisive } from './evaluations.ts';
import { type Answer, answerOfError } from './reasons.ts';
import { type SearchAnswer, type SearchKind, search } from './search.ts';
import type { PropertyTrust } from './trusted-properties.ts';

export type AuthzenParts = {
  readonly store: Store;
  readonly tokens: BoundTokens;
  readonly trust: PropertyTrust;
};

type Refused = { readonly evaluation: Evaluation; readonly refusal: Refusal };

export class Authzen {
  private readonly parts: AuthzenParts;

  constructor(parts: AuthzenParts) {
    this.parts = parts;
  }

  /**
   * One evaluation. Throws `bad_value` where it is not well formed; `forbidden` and `not_found`
   * where the caller may not ask about that person and document.
   */
  async evaluation(caller: Caller, input: unknown): Promise<Answer> {
    const evaluation = readEvaluation(input);
    const [outcome] = await this.evaluate(caller, [evaluation]);
    if (!(outcome instanceof Refusal)) return outcome as Answer;
    await this.record(caller, [{ evaluation, refusal: outcome }]);
    throw outcome;
  }

  /** Many at once, each answered at its place; without any, the request itself is the one. */
  async evaluations(
    caller: Caller,
    input: unknown,
  ): Promise<Answer | { readonly evaluations: readonly Answer[] }> {
    const batch = readBatch(input);
    if (batch === null) return await this.evaluation(caller, input);
    const evaluations = batch.evaluations.flatMap((one) => (one instanceof Refusal ? [] : [one]));
    const outcomes = (await this.evaluate(caller, evaluations))[Symbol.iterator]();
    const items = batch.evaluations.map((evaluation) => {
      const outcome =
        evaluation instanceof Refusal ? evaluation : (outcomes.next().value as Outcome);
      const answer = outcome instanceof Refusal ? answerOfError(outcome) : outcome;
      return { evaluation, outcome, answer, isAllowed: answer.decision };
    });
    const answered = upToDecisive(batch.semantic, items);
    const refused = answered.flatMap(({ evaluation, outcome }) =>
      outcome instanceof Refusal && !(evaluation instanceof Refusal)
        ? [{ evaluation, refusal: outcome }]
        : [],
    );
    await this.record(caller, refused);
    return { evaluations: answered.map(({ answer }) => answer) };
  }

  /** Who may, on which documents, or by which actions; in pages. */
  async search(caller: Caller, kind: SearchKind, input: unknown): Promise<SearchAnswer> {
    const { store, tokens } = this.parts;
    try {
      return await search(store, tokens, caller, kind, input);
    } catch (error) {
      if (error instanceof Refusal && [403, 404].includes(error.status)) {
        const { type = null, id = null } = resourceOf(input);
        await append(store, caller.credential, auditSubject(caller), [
          refusalEvent('search', String(type), typeof id === 'string' ? id : null, error),
        ]);
      }
      throw error;
    }
  }

  private async evaluate(
    caller: Caller,
    evaluations: readonly Evaluation[],
  ): Promise<readonly Outcome[]> {
    const { store, trust } = this.parts;
    return await evaluate(store, trust, caller, evaluations);
  }

  private async record(caller: Caller, refused: readonly Refused[]): Promise<void> {
    if (refused.length === 0) return;
    const events = refused.map(({ evaluation: { resource }, refusal }) =>
      refusalEvent('evaluate', resource.type, resource.id, refusal),
    );
    await append(this.parts.store, caller.credential, auditSubject(caller), events);
  }
}

function refusalEvent(action: string, doctype: string, name: string | null, { code }: Refusal) {
  return { action, doctype, name, outcome: 'refused' as const, code, detail: {} };
}

function resourceOf(input: unknown): { readonly type?: unknown; readonly id?: unknown } {
  const { resource } = input as { readonly resource?: object };
  return resource ?? {};
}
