/** Somebody reads: each answer has to be what the reference says of one world at one moment. */
import type { Answer } from '../client.ts';
import { DENIED, type Kind, type Outcome } from './findings.ts';
import { type Judge, judgesDuring } from './judge.ts';
import { clientIn, type Scene } from './scene.ts';
import { type Span, timed } from './timeline.ts';

/** A question, and how its answer is compared with what a judge says. */
export type Question = {
  readonly kind: Kind;
  readonly doctype: string;
  readonly path: string;
  readonly body?: object;
  /** What the answer showed if it is right; null where this judge would have said otherwise. */
  readonly check: (answer: Answer, judge: Judge, span: Span) => Outcome | null;
};

/** Asks as this user, and compares what comes. */
export async function ask(scene: Scene, user: string, question: Question): Promise<void> {
  const { kind, doctype, path, body, check } = question;
  const client = clientIn(scene, user);
  const method = body === undefined ? 'GET' : 'POST';
  const { value: answer, span } = await timed(() => client.request(method, path, body));
  const asked = `${user}: ${kind} ${decodeURIComponent(path)} ${JSON.stringify(body ?? null)}`;
  if (!scene.findings.heard(asked, answer)) return;
  const isUnknown = answer.body?.code === 'unknown_doctype';
  compare(scene, kind, { asked, answer, span }, (judge) => {
    // A doctype that one holds nothing for is unknown, whatever is asked of it.
    if (!judge.sees(user, doctype)) return isUnknown ? DENIED : null;
    return isUnknown ? null : check(answer, judge, span);
  });
}

export type Heard = {
  readonly asked: string;
  readonly answer: Answer;
  readonly span: Span;
};

/** Notes the first judge of those that are possible who agrees, or that there is none. */
export function compare(
  { worlds, findings }: Pick<Scene, 'worlds' | 'findings'>,
  kind: Kind,
  { asked, answer, span }: Heard,
  check: (judge: Judge) => Outcome | null,
): void {
  const judges = judgesDuring(worlds, span);
  for (const judge of judges) {
    const outcome = check(judge);
    if (!outcome) continue;
    findings.agreed(kind, outcome, judges.length);
    return;
  }
  const found = `${answer.status} ${answer.text.slice(0, 1000)}`;
  findings.wrong(`${asked}: in none of ${judges.length} possible worlds ${found}`);
}
