/** What opens records to many: the kernel's findings, counted on the documents there are. */
import {
  type CompiledWorld,
  findingsOf,
  type Grouping,
  groupingsForLint,
  LINT_LIMITS,
  type Suspect,
  suspectsOf,
} from '../authz/index.ts';
import { Refusal } from '../base/errors.ts';
import type { Caller } from '../identity/caller.ts';
import { selectCensus } from '../store/census.ts';
import type { Policy } from '../store/policy.ts';
import type { Store } from '../store/store.ts';
import type { Table } from '../store/table.ts';
import { groupsOf } from './counted-groups.ts';
import { HOLDING_RECORDS, mayInspectAll } from './inspects-all.ts';
import { type FindingEntry, findingEntry } from './lint-words.ts';
import { requireWholeSight } from './preview-limits.ts';

export type LintAnswer = {
  readonly findings: readonly FindingEntry[];
  readonly total: number;
  /** What is taken for many; each name says what it counts. */
  readonly limits: typeof LINT_LIMITS;
};

/** All that findings may name. */
const RECORDS = [...HOLDING_RECORDS, 'Granting Authority', 'User'];

type Plan = {
  readonly suspects: readonly Suspect[];
  readonly groupings: ReadonlyMap<string, Grouping>;
};

/** See `Access.lint`. The counts are of all documents, as those of a preview are: numbers only. */
export async function lint(store: Store, { credential, principal }: Caller): Promise<LintAnswer> {
  requireWholeSight(principal);
  const plans = new Map<Policy, Plan>();
  const read = await store.read(credential, principal.id, 'inspect', ({ policy, now }) => {
    if (!mayInspectAll(policy.world, principal, RECORDS, now)) {
      throw new Refusal('forbidden', 'This is for those who may inspect all permission records.');
    }
    const plan = planFor(policy.world, now);
    plans.set(policy, plan);
    return [...plan.groupings].map(([name, grouping]) =>
      selectCensus(tableIn(policy, name), grouping),
    );
  });
  const plan = plans.get(read.policy);
  if (!plan) throw new Error('an answer without its plan');
  const counted = new Map(
    [...plan.groupings].map(([name, grouping], index) => [
      name,
      groupsOf(tableIn(read.policy, name), grouping, read.results[index]),
    ]),
  );
  const { world } = read.policy;
  const findings = findingsOf(
    world,
    plan.suspects,
    (doctype) => counted.get(doctype) ?? [],
    read.now,
  ).map(findingEntry);
  return { findings, total: findings.length, limits: LINT_LIMITS };
}

function planFor(world: CompiledWorld, now: number): Plan {
  const suspects = suspectsOf(world, now);
  return { suspects, groupings: groupingsForLint(world, suspects) };
}

function tableIn(policy: Policy, doctype: string): Table {
  const table = policy.tables.get(doctype);
  if (!table) throw new Error(`there is no doctype ${doctype}`);
  return table;
}
