/** What a change to a permission record would give, and to whom. */
import {
  type CompiledWorld,
  type FactsOf,
  type GainRefusal,
  gainsOf,
  judgeGains,
  type Principal,
  recompile,
  type WorldChange,
  WorldError,
} from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import type { WriteWork } from '../work.ts';
import { invalid } from './scope.ts';

/**
 * INVARIANT (no-self-gain): refuses what the actor may not give, or would gain themselves. Of an
 * approved change it binds both, who proposed it and who approves it. `factsOf` knows the documents
 * that are about to be shared.
 */
export function requireAuthority(
  work: WriteWork,
  change: WorldChange,
  factsOf: FactsOf = () => null,
): void {
  const { policy, now } = work.moment;
  const gains = gainsOf(policy.world, change, now, worldAfter(work, change));
  const judge = (actor: Principal): GainRefusal =>
    judgeGains(policy.world, actor, gains, now, factsOf);
  const own = judge(work.caller.principal);
  if (own === 'self_gain') {
    throw new Refusal('self_gain', 'You would gain by this yourself. Somebody else has to do it.');
  }
  if (own === 'outside_authority') {
    throw new Refusal('outside_authority', outsideOf(change));
  }
  const other = work.proposal ? judge(work.proposal.proposer) : null;
  if (other === null) return;
  const why = other === 'self_gain' ? 'would gain by it' : 'may not give all of it any more';
  throw new Refusal(other, `Whoever proposed this ${why}. Somebody else has to propose it.`);
}

function outsideOf({ shares, users }: WorldChange): string {
  if (shares) {
    return (
      'You may not do all of this yourself, or not for so long, so you cannot share it. What you ' +
      'hold for a while can be shared with an `until` that is no later.'
    );
  }
  if (!users) return 'Your granting authority does not cover all of this.';
  return (
    'This user would have again what was given to them, and your granting authority does not ' +
    'cover all of that. Let somebody end their grants, memberships and shares first.'
  );
}

/** Refuses what would leave a world that contradicts itself, such as a tree with a cycle. */
export function worldAfter(work: WriteWork, change: WorldChange): CompiledWorld {
  try {
    return recompile(work.moment.policy.world, change);
  } catch (error) {
    if (!(error instanceof WorldError)) throw error;
    throw invalid(work.doctype.parent_field ?? 'name', `cannot be this: ${error.message}.`);
  }
}
