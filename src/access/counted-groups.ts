/** All documents of doctypes, in the groups that permissions tell apart, for the kernel. */
import type { DocumentGroup, Grouping } from '../authz/index.ts';
import { factsOf } from '../documents/work.ts';
import { censusFrom, selectCensus } from '../store/census.ts';
import type { Policy } from '../store/policy.ts';
import type { Result, Statement } from '../store/statement.ts';
import type { Table } from '../store/table.ts';

/** What is to be known of documents, by doctype. */
export type Groupings = ReadonlyMap<string, Grouping>;

/** One statement for each doctype. */
export function selectGroups(policy: Policy, groupings: Groupings): Statement[] {
  return [...groupings].map(([doctype, grouping]) =>
    selectCensus(tableIn(policy, doctype), grouping),
  );
}

/** What those statements brought, in their order. */
export function groupsFrom(
  policy: Policy,
  groupings: Groupings,
  results: readonly Result[],
): ReadonlyMap<string, readonly DocumentGroup[]> {
  return new Map(
    [...groupings].map(([doctype, grouping], index): [string, DocumentGroup[]] => {
      const table = tableIn(policy, doctype);
      return [doctype, groupsOf(table, grouping, results[index])];
    }),
  );
}

/** The table of a doctype that is there. */
export function tableIn(policy: Policy, doctype: string): Table {
  const table = policy.tables.get(doctype);
  if (!table) throw new Error(`there is no doctype ${doctype}`);
  return table;
}

/** What the statement of a census brought. */
export function groupsOf(
  table: Table,
  grouping: Grouping,
  result: Result | undefined,
): DocumentGroup[] {
  const stored = censusFrom(table, grouping, result);
  return stored.map(({ count, ...group }) => ({ facts: factsOf(table, group), count }));
}
