/**
 * Changes to permission records of several doctypes in one transaction: all or none.
 *
 * Each is judged on a world that holds the changes before it, so that what may not be given at
 * once cannot be given in parts either (INVARIANT (no-self-gain)).
 */
import { Refusal } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import type { Caller } from '../identity/caller.ts';
import type { WriteTransaction } from '../store/store.ts';
import { requireFewPersonalPairs } from './permission-records/index.ts';
import { changesOf, holdsAlone, runSteps, type WriteRequest, workOf } from './pipeline.ts';
import { SeveralRefused } from './several-refused.ts';
import { resolveDoctype } from './steps/resolve-doctype.ts';
import type { Engine, Proposal, WriteWork } from './work.ts';

export type Change = WriteRequest & { readonly operation: 'create' | 'update' | 'delete' };

export type Together = {
  /** Refuses with `version_conflict` where the permissions are not those of this epoch any more. */
  readonly epoch: number;
  /** Judges everything and keeps nothing. */
  readonly isTrial: boolean;
};

/** Changes of one stage at most. */
const STAGE_MAX = 1000;

/**
 * Makes the changes in their order and gives the names of the documents. Takes permission records
 * only, and so many as `LIMITS` says. Throws `SeveralRefused` with all that one step of one stage
 * refused.
 */
export async function runTogether(
  engine: Engine,
  caller: Caller,
  changes: readonly Change[],
  together: Together,
): Promise<readonly string[]> {
  const { store } = engine;
  if (changes.length > LIMITS.changesTogetherMax) {
    const most = LIMITS.changesTogetherMax.toLocaleString('en');
    throw new Refusal(
      'too_large',
      `At most ${most} changes are made together. Make fewer at once.`,
    );
  }
  const run = async (hold: 'alone' | 'shared'): Promise<readonly string[] | null> =>
    await store.write(caller.credential, hold, async (opened) => {
      for (const { doctype } of changes) requirePermissionRecord(caller, opened, doctype);
      return hold === 'alone' ? await runAll(engine, caller, opened, changes, together) : null;
    });
  const doctypes = [...new Set(changes.map(({ doctype }) => doctype))];
  const alone = await Promise.all(doctypes.map((one) => holdsAlone(store, caller, one)));
  try {
    return (await run(alone.every(Boolean) ? 'alone' : 'shared')) ?? (await run('alone')) ?? [];
  } catch (error) {
    if (error instanceof TrialEnded) return error.names;
    throw error;
  }
}

/** Rolls the transaction back after everything in it was allowed. */
class TrialEnded extends Error {
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    super('the trial is over');
    this.names = names;
  }
}

/** What changes access in other ways, such as moves in a tree, gains by what is beside it. */
function requirePermissionRecord(caller: Caller, opened: WriteTransaction, doctype: string): void {
  const target = resolveDoctype(caller, opened, doctype);
  if (target.doctype.is_permission_record === true) return;
  throw new Refusal('bad_value', `${doctype} is no permission record.`);
}

async function runAll(
  engine: Engine,
  caller: Caller,
  opened: WriteTransaction,
  changes: readonly Change[],
  { epoch, isTrial }: Together,
): Promise<readonly string[]> {
  if (opened.opening.epoch !== epoch) {
    throw new Refusal('version_conflict', 'Permissions changed meanwhile. Nothing was saved.');
  }
  const works = await runStages(engine, caller, opened, changes);
  await requireFewPersonalPairs(engine, opened, changesOf(works));
  const names = works.map(({ name }) => name ?? '');
  if (isTrial) throw new TrialEnded(names);
  return names;
}

/**
 * Makes the changes inside a transaction that holds the epoch alone, each stage judged on the
 * world that those before it leave. How much they show of people altogether is not asked here.
 */
export async function runStages(
  engine: Engine,
  caller: Caller,
  opened: WriteTransaction,
  changes: readonly Change[],
  proposal: Proposal | null = null,
): Promise<readonly WriteWork[]> {
  const works: WriteWork[] = [];
  let transaction = opened;
  for (const stage of stagesOf(changes)) {
    if (works.length > 0) transaction = await engine.store.renewed(transaction);
    works.push(...(await runStage(engine, caller, transaction, stage, works.length, proposal)));
  }
  return works;
}

async function runStage(
  engine: Engine,
  caller: Caller,
  transaction: WriteTransaction,
  stage: readonly [Change, ...Change[]],
  offset: number,
  proposal: Proposal | null,
): Promise<WriteWork[]> {
  const [{ doctype, operation }] = stage;
  const target = resolveDoctype(caller, transaction, doctype);
  const works = stage.map((change) => ({
    ...workOf(engine, target, transaction, operation, change),
    ...(proposal ? { proposal } : {}),
  }));
  try {
    await runSteps(works, operation, true);
  } catch (error) {
    if (!(error instanceof SeveralRefused)) throw error;
    throw new SeveralRefused(
      error.refusals.map(({ index, refusal }) => ({ index: index + offset, refusal })),
    );
  }
  return works;
}

/** Changes that stand one after the other and do not bear on each other are judged together. */
function stagesOf(changes: readonly Change[]): (readonly [Change, ...Change[]])[] {
  const stages: [Change, ...Change[]][] = [];
  for (const change of changes) {
    const last = stages.at(-1);
    const fits =
      last !== undefined &&
      last.length < STAGE_MAX &&
      last[0].doctype === change.doctype &&
      last[0].operation === change.operation &&
      areIndependent(change);
    if (fits) last.push(change);
    else stages.push([change]);
  }
  return stages;
}

/**
 * Two grants, two rules, two roles or two shares give nothing by each other. Groups and
 * authorities do: of two that go, each could be the last that leaves somebody who gives access.
 */
function areIndependent({ doctype, operation }: Change): boolean {
  if (doctype === 'Group' || doctype === 'Granting Authority') return operation === 'create';
  return INDEPENDENT.has(doctype);
}

const INDEPENDENT: ReadonlySet<string> = new Set(['Role', 'Role Rule', 'Grant', 'Share']);
