/** On which documents of a doctype somebody may do an action: the kernel's filter, by the store. */
import { append } from '../../audit/append.ts';
import {
  type Action,
  type CompiledWorld,
  every,
  type Filter,
  listFilter,
  NEVER,
  principalNamed,
  some,
} from '../../authz/index.ts';
import { auditSubject } from '../../identity/audit-subject.ts';
import type { Caller } from '../../identity/caller.ts';
import { selectPage } from '../../store/read-documents.ts';
import type { Moment, Store } from '../../store/store.ts';
import { knownTable, needsInspect } from '../authorised-question.ts';
import type { Place } from './pages.ts';
import { claimFor } from './question.ts';
import { isKnownSubject } from './subject.ts';

export type NamesQuestion = {
  readonly subject: string;
  readonly action: Action;
  readonly doctype: string;
};

/**
 * Names in their order, one more than fit on the page where there are more. Of oneself under
 * one's own claim; of somebody else only what the caller may `inspect`, under their claim of it:
 * PostgreSQL holds both to it. Throws `forbidden` where the caller may inspect nothing there.
 */
export async function documentNames(
  store: Store,
  caller: Caller,
  question: NamesQuestion,
  place: Place,
): Promise<string[]> {
  const { credential, principal } = caller;
  const isOwn = question.subject === principal.id;
  const claim = isOwn ? claimFor(question.action) : 'inspect';
  let isMarked = false;
  const { results } = await store.read(credential, principal.id, claim, (moment) => {
    const table = knownTable(moment, caller, question.doctype);
    if (!table) return [];
    isMarked = table.doctype.audit_reads === true;
    const reached = isOwn
      ? ownFilter(moment, caller, question)
      : othersFilter(moment, caller, question);
    const where = every([reached, placeFilter(place)]);
    const orderBy = [{ field: 'name', descending: false }];
    const limit = place.limit + 1;
    const query = { table, columns: ['name'], where, me: principal.id, orderBy, limit, offset: 0 };
    return [selectPage(query)];
  });
  const names = (results[0]?.rows ?? []).map(([name]) => String(name));
  if (isMarked) await record(store, caller, question, names.slice(0, place.limit));
  return names;
}

function ownFilter({ policy, now }: Moment, { principal }: Caller, question: NamesQuestion) {
  const { action, doctype } = question;
  const claim = claimFor(action);
  const filters = [...new Set([action, claim])].map((one) =>
    listFilter(policy.world, { principal, action: one, doctype, now }),
  );
  return every(filters);
}

function othersFilter(
  { policy, now }: Moment,
  { principal }: Caller,
  { subject, action, doctype }: NamesQuestion,
): Filter {
  const { world } = policy;
  const inspected = listFilter(world, { principal, action: 'inspect', doctype, now });
  if (inspected.kind === 'never') throw needsInspect();
  return every([inspected, filterOf(world, subject, { action, doctype, now })]);
}

function filterOf(
  world: CompiledWorld,
  subject: string,
  asked: { readonly action: Action; readonly doctype: string; readonly now: number },
): Filter {
  if (!isKnownSubject(world, subject)) return NEVER;
  const filter = listFilter(world, { ...asked, principal: principalNamed(subject) });
  return spokenBy(filter, subject);
}

/** The condition with the person's name for `$me`: in one query two people may be meant. */
function spokenBy(filter: Filter, person: string): Filter {
  switch (filter.kind) {
    case 'is-me':
      return { kind: 'one-of', field: filter.field, values: [person] };
    case 'not':
      return { kind: 'not', of: spokenBy(filter.of, person) };
    case 'every':
      return every(filter.of.map((part) => spokenBy(part, person)));
    case 'some':
      return some(filter.of.map((part) => spokenBy(part, person)));
    default:
      return filter;
  }
}

function placeFilter({ after }: Place): Filter {
  return after === null ? every([]) : { kind: 'compare', field: 'name', op: '>', value: after };
}

/** Of doctypes whose reads are recorded, naming documents is recorded like listing them. */
async function record(
  store: Store,
  caller: Caller,
  { action, doctype }: NamesQuestion,
  names: readonly string[],
): Promise<void> {
  const detail = { asked: action, count: names.length, names };
  await append(store, caller.credential, auditSubject(caller), [
    { action: 'search', doctype, name: null, outcome: 'allowed', code: null, detail },
  ]);
}
