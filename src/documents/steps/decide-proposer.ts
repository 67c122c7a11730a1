/** An approved change is made by two people: whoever proposed it must still be able to make it. */
import { decide } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { ACTION_OF, factsOf, type WriteWork } from '../work.ts';

/** Throws `forbidden` where the proposer could not write this record now, or may not act at all. */
export function decideProposer(work: WriteWork): void {
  const { proposal, operation, before, after, table, doctype, moment } = work;
  if (!proposal) return;
  const { world } = moment.policy;
  const documents = [...(before ? [before] : []), ...(operation === 'delete' ? [] : [after])];
  const mayDo = documents.every((document) => {
    const request = {
      principal: proposal.proposer,
      action: ACTION_OF[operation],
      doctype: doctype.name,
      document: factsOf(table, document),
      now: moment.now,
    };
    return decide(world, request).allowed;
  });
  if (mayDo && world.source.users.includes(proposal.proposer.id)) return;
  throw new Refusal('forbidden', `Whoever proposed this may not ${operation} it any more.`);
}
