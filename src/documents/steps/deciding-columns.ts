/** Which columns of a document somebody's grants look at. */
import { type Action, fieldsOf, sharesOf, waysOf } from '../../authz/index.ts';
import type { Caller } from '../../identity/caller.ts';
import type { Moment } from '../../store/store.ts';
import type { Table } from '../../store/table.ts';

/**
 * The columns by which it is decided whether the caller may do the action, and which grants say
 * so. Where rows decide as well, they come along with `withPlace`.
 */
export function decidingColumns(
  { policy, now }: Pick<Moment, 'policy' | 'now'>,
  { principal }: Caller,
  action: Action,
  table: Table,
): string[] {
  const doctype = table.doctype.name;
  const shape = policy.world.doctypes.get(doctype);
  if (!shape) return [];
  const columns = new Set<string>();
  for (const { rule, tests } of waysOf(policy.world, principal, action, shape, now)) {
    for (const field of rule.source.when ? fieldsOf(rule.source.when) : []) columns.add(field);
    for (const { path } of tests) columns.add(path.path);
  }
  if (sharesOf(policy.world, principal, doctype, now).length > 0) columns.add('name');
  // A ceiling may name any dimension.
  const isLimited = principal.ceilings.length > 0;
  for (const { path } of isLimited ? shape.paths : []) columns.add(path);
  return [...columns].filter((column) => table.columns.has(column));
}
