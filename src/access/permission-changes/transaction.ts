/** One transaction in which a proposal is made or decided on, alone with all permissions. */
import { isVisible } from '../../authz/index.ts';
import { approvalPairs } from '../../documents/permission-records/index.ts';
import { runSteps, workOf } from '../../documents/pipeline.ts';
import { SeveralRefused } from '../../documents/several-refused.ts';
import { resolveDoctype } from '../../documents/steps/resolve-doctype.ts';
import { PERMISSION_CHANGE } from '../../documents/steps/sign-proposal.ts';
import type { Engine, WriteOperation, WriteWork } from '../../documents/work.ts';
import type { Caller } from '../../identity/caller.ts';
import type { StoredValues } from '../../store/read-documents.ts';
import type { WriteTransaction } from '../../store/store.ts';
import { answerPreview, planPreview } from '../preview.ts';
import {
  digestOf,
  effectOf,
  type ProposalEffect,
  type ProposedChanges,
  proposalFrom,
  type StoredProposal,
} from './proposal.ts';

/** What a proposal does as things stand; the digest is what an approval of that names. */
export type EffectNow = { readonly effect: ProposalEffect; readonly digest: string };

/**
 * Runs `work` while nobody else writes. Whoever may not know of proposals is told that there are
 * none, and cannot hold everybody's writes up by asking.
 */
export async function whileAlone<Value>(
  { store }: Engine,
  caller: Caller,
  work: (opened: WriteTransaction) => Promise<Value>,
): Promise<Value> {
  const run = async (hold: 'alone' | 'shared'): Promise<{ value: Value } | null> =>
    await store.write(
      caller.credential,
      hold,
      async (opened) => {
        resolveDoctype(caller, opened, PERMISSION_CHANGE);
        return hold === 'alone' ? { value: await work(opened) } : null;
      },
      caller.once,
    );
  const { world } = await store.policy();
  const isKnown = isVisible(world, caller.principal, PERMISSION_CHANGE, Date.now());
  const done = (await run(isKnown ? 'alone' : 'shared')) ?? (await run('alone'));
  if (!done) throw new Error('a transaction that held the epoch alone did not run');
  return done.value;
}

/** Takes a proposal through the pipeline; `sign` gives what the system writes into it. */
export async function writeProposal(
  engine: Engine,
  caller: Caller,
  opened: WriteTransaction,
  operation: WriteOperation,
  proposal: { readonly name: string | null; readonly input: object },
  sign: (work: WriteWork) => Promise<StoredValues>,
): Promise<WriteWork> {
  const target = resolveDoctype(caller, opened, PERMISSION_CHANGE);
  const request = { ...proposal, expectedModified: null };
  const work = { ...workOf(engine, target, opened, operation, request), sign };
  await runSteps([work], operation, true).catch((error: unknown) => {
    // There is one: what was refused is told as itself.
    throw error instanceof SeveralRefused ? error.refusals[0]?.refusal : error;
  });
  opened.wrote([{ doctype: PERMISSION_CHANGE, name: work.name ?? '' }]);
  return work;
}

/** The stored proposal that a write is about. */
export function storedIn({ before }: WriteWork): StoredProposal {
  if (!before) throw new Error('nothing was loaded');
  return proposalFrom(before.values);
}

/**
 * What the changes do in the world as the transaction sees it, before any of them is made, shown to
 * the caller: what a preview would not tell them, a proposal does not either.
 */
export async function effectNow(
  engine: Engine,
  caller: Caller,
  { policy, now, run }: WriteTransaction,
  changes: ProposedChanges,
): Promise<EffectNow> {
  const plan = planPreview({ policy, now }, caller, changes);
  const results = await run('select', ...plan.statements);
  const answer = answerPreview(plan, { policy, now, results }, approvalPairs(engine));
  const effect = effectOf(answer);
  return { effect, digest: digestOf(changes, effect) };
}
