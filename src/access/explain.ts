/** Why, or why not. Itself authorised: nobody learns of what they may not see. */
import {
  type Decision,
  type DocumentFacts,
  decide,
  fieldValue,
  isAction,
  type Missing,
  principalNamed,
} from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import type { Caller } from '../identity/caller.ts';
import type { Store } from '../store/store.ts';
import {
  levelAsked,
  loadAsked,
  loadInspected,
  mayDo,
  requireKnownField,
} from './asked-document.ts';
import {
  type ExplainRequest,
  type Explanation,
  givers,
  levelThen,
  type Question,
  withoutDocument,
} from './explain-doctype.ts';
import { asOf, instantOf, pastNote } from './past.ts';
import { becauseOf } from './witness.ts';

export type { ExplainRequest, Explanation };

/** See `Access.explain`. */
export async function explain(
  store: Store,
  caller: Caller,
  request: ExplainRequest,
): Promise<Explanation> {
  const { action } = request;
  if (!isAction(action)) throw new Refusal('bad_value', `There is no action \`${action}\`.`);
  if (request.name !== undefined && (action === 'create' || action === 'import')) {
    const detail =
      'is decided on the new document, and not on one that is there: ask without `name`.';
    throw new Refusal('bad_value', `\`${action}\` ${detail}`);
  }
  if (request.at !== undefined) instantOf(request.at);
  const aboutOther = request.user !== undefined && request.user !== caller.principal.id;
  const claim = action === 'select' || action === 'inspect' ? action : 'read';
  const { read, document } = aboutOther
    ? await loadInspected(store, caller, request)
    : await loadAsked(store, caller, request, claim);
  // Who may ask about others may ask about any field.
  if (aboutOther) levelAsked(read, request);
  else requireKnownField(read, caller, request);
  const subject = aboutOther ? principalNamed(String(request.user)) : caller.principal;
  const inspects =
    aboutOther || (document !== null && mayDo(read, caller, 'inspect', request.doctype, document));
  // Who sees what is decided as of now; the answer is as of the instant that was asked about.
  const then = await asOf(store, read, request);
  const question = { read: then, subject, action, request, inspects };
  const note = pastNote(request);
  if (!document) return { ...withoutDocument(question), ...note };
  const asked = { principal: subject, doctype: request.doctype, document, now: read.now };
  const decision = decide(then.policy.world, { ...asked, action, now: then.now });
  // What the person may neither do nor even read is explained like what is not there.
  const isHidden =
    !aboutOther &&
    !decide(read.policy.world, { ...asked, action }).allowed &&
    !decide(read.policy.world, { ...asked, action: 'read' }).allowed;
  const answered = isHidden ? withoutDocument(question) : answer(question, decision, document);
  return { ...answered, ...note };
}

function answer(question: Question, decision: Decision, document: DocumentFacts): Explanation {
  const { read, request } = question;
  if (!decision.allowed) {
    const missing = decision.missing.map((one) => shownMissing(question, one, document));
    return { allowed: false, because: [], missing: [...missing, ...givers(question, document)] };
  }
  const level = levelThen(read, request);
  if (level === null && request.field !== undefined) {
    const detail = `there was no field \`${request.field}\` then`;
    return { allowed: false, because: [], missing: [{ kind: 'level', detail }] };
  }
  const because = becauseOf(decision, level);
  if (because.length === 0) {
    const detail = `the field \`${request.field}\` is of level ${level}, which none of these opens`;
    return { allowed: false, because: [], missing: [{ kind: 'level', detail }] };
  }
  const endsWithout = [...new Set(because.map(({ kind, name }) => `${kind} ${name}`))];
  return { allowed: true, because, ends_without: endsWithout, missing: [] };
}

/** The value that is not covered is for those who may ask who can see the document. */
function shownMissing(
  { inspects }: Question,
  { field, ...missing }: Missing,
  document: DocumentFacts,
) {
  if (!inspects || field === undefined) return missing;
  const value = fieldValue(document, field);
  const shownValue = value === null ? 'is blank' : `is \`${value}\``;
  return { ...missing, detail: `${missing.detail}: \`${field}\` ${shownValue}` };
}
