/** Answers about access. Each is itself authorised, and each refusal is recorded. */

import { append } from '../audit/append.ts';
import { LIMITS } from '../base/limits.ts';
import { auditSubject } from '../identity/audit-subject.ts';
import type { Caller } from '../identity/caller.ts';
import type { Store } from '../store/store.ts';
import type { Subject } from './asked-document.ts';
import { type ExplainRequest, type Explanation, explain } from './explain.ts';
import { readForecast } from './forecast.ts';
import type { ForecastAnswer } from './forecast-answer.ts';
import { type LeastUseRequest, leastUse } from './least-use.ts';
import type { LeastUseAnswer } from './least-use-answer.ts';
import { type LintAnswer, lint } from './lint.ts';
import { type PreviewAnswer, preview } from './preview.ts';
import type { PreviewRequest } from './preview-request.ts';
import type { WhoAnywhereAnswer } from './reach-answer.ts';
import { recordRefusal } from './record-refusal.ts';
import { SEPARATION_RULE, type SeparationAnswer, separation } from './separation.ts';
import { type WhoAnswer, type WhoQuestion, who } from './who.ts';
import { type WhoAnywhereQuestion, whoAnywhere } from './who-anywhere.ts';

export type { ExplainRequest, Explanation } from './explain.ts';
export type { LeastUseRequest } from './least-use.ts';
export type { LintAnswer } from './lint.ts';
export type { PreviewAnswer } from './preview.ts';
export type { PreviewRequest } from './preview-request.ts';
export type { WhoAnywhereAnswer } from './reach-answer.ts';
export type { SeparationAnswer } from './separation.ts';
export type { WhoAnswer, WhoQuestion } from './who.ts';
export type { WhoAnywhereQuestion } from './who-anywhere.ts';

export class Access {
  private readonly store: Store;
  private readonly approvalPairs: number;

  /** `approvalPairs` is how many personal pairs one person may give at once. */
  constructor(store: Store, approvalPairs: number = LIMITS.approvalPairs) {
    this.store = store;
    this.approvalPairs = approvalPairs;
  }

  /**
   * Why a principal may do an action on a document, with every witness, or the nearest miss and
   * who could give what is missing. About oneself, a hidden document is explained like one that
   * does not exist.
   */
  async explain(caller: Caller, request: ExplainRequest): Promise<Explanation> {
    return await this.recorded(caller, 'explain', request, () =>
      explain(this.store, caller, request),
    );
  }

  /**
   * Everybody who may do an action on a document, or on a field of it, with every witness. Needs
   * `inspect` on the document, which gives no sight of it.
   */
  async who(caller: Caller, question: WhoQuestion): Promise<WhoAnswer> {
    return await this.recorded(caller, 'who', question, () => who(this.store, caller, question));
  }

  /**
   * Everybody who may do an action on some document of a doctype, or on a field of it: how many
   * documents, by which grants, and of whom. About others it needs `inspect`, and counts only
   * documents that the caller may inspect; `user` may be oneself without it.
   */
  async whoAnywhere(caller: Caller, question: WhoAnywhereQuestion): Promise<WhoAnywhereAnswer> {
    return await this.recorded(caller, 'who', { doctype: question.doctype }, () =>
      whoAnywhere(this.store, caller, question),
    );
  }

  /**
   * What a change of permissions would give and take: people, documents, and pairs of both, by
   * doctype and action, exactly. For those who may give access, or inspect grants.
   */
  async preview(caller: Caller, request: PreviewRequest): Promise<PreviewAnswer> {
    const answer = await this.recorded(caller, 'preview', { doctype: 'Grant' }, () =>
      preview(this.store, caller, request, this.approvalPairs),
    );
    // Many questions, each a little different, are how numbers become values: they leave a trace.
    const { add = [], remove = [] } = request;
    const counted = { added: lengthOf(add), removed: lengthOf(remove) };
    await append(this.store, caller.credential, auditSubject(caller), [
      {
        ...{ action: 'preview', doctype: 'Grant', name: null },
        ...{ outcome: 'allowed' as const, code: null, detail: counted },
      },
    ]);
    return answer;
  }

  /**
   * Everybody who could do two things that are kept apart, by what they hold or will hold. Needs
   * `inspect` on the rules that keep duties apart.
   */
  async separation(caller: Caller): Promise<SeparationAnswer> {
    return await this.recorded(caller, 'separation', { doctype: SEPARATION_RULE }, () =>
      separation(this.store, caller),
    );
  }

  /**
   * What opens records to many, or is left lying about, with what it opens and what to do. For
   * those who may inspect every permission record.
   */
  async lint(caller: Caller): Promise<LintAnswer> {
    return await this.recorded(caller, 'lint', { doctype: 'Grant' }, () =>
      lint(this.store, caller),
    );
  }

  /**
   * What each grant alone gives, which grants give nothing beyond others, and when each was last
   * needed. With `inspect` on grants and on all that they reach; else of oneself.
   */
  async leastUse(caller: Caller, request: LeastUseRequest): Promise<LeastUseAnswer> {
    return await this.recorded(caller, 'least-use', { doctype: 'Grant' }, () =>
      leastUse(this.store, caller, request),
    );
  }

  /** Refusals are committed to the audit log before the answer leaves. */
  private async recorded<Value>(
    caller: Caller,
    action: string,
    subject: Omit<Subject, 'name'> & { readonly name?: string | null },
    work: () => Promise<Value>,
  ): Promise<Value> {
    return await recordRefusal(this.store, caller, action, subject, work);
  }

  /** What ends within days, and what nobody holds then; see `readForecast`. */
  async forecast(caller: Caller, days: number): Promise<ForecastAnswer> {
    return await readForecast(this.store, caller, days);
  }
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
