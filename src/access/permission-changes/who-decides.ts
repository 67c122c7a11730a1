/** Who may decide on a proposal: another real person, while it can still be decided. */
import { decide, isAmong } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { factsOf, type WriteWork } from '../../documents/work.ts';
import type { Caller } from '../../identity/caller.ts';
import type { StoredProposal } from './proposal.ts';

/** A proposal whose time is over. It is marked as such, and then refused. */
export class ProposalExpired extends Refusal {
  constructor({ expires }: StoredProposal) {
    super('version_conflict', `This could be approved until ${expires} UTC. Propose it again.`);
  }
}

/** Throws `version_conflict` where nothing is left to decide; `at` is the transaction's instant. */
export function requireOpen(proposal: StoredProposal, at: string): void {
  if (proposal.status !== 'Proposed') {
    const detail = `This proposal is ${proposal.status.toLowerCase()}: nothing is left to decide.`;
    throw new Refusal('version_conflict', detail);
  }
  if (proposal.expires <= at) throw new ProposalExpired(proposal);
}

/**
 * Throws `forbidden` unless a person decides who signed in by themself: no token or assistant
 * stands in for one, no part of the system does, and nobody who acts as the proposer or as whom
 * the proposer acts is a second person.
 */
export function requireSecondPerson(work: WriteWork, { proposer }: StoredProposal): void {
  const { caller, moment } = work;
  requirePerson(caller);
  const { id } = caller.principal;
  const { world } = moment.policy;
  const isOne = (name: string, other: string): boolean =>
    isAmong(world, name, { type: 'User', name: other });
  if (isOne(id, proposer) || isOne(proposer, id)) {
    throw new Refusal('forbidden', 'You proposed this: another person has to decide on it.');
  }
  // Whoever rejects decides as well, and so holds the right to submit.
  const document = factsOf(work.table, work.before ?? { values: {}, tables: {} });
  const request = { doctype: work.doctype.name, document, now: moment.now };
  const asked = { principal: caller.principal, action: 'submit' as const, ...request };
  if (decide(world, asked).allowed) return;
  throw new Refusal('forbidden', 'You may not decide on what others propose.');
}

/** Throws `forbidden` for parts of the system: with one that proposes, one person would decide. */
export function requireUser({ principal }: Caller): void {
  if (principal.kind === 'user') return;
  throw new Refusal('forbidden', 'A person proposes this, and no part of the system.');
}

/** Throws `forbidden` for whoever is no person, or acts by a token or an assistant. */
function requirePerson({ principal }: Caller): void {
  if (principal.kind === 'user' && principal.actor === null) return;
  throw new Refusal('forbidden', 'A person decides this who signed in, and no token for them.');
}

/** Throws `forbidden` for everybody but the proposer. */
export function requireProposer({ caller }: WriteWork, { proposer }: StoredProposal): void {
  if (caller.principal.id === proposer) return;
  throw new Refusal('forbidden', 'Whoever proposed it withdraws it. Others reject it.');
}
