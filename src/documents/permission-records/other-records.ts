/** Groups, authorities and shares: what is sound in itself, whoever it gives something to. */
import {
  ANY_ROLE,
  type DocumentFacts,
  decide,
  EVERYONE,
  type FactsOf,
  GUESTS,
  isAction,
} from '../../authz/index.ts';
import { notFound, Refusal } from '../../base/errors.ts';
import { documentFrom, selectDocument } from '../../store/read-documents.ts';
import { factsOf, type WriteWork } from '../work.ts';
import { checkScope, checkTime, invalid, listOf, scopeOf } from './scope.ts';

/** Refuses members in a group that is built in, and such as are never in. */
export function checkGroup(work: WriteWork): void {
  const group = String(work.after.values['name'] ?? work.name);
  const members = work.after.tables['members'] ?? [];
  if ((group === EVERYONE || group === GUESTS) && members.length > 0) {
    throw invalid('members', `of ${group} are not listed: it is built in.`);
  }
  for (const member of members) checkTime(member, 'members.until');
}

/** Refuses roles that are not there, and a scope that says nothing sensible. */
export async function checkAuthority(work: WriteWork): Promise<void> {
  const roles = listOf(work.after.values, 'roles');
  const exceptRoles = listOf(work.after.values, 'except_roles');
  const known = new Set(work.moment.policy.world.source.roles.map(({ name }) => name));
  const isUnknown = (role: string): boolean => !known.has(role);
  const unknown = roles.find((role) => role !== ANY_ROLE && isUnknown(role));
  if (unknown !== undefined) throw invalid('roles', `has no role \`${unknown}\`.`);
  if (roles.length === 0) throw invalid('roles', 'needs at least one role.');
  const stray = exceptRoles.find(isUnknown);
  if (stray !== undefined) throw invalid('except_roles', `has no role \`${stray}\`.`);
  if (exceptRoles.length > 0 && !roles.includes(ANY_ROLE)) {
    throw invalid('except_roles', 'leaves roles out of `*`, which `roles` does not name.');
  }
  await checkScope(work, scopeOf(work.after.tables['scope'] ?? []));
}

/** Refuses a share that says nothing sensible; gives the document that is about to be shared. */
export async function checkShare(work: WriteWork): Promise<FactsOf> {
  const { values } = work.after;
  const actions = listOf(values, 'actions');
  if (actions.length === 0 || !actions.every(isAction))
    throw invalid('actions', 'takes actions only.');
  if (values['user'] === work.caller.principal.id) {
    throw new Refusal('self_gain', 'A document cannot be shared with yourself.');
  }
  const doctype = String(values['document_type']);
  const name = String(values['document_name']);
  const document = await stored(work, doctype, name);
  if (!document || !mayRead(work, doctype, document)) throw notFound(doctype, name);
  return () => document;
}

/** Documents that were shared with a user who is about to be enabled: they have them again. */
export async function sharedWithUser(work: WriteWork): Promise<FactsOf> {
  const { world } = work.moment.policy;
  const user = String(work.name);
  const isComing = work.after.values['enabled'] === 1 && !world.source.users.includes(user);
  const shared = isComing ? world.source.shares.filter((share) => share.user === user) : [];
  const found = new Map<string, DocumentFacts | null>();
  for (const { doctype, document } of shared) {
    found.set(`${doctype} ${document}`, await stored(work, doctype, document));
  }
  return (doctype, document) => found.get(`${doctype} ${document}`) ?? null;
}

function mayRead(
  { caller: { principal }, moment }: WriteWork,
  doctype: string,
  document: DocumentFacts,
) {
  const question = { principal, action: 'read' as const, doctype, document, now: moment.now };
  return decide(moment.policy.world, question).allowed;
}

async function stored(
  work: WriteWork,
  doctype: string,
  name: string,
): Promise<DocumentFacts | null> {
  const table = work.moment.policy.tables.get(doctype);
  if (!table || table.doctype.istable) return null;
  const [result] = await work.transaction.run('read', selectDocument(table, name));
  const document = documentFrom(table, result);
  return document && factsOf(table, document);
}
