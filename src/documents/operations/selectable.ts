/** Which documents the caller may link to. Hidden and missing ones are left out alike. */
import { every, type Filter, listFilter } from '../../authz/index.ts';
import { isStorableText } from '../../doctype/plain-data.ts';
import type { Caller } from '../../identity/caller.ts';
import { selectPage } from '../../store/read-documents.ts';
import type { Statement } from '../../store/statement.ts';
import type { Moment, Store } from '../../store/store.ts';
import { resolveDoctype } from '../steps/resolve-doctype.ts';

/** Names of one round trip. */
const NAMES_MAX = 500;

/** Of these names, those of documents that the caller may `select`. Throws `unknown_doctype`. */
export async function selectableNames(
  store: Store,
  caller: Caller,
  doctype: string,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const asked = names.filter(isStorableText);
  const found = new Set<string>();
  for (let start = 0; start < asked.length; start += NAMES_MAX) {
    const some = asked.slice(start, start + NAMES_MAX);
    const { results } = await store.read(
      caller.credential,
      caller.principal.id,
      'select',
      (moment) => [named(caller, moment, doctype, some)],
    );
    for (const [name] of results[0]?.rows ?? []) if (name) found.add(name);
  }
  return found;
}

function named(caller: Caller, moment: Moment, doctype: string, names: string[]): Statement {
  const { table } = resolveDoctype(caller, moment, doctype);
  const { principal } = caller;
  const request = { principal, action: 'select' as const, doctype, now: moment.now };
  const wanted: Filter = { kind: 'one-of', field: 'name', values: names };
  return selectPage({
    ...{ table, columns: ['name'], me: principal.id, orderBy: [] },
    where: every([wanted, listFilter(moment.policy.world, request)]),
    limit: names.length,
    offset: 0,
  });
}
