/**
 * What shows personal fields to too many is not for one person to give. Counted in the world as it
 * has become, at the end of the transaction: many small changes in one are one change.
 */
import {
  type CompiledWorld,
  type DocumentGroup,
  groupingsFor,
  personalPairs,
  personalReach,
  type WorldChange,
} from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { censusFrom, selectCensus, selectCountUpTo } from '../../store/census.ts';
import type { WriteTransaction } from '../../store/store.ts';
import type { Table } from '../../store/table.ts';
import { type Engine, factsOf } from '../work.ts';
import { mergedChange } from './change.ts';

/** Personal pairs that one person may give at once. */
export function approvalPairs({ approvalPairs: pairs }: Pick<Engine, 'approvalPairs'>): number {
  return pairs ?? LIMITS.approvalPairs;
}

/**
 * Throws `approval_required` where the changes that a transaction has made add more personal pairs
 * than one person may give. `opened` is the transaction as it began, with the world of before.
 */
export async function requireFewPersonalPairs(
  engine: Engine,
  opened: WriteTransaction,
  changes: readonly WorldChange[],
): Promise<void> {
  const change = mergedChange(changes);
  const threshold = approvalPairs(engine);
  if (!(await couldExceed(opened, change, threshold))) return;
  // What is in the tables now, whichever way it came there.
  const { policy } = await engine.store.renewed(opened);
  const pairs = await countPairs(opened, policy.world, change);
  if (pairs > threshold) throw approvalRequired(pairs, threshold);
}

/**
 * The same for a change that is not made yet, of whose documents some will be called otherwise:
 * they are counted as they are, and `after` is the world that the change leaves.
 */
export async function requireFewPersonalPairsAhead(
  threshold: number,
  opened: WriteTransaction,
  change: WorldChange,
  after: CompiledWorld,
): Promise<void> {
  if (!(await couldExceed(opened, change, threshold))) return;
  const pairs = await countPairs(opened, after, change);
  if (pairs > threshold) throw approvalRequired(pairs, threshold);
}

/** The cheap question, asked of every change: as good as all of them end here. */
async function couldExceed(
  { policy, run }: WriteTransaction,
  change: WorldChange,
  threshold: number,
): Promise<boolean> {
  const reach = personalReach(policy.world, change);
  if (reach === null) return false;
  const most = Math.floor(threshold / reach.people) + 1;
  const statements = reach.documents.map(({ doctype, where }) =>
    selectCountUpTo(tableIn(policy.tables, doctype), where, most),
  );
  const counts = await run('read', ...statements);
  const documents = counts.reduce((sum, { rows }) => sum + Number(rows[0]?.[0]), 0);
  return documents * reach.people > threshold;
}

async function countPairs(
  { policy, now, run }: WriteTransaction,
  after: CompiledWorld,
  change: WorldChange,
): Promise<number> {
  const whole = { before: policy.world, after, change };
  const wanted = [...groupingsFor(whole)].filter(
    ([doctype]) => (after.doctypes.get(doctype)?.personal.size ?? 0) > 0,
  );
  const tables = wanted.map(([doctype]) => tableIn(policy.tables, doctype));
  const results = await run(
    'read',
    ...wanted.map(([, grouping], i) => selectCensus(tables[i] as Table, grouping)),
  );
  const groups = new Map<string, DocumentGroup[]>();
  for (const [index, [doctype, grouping]] of wanted.entries()) {
    const table = tables[index] as Table;
    const stored = censusFrom(table, grouping, results[index]);
    groups.set(
      doctype,
      stored.map(({ count, ...group }) => ({ facts: factsOf(table, group), count })),
    );
  }
  return personalPairs(whole, (doctype) => groups.get(doctype) ?? [], now);
}

function tableIn(tables: ReadonlyMap<string, Table>, doctype: string): Table {
  const table = tables.get(doctype);
  if (!table) throw new Error(`there is no doctype ${doctype}`);
  return table;
}

/** Whoever is told this has the authority already: the numbers are of what they try to give. */
function approvalRequired(pairs: number, threshold: number): Refusal {
  const [many, most] = [pairs, threshold].map((number) => number.toLocaleString('en'));
  return new Refusal(
    'approval_required',
    `This would show personal fields in ${many} pairs of a person and a document; one person ` +
      `alone may give ${most} at once. Propose it with a reason by POST /api/access/changes, ` +
      'and a second person who may give the same approves it.',
  );
}
