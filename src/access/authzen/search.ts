/** The three searches: who may, on which documents, and by which actions. */
import { ACTIONS, decide, isAction, whoCan } from '../../authz/index.ts';
import type { BoundTokens } from '../../base/bound-tokens.ts';
import { Refusal } from '../../base/errors.ts';
import type { Caller } from '../../identity/caller.ts';
import type { Store } from '../../store/store.ts';
import { type Inspected, look, lookToInspect, type Wanted } from '../authorised-question.ts';
import {
  type Entity,
  fieldsOf,
  readActionName,
  readEntity,
  readEntityType,
  SUBJECT_TYPE,
} from './entities.ts';
import { type Page, Paging } from './pages.ts';
import { claimFor } from './question.ts';
import { documentNames } from './resource-names.ts';
import { isKnownSubject, principalOf } from './subject.ts';

export type SearchKind = 'subject' | 'resource' | 'action';

export type SearchAnswer = {
  readonly results: readonly (
    | { readonly type: string; readonly id: string }
    | { readonly name: string }
  )[];
  readonly page: Page;
};

/** A search that is read and may be made, with its page. */
type Searching = { readonly store: Store; readonly caller: Caller; readonly paging: Paging };

/**
 * Everything that the search is for, in pages and in the order of names. What there is not, or
 * not for the caller, has no results. Throws `bad_value` for what is not well formed, `forbidden`
 * and `not_found` as `explain` does of others.
 */
export async function search(
  store: Store,
  tokens: BoundTokens,
  caller: Caller,
  kind: SearchKind,
  input: unknown,
): Promise<SearchAnswer> {
  const request = fieldsOf(input, 'the request');
  if (request['context'] !== undefined) fieldsOf(request['context'], 'context');
  const paging = new Paging(tokens, caller, kind, request);
  const searching = { store, caller, paging };
  const { subject, action, resource } = request;
  if (kind === 'action') {
    const about = readEntity(subject, 'subject');
    return await searchActions(searching, about, readEntity(resource, 'resource'));
  }
  const name = readActionName(action);
  if (kind === 'subject') {
    const type = readEntityType(subject, 'subject');
    return await searchSubjects(searching, type, name, readEntity(resource, 'resource'));
  }
  const about = readEntity(subject, 'subject');
  return await searchResources(searching, about, name, readEntityType(resource, 'resource'));
}

/** Who may do the action on the document: needs `inspect` on it. */
async function searchSubjects(
  { store, caller, paging }: Searching,
  type: string,
  action: string,
  resource: Entity,
): Promise<SearchAnswer> {
  const wanted = wantedOf(resource);
  const inspected =
    type === SUBJECT_TYPE && isAction(action) ? await inspect(store, caller, wanted) : null;
  const names =
    inspected && isAction(action)
      ? whoCan(inspected.read.policy.world, {
          action,
          doctype: wanted.doctype,
          document: inspected.document,
          now: inspected.read.now,
        })
      : [];
  const { names: shown, page } = paging.cutAll(names);
  return { results: shown.map((id) => ({ type, id })), page };
}

/** On which documents of the doctype the subject may do the action. */
async function searchResources(
  { store, caller, paging }: Searching,
  subject: Entity,
  action: string,
  type: string,
): Promise<SearchAnswer> {
  const isQuestion = subject.type === SUBJECT_TYPE && isAction(action);
  const names = isQuestion
    ? await documentNames(
        store,
        caller,
        { subject: subject.id, action, doctype: type },
        paging.place,
      )
    : [];
  const { names: shown, page } = paging.cut(names);
  return { results: shown.map((id) => ({ type, id })), page };
}

/** Which actions the subject may do on the document; of others it needs `inspect` on it. */
async function searchActions(
  { store, caller, paging }: Searching,
  subject: Entity,
  resource: Entity,
): Promise<SearchAnswer> {
  const wanted = wantedOf(resource);
  let names: readonly string[] = [];
  if (subject.type === SUBJECT_TYPE) {
    const isOwn = subject.id === caller.principal.id;
    names = isOwn
      ? await ownActions(store, caller, wanted)
      : await actionsOf(store, caller, wanted, subject.id);
  }
  const { names: shown, page } = paging.cutAll(names);
  return { results: shown.map((name) => ({ name })), page };
}

async function ownActions(store: Store, caller: Caller, wanted: Wanted): Promise<string[]> {
  const names: string[] = [];
  for (const claim of ['read', 'select', 'inspect'] as const) {
    const [sight] = await look(store, caller, claim, [wanted]);
    if (!sight?.document) continue;
    const { policy, now } = sight.read;
    const request = {
      principal: caller.principal,
      doctype: wanted.doctype,
      document: sight.document,
      now,
    };
    const asked = ACTIONS.filter((action) => claimFor(action) === claim);
    names.push(...asked.filter((action) => decide(policy.world, { ...request, action }).allowed));
  }
  return names;
}

async function actionsOf(
  store: Store,
  caller: Caller,
  wanted: Wanted,
  subject: string,
): Promise<string[]> {
  const inspected = await inspect(store, caller, wanted);
  if (!inspected) return [];
  const { read, document } = inspected;
  const { world } = read.policy;
  if (!isKnownSubject(world, subject)) return [];
  const principal = principalOf(caller, subject);
  const request = { principal, doctype: wanted.doctype, document, now: read.now };
  return ACTIONS.filter((action) => decide(world, { ...request, action }).allowed);
}

/** Null where to the caller there is no such doctype. */
async function inspect(store: Store, caller: Caller, wanted: Wanted): Promise<Inspected | null> {
  const [one] = await lookToInspect(store, caller, [wanted]);
  if (!(one instanceof Refusal)) return one ?? null;
  if (one.code === 'unknown_doctype') return null;
  throw one;
}

function wantedOf({ type, id }: Entity): Wanted {
  return { doctype: type, name: id };
}
