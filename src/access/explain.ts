/** Why, or why not. Itself authorised: nobody learns of what they may not see. */
import {
  type Action,
  type Decision,
  type DocumentFacts,
  decide,
  fieldValue,
  giversFor,
  isAction,
  type Missing,
  type Principal,
  waysOf,
} from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import { type Caller, principalNamed } from '../identity/caller.ts';
import type { ReadResults, Store } from '../store/store.ts';
import {
  levelAsked,
  loadAsked,
  loadInspected,
  mayDo,
  requireKnownField,
  type Subject,
} from './asked-document.ts';
import { type AboutPast, asOf, instantOf, type PastNote, pastNote } from './past.ts';
import { type Because, becauseOf, shownWay } from './witness.ts';

export type ExplainRequest = Subject &
  AboutPast & {
    readonly action: string;
    /** Somebody else; asking about them needs `inspect`. */
    readonly user?: string;
  };

export type Explanation = Partial<PastNote> & {
  readonly allowed: boolean;
  readonly because: readonly Because[];
  /** Of an allow: the smallest set to take away so that it ends. */
  readonly ends_without?: readonly string[];
  readonly missing: readonly { readonly kind: string; readonly detail: string }[];
};

type Question = {
  readonly read: ReadResults;
  readonly subject: Principal;
  readonly action: Action;
  readonly request: ExplainRequest;
  /** The caller may ask who can see the document: then its values are no secret of the answer. */
  readonly inspects: boolean;
};

/** See `Access.explain`. */
export async function explain(
  store: Store,
  caller: Caller,
  request: ExplainRequest,
): Promise<Explanation> {
  const { action } = request;
  if (!isAction(action)) throw new Refusal('bad_value', `There is no action \`${action}\`.`);
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

/** In the world that is judged by, which need not know every field of today's. */
function levelThen(read: ReadResults, { doctype, field }: ExplainRequest): number | null {
  if (field === undefined) return null;
  return read.policy.world.doctypes.get(doctype)?.levels.get(field) ?? null;
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

/** Of a doctype as such, or of a hidden or missing document: never with the document's values. */
function withoutDocument(question: Question): Explanation {
  const { read, subject, action, request } = question;
  const { doctype, name } = request;
  const shape = read.policy.world.doctypes.get(doctype);
  const ways = shape ? waysOf(read.policy.world, subject, action, shape, read.now) : [];
  const reaching = ways.filter((way) => way.unnamed.length === 0);
  // Of the doctype as such: whether there is any way at all, not a decision on a document.
  if (name === undefined && reaching.length > 0) {
    return { allowed: true, because: reaching.map(shownWay), missing: [] };
  }
  const missing = ways.flatMap((way) => {
    const { role, name: grant } = way.holding.grant.source;
    return way.unnamed.map((dimension) => ({
      kind: 'dimension',
      detail: `role ${role} is held by grant \`${grant}\`, which names no ${dimension}`,
    }));
  });
  if (ways.length === 0) {
    const detail = `no role held now has a rule in force to ${action} ${doctype}`;
    missing.push({ kind: 'role', detail });
  } else if (name !== undefined && missing.length === 0) {
    const detail = `no ${doctype} of this name lies within the grants that are held`;
    missing.push({ kind: 'scope', detail });
  }
  return { allowed: false, because: [], missing: [...missing, ...givers(question, null)] };
}

/** Who could give a role that would help: on this document where it may be spoken of. */
function givers({ read, subject, action, request }: Question, document: DocumentFacts | null) {
  const { doctype } = request;
  const ask = { user: subject.id, action, doctype, document };
  return giversFor(read.policy.world, ask).map(({ holder, roles }) => {
    const who = holder.type === 'Group' ? `the group ${holder.name}` : holder.name;
    const what = `may give ${roles.map((role) => `\`${role}\``).join(', ')}`;
    return { kind: 'authority', detail: `${who} ${what}, which can ${action} ${doctype}` };
  });
}
