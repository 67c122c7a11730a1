/**
 * Whether there is any way at all to do something with documents of a doctype, for a question about
 * the doctype as such, or about a document that is hidden or not there.
 */
import {
  type Action,
  type CompiledWorld,
  type DocumentFacts,
  type Grantee,
  giversFor,
  isValid,
  mayEver,
  type Principal,
  principalNamed,
  sharesOf,
  type Way,
  waysOf,
  withImplied,
} from '../authz/index.ts';
import type { ReadResults } from '../store/store.ts';
import type { Subject } from './asked-document.ts';
import type { AboutPast, PastNote } from './past.ts';
import { type Because, shown } from './witness.ts';

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

export type Question = {
  readonly read: ReadResults;
  readonly subject: Principal;
  readonly action: Action;
  readonly request: ExplainRequest;
  /** The caller may ask who can see the document: then its values are no secret of the answer. */
  readonly inspects: boolean;
};

/**
 * Never with a document's values. Of a doctype as such it says which grants and shares could allow
 * the action, or reading the field, on some document, and which ceiling forbids it on every one: no
 * decision on a document, which may still lie out of reach.
 */
export function withoutDocument(question: Question): Explanation {
  const { read, subject, action, request } = question;
  const { doctype, name } = request;
  const shape = read.policy.world.doctypes.get(doctype);
  const ways = shape ? waysOf(read.policy.world, subject, action, shape, read.now) : [];
  const because = name === undefined ? opening(question, ways) : [];
  if (because.length > 0) {
    const ceiling = stoppingCeiling(question);
    if (ceiling === null) return { allowed: true, because, missing: [] };
    return { allowed: false, because: [], missing: [ceiling] };
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
  } else if (missing.length === 0) {
    const level = levelThen(read, request);
    const detail = `the field \`${request.field}\` is of level ${level}, which no rule held opens`;
    missing.push({ kind: 'level', detail });
  }
  return { allowed: false, because: [], missing: [...missing, ...givers(question, null)] };
}

/** Grants and shares by which some document, or the field on it, could be within reach. */
function opening({ read, subject, action, request }: Question, ways: readonly Way[]): Because[] {
  const { world } = read.policy;
  const level = levelThen(read, request);
  const isOpen = (way: Way): boolean =>
    request.field === undefined || (level !== null && way.rule.levels.has(level));
  const granted = ways.filter((way) => way.unnamed.length === 0 && isOpen(way));
  const isShared = request.field === undefined || level === 0;
  const shared = sharesOf(world, subject, request.doctype, read.now).filter(
    ({ actions }) => isShared && withImplied(actions).has(action),
  );
  return [
    ...granted.map((way) => shown({ kind: 'grant', way })),
    ...shared.map((share) => shown({ kind: 'share', share })),
  ];
}

/** The first ceiling under which the action can be done on no document of the doctype. */
function stoppingCeiling({ read, subject, action, request: { doctype } }: Question) {
  const ask = { action, doctype, now: read.now };
  const ceiling = subject.ceilings.find(
    (one) => !mayEver(read.policy.world, { ...ask, principal: { ...subject, ceilings: [one] } }),
  );
  return ceiling
    ? { kind: 'ceiling', detail: `\`${ceiling.name}\` does not reach that far` }
    : null;
}

/** In the world that is judged by, which need not know every field of today's. */
export function levelThen(read: ReadResults, { doctype, field }: ExplainRequest): number | null {
  if (field === undefined) return null;
  return read.policy.world.doctypes.get(doctype)?.levels.get(field) ?? null;
}

/** Who could give a role that would help: on this document where it may be spoken of. */
export function givers(
  { read, subject, action, request }: Question,
  document: DocumentFacts | null,
) {
  const { doctype } = request;
  const { world } = read.policy;
  const ask = { user: subject.id, action, doctype, document };
  const able = giversFor(world, ask).filter(({ holder }) => mayMakeGrants(world, holder, read.now));
  return able.map(({ holder, roles }) => {
    const who = holder.type === 'Group' ? `the group ${holder.name}` : holder.name;
    const what = `may give ${roles.map((role) => `\`${role}\``).join(', ')}`;
    return { kind: 'authority', detail: `${who} ${what}, which can ${action} ${doctype}` };
  });
}

/** An authority says what somebody may give; to give it they also need to make the grant. */
function mayMakeGrants(world: CompiledWorld, holder: Grantee, now: number): boolean {
  const people =
    holder.type === 'User'
      ? [holder.name]
      : world.source.members
          .filter((member) => member.group === holder.name && isValid(member, now))
          .map(({ user }) => user);
  return people.some((user) => {
    const ask = { principal: principalNamed(user), action: 'create' as const, doctype: 'Grant' };
    return mayEver(world, { ...ask, now });
  });
}
