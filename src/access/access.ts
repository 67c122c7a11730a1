/** Answers about access. Each is itself authorised: nobody learns of what they may not see. */

import { append } from '../audit/append.ts';
import {
  type Action,
  ANY_ROLE,
  type Decision,
  type DocumentFacts,
  decide,
  type GrantingAuthority,
  isAction,
  isVisible,
  levelsAnywhere,
  type Principal,
  type Way,
  type Witness,
  waysOf,
} from '../authz/index.ts';
import { notFound, Refusal, unknownDoctype } from '../base/errors.ts';
import { isStorableText } from '../doctype/plain-data.ts';
import { factsOf } from '../documents/work.ts';
import { auditSubject } from '../identity/audit-subject.ts';
import { type Caller, principalNamed } from '../identity/caller.ts';
import { documentFrom, selectDocument } from '../store/read-documents.ts';
import type { ReadResults, Store } from '../store/store.ts';
import { readForecast } from './forecast.ts';
import type { ForecastAnswer } from './forecast-answer.ts';
import { type AboutPast, asOf, instantOf, type PastNote, pastNote } from './past.ts';

export type ExplainRequest = AboutPast & {
  readonly action: string;
  readonly doctype: string;
  readonly name?: string;
  readonly field?: string;
  /** Somebody else; asking about them needs `inspect`. */
  readonly user?: string;
};

export type Explanation = Partial<PastNote> & {
  readonly allowed: boolean;
  readonly because: readonly Because[];
  readonly missing: readonly { readonly kind: string; readonly detail: string }[];
};

type Because = {
  readonly kind: 'grant' | 'share';
  readonly name: string;
  readonly role?: string;
  readonly rule?: string;
  readonly scope?: readonly { dimension: string; value: string; descendants: 0 | 1 }[];
  readonly request?: string;
};

export class Access {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /**
   * Why a principal may do an action on a document, with every witness, or the nearest miss and
   * who could give what is missing. About oneself, a hidden document is explained like one that
   * does not exist.
   */
  async explain(caller: Caller, request: ExplainRequest): Promise<Explanation> {
    try {
      return { ...(await this.explainAllowed(caller, request)), ...pastNote(request) };
    } catch (error) {
      if (error instanceof Refusal && [403, 404].includes(error.status)) {
        const { doctype, name = null } = request;
        await append(this.store, caller.credential, auditSubject(caller), [
          { action: 'explain', doctype, name, outcome: 'refused', code: error.code, detail: {} },
        ]);
      }
      throw error;
    }
  }

  /** What ends within days, and what nobody holds then; see `readForecast`. */
  async forecast(caller: Caller, days: number): Promise<ForecastAnswer> {
    return await readForecast(this.store, caller, days);
  }

  private async explainAllowed(caller: Caller, request: ExplainRequest): Promise<Explanation> {
    const { action } = request;
    if (!isAction(action)) throw new Refusal('bad_value', `There is no action \`${action}\`.`);
    if (request.at !== undefined) instantOf(request.at);
    const aboutOther = request.user !== undefined && request.user !== caller.principal.id;
    const claim = action === 'select' || action === 'inspect' ? action : 'read';
    const read = await this.load(caller, request, aboutOther ? 'inspect' : claim);
    const table = read.policy.tables.get(request.doctype);
    if (!table || !isVisible(read.policy.world, caller.principal, request.doctype, read.now)) {
      throw unknownDoctype(request.doctype);
    }
    const stored = request.name === undefined ? null : documentFrom(table, read.results[0]);
    const document = stored && factsOf(table, stored.values);
    const subject = aboutOther ? principalNamed(String(request.user)) : caller.principal;
    const ask = { doctype: request.doctype, now: read.now };
    if (aboutOther) await this.requireInspect(read, caller, request, document);
    requireField(read, aboutOther ? null : caller, request);
    const judged = await asOf(this.store, read, request);
    if (!document) return this.withoutDocument(judged, subject, action, request);
    const question = { ...ask, principal: subject, action, document };
    const decision = decide(read.policy.world, question);
    // What the person may neither do nor even read is explained like what is not there.
    const isHidden =
      !aboutOther &&
      !decision.allowed &&
      !decide(read.policy.world, { ...question, action: 'read' }).allowed;
    if (isHidden) return this.withoutDocument(judged, subject, action, request);
    const then = { ...question, now: judged.now };
    return this.answer(judged, decide(judged.policy.world, then), action, request);
  }

  /** About somebody else: `forbidden` without `inspect`, `not_found` of a hidden document. */
  private async requireInspect(
    read: ReadResults,
    caller: Caller,
    request: ExplainRequest,
    document: DocumentFacts | null,
  ): Promise<void> {
    if (request.name === undefined) {
      if (!mayInspectSome(read, caller, request.doctype)) throw needsInspect();
      return;
    }
    if (document && mayDo(read, caller, 'inspect', request.doctype, document)) return;
    // Under the claim to inspect it is out of sight; whoever may read it is told what they need.
    const again = await this.load(caller, request, 'read');
    const table = again.policy.tables.get(request.doctype);
    const stored = table ? documentFrom(table, again.results[0]) : null;
    const seen = table && stored && factsOf(table, stored.values);
    if (seen && mayDo(again, caller, 'read', request.doctype, seen)) throw needsInspect();
    throw notFound(request.doctype, request.name);
  }

  private async load(
    caller: Caller,
    request: ExplainRequest,
    action: Action,
  ): Promise<ReadResults> {
    return await this.store.read(
      caller.credential,
      caller.principal.id,
      action,
      ({ policy, now }) => {
        const { doctype, name } = request;
        const table = policy.tables.get(doctype);
        // A doctype that is not visible runs what an unknown one does: nothing.
        if (!table || !isVisible(policy.world, caller.principal, doctype, now)) return [];
        return name === undefined || !isStorableText(name) ? [] : [selectDocument(table, name)];
      },
    );
  }

  private answer(
    read: ReadResults,
    decision: Decision,
    action: Action,
    request: ExplainRequest,
  ): Explanation {
    if (!decision.allowed) {
      return {
        allowed: false,
        because: [],
        missing: [...decision.missing, ...givers(read, action, request)],
      };
    }
    const level = levelOf(read, request);
    if (level === null && request.field !== undefined) {
      const detail = `there was no field \`${request.field}\` then`;
      return { allowed: false, because: [], missing: [{ kind: 'level', detail }] };
    }
    const opening = decision.because.filter((witness) => level === null || opens(witness, level));
    if (opening.length === 0) {
      const detail = `the field \`${request.field}\` is of level ${level}, which none of these opens`;
      return { allowed: false, because: [], missing: [{ kind: 'level', detail }] };
    }
    const because = opening.map((witness) =>
      witness.kind === 'share'
        ? { kind: 'share' as const, name: witness.share.name }
        : becauseOf(witness.way),
    );
    return { allowed: true, because, missing: [] };
  }

  /** Of a doctype as such, or of a hidden or missing document: never with the document's values. */
  private withoutDocument(
    read: ReadResults,
    subject: Principal,
    action: Action,
    request: ExplainRequest,
  ): Explanation {
    const shape = read.policy.world.doctypes.get(request.doctype);
    const ways = shape ? waysOf(read.policy.world, subject, action, shape, read.now) : [];
    const reaching = ways.filter((way) => way.unnamed.length === 0);
    // Of the doctype as such: whether there is any way at all, not a decision on a document.
    if (request.name === undefined && reaching.length > 0) {
      return { allowed: true, because: reaching.map(becauseOf), missing: [] };
    }
    const missing = ways.flatMap((way) => {
      const { role, name } = way.holding.grant.source;
      return way.unnamed.map((dimension) => ({
        kind: 'dimension',
        detail: `role ${role} is held by grant \`${name}\`, which names no ${dimension}`,
      }));
    });
    if (ways.length === 0) {
      const detail = `no role held now has a rule in force to ${action} ${request.doctype}`;
      missing.push({ kind: 'role', detail });
    } else if (request.name !== undefined && missing.length === 0) {
      const detail = `no ${request.doctype} of this name lies within the grants that are held`;
      missing.push({ kind: 'scope', detail });
    }
    return { allowed: false, because: [], missing: [...missing, ...givers(read, action, request)] };
  }
}

function becauseOf(way: Way): Because {
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

/** True where the caller may ask about documents of the doctype, whichever these are. */
function mayInspectSome(read: ReadResults, caller: Caller, doctype: string): boolean {
  const shape = read.policy.world.doctypes.get(doctype);
  if (!shape) return false;
  const ways = waysOf(read.policy.world, caller.principal, 'inspect', shape, read.now);
  return ways.some((way) => way.unnamed.length === 0);
}

/** Who could give a role that would help. */
function givers(read: ReadResults, action: Action, request: ExplainRequest) {
  const { world } = read.policy;
  const roles = new Set(
    [...world.rules]
      .filter(([, byDoctype]) =>
        byDoctype.get(request.doctype)?.some((rule) => rule.actions.has(action)),
      )
      .map(([role]) => role),
  );
  const holders = world.authorities
    .filter((authority) => mayGiveSome(authority, roles))
    .map((authority) => authority.holder.name);
  return [...new Set(holders)].sort().map((holder) => ({
    kind: 'authority',
    detail: `${holder} may give roles that ${action} ${request.doctype}`,
  }));
}

function mayGiveSome(authority: GrantingAuthority, wanted: ReadonlySet<string>): boolean {
  return [...wanted].some(
    (role) =>
      authority.roles.includes(role) ||
      (authority.roles.includes(ANY_ROLE) && !authority.exceptRoles.includes(role)),
  );
}

/** A share opens level 0 only. */
function opens(witness: Witness, level: number): boolean {
  return witness.kind === 'share' ? level === 0 : witness.way.rule.levels.has(level);
}

/** The level of the field asked about; null where none was, or where there is no such field. */
function levelOf(read: ReadResults, { doctype, field }: ExplainRequest): number | null {
  if (field === undefined) return null;
  return read.policy.world.doctypes.get(doctype)?.levels.get(field) ?? null;
}

/**
 * A field that is open to the asking person nowhere does not exist, as everywhere else. Who may
 * ask about others (null) may ask about any field.
 */
function requireField(read: ReadResults, caller: Caller | null, request: ExplainRequest): void {
  if (request.field === undefined) return;
  const level = levelOf(read, request);
  if (level !== null && (caller === null || knownLevels(read, caller, request).has(level))) return;
  throw new Refusal('unknown_field', `There is no field \`${request.field}\`.`);
}

function knownLevels(read: ReadResults, { principal }: Caller, { doctype }: ExplainRequest) {
  const ask = { principal, doctype, now: read.now };
  const actions = ['read', 'write', 'create'] as const;
  const levels = actions.flatMap((action) => [
    ...levelsAnywhere(read.policy.world, { ...ask, action }),
  ]);
  return new Set([0, ...levels]);
}

function mayDo(
  read: ReadResults,
  { principal }: Caller,
  action: Action,
  doctype: string,
  document: DocumentFacts,
): boolean {
  const question = { principal, action, doctype, document, now: read.now };
  return decide(read.policy.world, question).allowed;
}

function needsInspect(): Refusal {
  return new Refusal('forbidden', 'Asking about other people needs `inspect` on the document.');
}
