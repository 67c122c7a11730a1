/**
 * Attributes that a caller states about a resource. They decide nothing, unless the configuration
 * names the caller and the type of resource, and then only for what is not kept here: of a stored
 * document the stored values decide, always. Those of subjects and actions are never taken.
 */
import { decide, listFilter } from '../../authz/index.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import type { Caller } from '../../identity/caller.ts';
import type { Store } from '../../store/store.ts';
import { look, type Sight } from '../authorised-question.ts';
import type { Question } from './question.ts';
import { type Answer, answerToInspector, NO_SUCH_SUBJECT } from './reasons.ts';
import { isKnownSubject, principalOf } from './subject.ts';

/** By the name of a calling principal: types of resources whose properties it may state. */
export type PropertyTrust = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Answers by what the caller states: null where that is not to be used.
 *
 * Whether a document is kept here is itself nobody's business who may not see it. So it takes a
 * caller who may inspect *every* document of the doctype: from them none is hidden, and what they
 * do not find is not there. INVARIANT (hidden-equals-missing)
 */
export async function answersByProperties(
  store: Store,
  trust: PropertyTrust,
  caller: Caller,
  questions: readonly Question[],
): Promise<(Answer | null)[]> {
  const types = trust.get(caller.principal.id);
  const stated = questions.filter(
    ({ doctype, name, properties }) =>
      types?.has(doctype) === true && Object.keys(properties).length > 0 && isStorableText(name),
  );
  if (stated.length === 0) return questions.map(() => null);
  const sights = await look(store, caller, 'inspect', stated);
  const answers = new Map(
    stated.map((question, index) => [question, answerBy(caller, question, sights[index])]),
  );
  return questions.map((question) => answers.get(question) ?? null);
}

function answerBy(caller: Caller, question: Question, sight: Sight | undefined): Answer | null {
  if (!sight?.knowsDoctype || sight.document !== null) return null;
  const { action, doctype, name, properties } = question;
  const { policy, now } = sight.read;
  const { world } = policy;
  const own = { principal: caller.principal, action: 'inspect' as const, doctype, now };
  if (listFilter(world, own).kind !== 'always') return null;
  if (!isKnownSubject(world, question.subject)) return NO_SUCH_SUBJECT;
  const fields = world.doctypes.get(doctype)?.levels;
  const known = Object.entries(properties).filter(([field]) => fields?.has(field) === true);
  const document = { ...Object.fromEntries(known), name };
  const principal = principalOf(caller, question.subject);
  return answerToInspector(decide(world, { principal, action, doctype, document, now }));
}
