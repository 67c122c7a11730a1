/** Access evaluations: may this subject do this action on this document? */
import { decide } from '../../authz/index.ts';
import type { Refusal } from '../../base/errors.ts';
import type { Caller } from '../../identity/caller.ts';
import type { Store } from '../../store/store.ts';
import { type Inspected, look, lookToInspect, type Sight } from '../authorised-question.ts';
import type { Evaluation } from './entities.ts';
import { claimFor, type Question, questionOf } from './question.ts';
import {
  type Answer,
  answerToInspector,
  answerToOneself,
  NO_SUCH_SUBJECT,
  PLAIN_DENY,
} from './reasons.ts';
import { isKnownSubject, principalOf } from './subject.ts';
import { answersByProperties, type PropertyTrust } from './trusted-properties.ts';

/** An answer, or that the caller may not ask. */
export type Outcome = Answer | Refusal;

/**
 * Evaluates in the order given. About themselves everybody may ask; about others who may `inspect`
 * the document, else `forbidden` or `not_found` as `explain` has it. A type, doctype or action
 * that there is not, or not for the caller, is a deny like any other.
 */
export async function evaluate(
  store: Store,
  trust: PropertyTrust,
  caller: Caller,
  evaluations: readonly Evaluation[],
): Promise<Outcome[]> {
  const asked = evaluations.map(questionOf);
  const questions = asked.filter((question) => question !== null);
  const stated = await answersByProperties(store, trust, caller, questions);
  const outcomes = new Map<Question, Outcome>();
  for (const [index, question] of questions.entries()) {
    const answer = stated[index];
    if (answer) outcomes.set(question, answer);
  }
  const rest = questions.filter((question) => !outcomes.has(question));
  const isOwn = ({ subject }: Question): boolean => subject === caller.principal.id;
  await answerOneself(store, caller, rest.filter(isOwn), outcomes);
  await answerOthers(
    store,
    caller,
    rest.filter((question) => !isOwn(question)),
    outcomes,
  );
  return asked.map((question) => (question && outcomes.get(question)) ?? PLAIN_DENY);
}

async function answerOneself(
  store: Store,
  caller: Caller,
  questions: readonly Question[],
  outcomes: Map<Question, Outcome>,
): Promise<void> {
  for (const claim of ['read', 'select', 'inspect'] as const) {
    const asked = questions.filter(({ action }) => claimFor(action) === claim);
    if (asked.length === 0) continue;
    const sights = await look(store, caller, claim, asked);
    for (const [index, question] of asked.entries()) {
      outcomes.set(question, answerBySight(caller, question, sights[index] as Sight));
    }
  }
}

function answerBySight(
  { principal }: Caller,
  { action, doctype }: Question,
  { read, document }: Sight,
): Answer {
  if (!document) return PLAIN_DENY;
  const { policy, now } = read;
  return answerToOneself(decide(policy.world, { principal, action, doctype, document, now }));
}

async function answerOthers(
  store: Store,
  caller: Caller,
  questions: readonly Question[],
  outcomes: Map<Question, Outcome>,
): Promise<void> {
  if (questions.length === 0) return;
  const found = await lookToInspect(store, caller, questions);
  for (const [index, question] of questions.entries()) {
    const one = found[index] as Inspected | Refusal;
    outcomes.set(question, 'document' in one ? answerAbout(caller, question, one) : ofRefusal(one));
  }
}

function answerAbout(
  caller: Caller,
  { subject, action, doctype }: Question,
  { read, document }: Inspected,
): Answer {
  const { policy, now } = read;
  if (!isKnownSubject(policy.world, subject)) return NO_SUCH_SUBJECT;
  const principal = principalOf(caller, subject);
  return answerToInspector(decide(policy.world, { principal, action, doctype, document, now }));
}

/** An unknown doctype is no reason to fail: nobody may do anything to what there is not. */
function ofRefusal(refusal: Refusal): Outcome {
  return refusal.code === 'unknown_doctype' ? PLAIN_DENY : refusal;
}
