/** Documents in groups, as a census counted them, for the kernel. */
import type { DocumentGroup, Grouping } from '../authz/index.ts';
import { factsOf } from '../documents/work.ts';
import { censusFrom } from '../store/census.ts';
import type { Result } from '../store/statement.ts';
import type { Table } from '../store/table.ts';

/** What the statement of a census brought. */
export function groupsOf(
  table: Table,
  grouping: Grouping,
  result: Result | undefined,
): DocumentGroup[] {
  const stored = censusFrom(table, grouping, result);
  return stored.map(({ count, ...group }) => ({ facts: factsOf(table, group), count }));
}
