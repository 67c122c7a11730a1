/**
 * Changes of permissions by two people: one proposes, with a reason, and another approves, by
 * which it is made. What shows personal fields to very many can be given in no other way.
 */

import { principalNamed } from '../../authz/index.ts';
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Documents } from '../../documents/documents.ts';
import { maskDocument, type WireDocument } from '../../documents/steps/mask-answer.ts';
import { PERMISSION_CHANGE } from '../../documents/steps/sign-proposal.ts';
import { runStages } from '../../documents/together.ts';
import type { Engine, WriteWork } from '../../documents/work.ts';
import type { Caller } from '../../identity/caller.ts';
import type { Access } from '../access.ts';
import type { PreviewRequest } from '../preview-request.ts';
import { recordRefusal } from '../record-refusal.ts';
import { documentChanges } from './document-changes.ts';
import {
  digestOf,
  effectOf,
  type ProposedChanges,
  readProposed,
  type StoredProposal,
} from './proposal.ts';
import { type EffectNow, effectNow, storedIn, whileAlone, writeProposal } from './transaction.ts';
import {
  ProposalExpired,
  requireOpen,
  requireProposer,
  requireSecondPerson,
  requireUser,
} from './who-decides.ts';

export type ProposalRequest = PreviewRequest & { readonly reason: string };

export type ShownProposal = {
  readonly proposal: WireDocument;
  /** Null where it is decided; a refusal where it cannot be made as things stand. */
  readonly now: EffectNow | { readonly code: string; readonly detail: string } | null;
};

type MayDecide = (work: WriteWork, proposal: StoredProposal) => void;

export class PermissionChanges {
  private readonly engine: Engine;
  private readonly documents: Documents;
  private readonly access: Access;

  constructor(engine: Engine, documents: Documents, access: Access) {
    this.engine = engine;
    this.documents = documents;
    this.access = access;
  }

  /**
   * Proposes a change, which is judged as though its proposer made it now; its effect is kept with
   * it. Throws what making it would throw, but for `approval_required`.
   */
  async propose(caller: Caller, request: ProposalRequest): Promise<WireDocument | null> {
    return await recordRefusal(this.engine.store, caller, 'propose', SUBJECT, async () => {
      const changes = readProposed(request);
      const { reason } = request;
      return await whileAlone(this.engine, caller, async (opened) => {
        requireUser(caller);
        const { effect, digest } = await effectNow(this.engine, caller, opened, changes);
        const parts = await documentChanges(opened, changes, reason);
        const proposal = { name: null, input: { changes, reason } };
        const work = await writeProposal(
          this.engine,
          caller,
          opened,
          'create',
          proposal,
          async () => ({
            ...{ status: 'Proposed', proposed_by: caller.principal.id },
            ...{ expires: expiryAfter(opened.opening.now), digest },
            ...{ effect: JSON.stringify(effect), personal_pairs: effect.personal_pairs },
          }),
        );
        await this.engine.store.trial(opened, async () => {
          await runStages(this.engine, caller, opened, parts);
        });
        return maskDocument(work, work.after);
      });
    });
  }

  /** A proposal, and what it would do now, for whoever may read it and may see such effects. */
  async show(caller: Caller, name: string): Promise<ShownProposal> {
    const proposal = await this.documents.read(caller, PERMISSION_CHANGE, name);
    if (proposal['status'] !== 'Proposed') return { proposal, now: null };
    const changes = proposal['changes'] as unknown as ProposedChanges;
    try {
      const effect = effectOf(await this.access.preview(caller, changes));
      return { proposal, now: { effect, digest: digestOf(changes, effect) } };
    } catch (error) {
      if (!(error instanceof Refusal) || error.status >= 500) throw error;
      return { proposal, now: { code: error.code, detail: error.message } };
    }
  }

  /**
   * Makes the change, judged anew, as something that both people do: each needs an authority over
   * all of it, and neither may gain. Throws `version_conflict` where `digest` is not that of what
   * it does now, and where it was decided already or is too old.
   */
  async approve(caller: Caller, name: string, digest: string): Promise<WireDocument | null> {
    return await this.decided(caller, 'approve', name, async () =>
      whileAlone(this.engine, caller, async (opened) => {
        const { engine } = this;
        const proposal = { name, input: {} };
        const work = await writeProposal(
          engine,
          caller,
          opened,
          'submit',
          proposal,
          async (work) => {
            const stored = storedIn(work);
            requireSecondPerson(work, stored);
            requireOpen(stored, opened.opening.at);
            const now = await effectNow(engine, caller, opened, stored.changes);
            if (now.digest !== digest) throw otherEffect();
            return {
              ...decision(work, 'Approved'),
              ...{ approved_by: caller.principal.id, approved_effect: JSON.stringify(now.effect) },
            };
          },
        );
        const { changes, reason, proposer } = storedIn(work);
        const parts = await documentChanges(opened, changes, reason);
        await runStages(engine, caller, opened, parts, {
          name,
          proposer: principalNamed(proposer),
        });
        return maskDocument(work, work.after);
      }),
    );
  }

  /** Ends a proposal of somebody else, which nobody can approve any more. */
  async reject(caller: Caller, name: string): Promise<WireDocument | null> {
    return await this.decided(caller, 'reject', name, () =>
      this.close(caller, name, 'Rejected', (work, proposal) => {
        requireSecondPerson(work, proposal);
        requireOpen(proposal, work.transaction.opening.at);
      }),
    );
  }

  /** Ends a proposal of one's own. */
  async withdraw(caller: Caller, name: string): Promise<WireDocument | null> {
    return await this.decided(caller, 'withdraw', name, () =>
      this.close(caller, name, 'Withdrawn', (work, proposal) => {
        requireProposer(work, proposal);
        requireOpen(proposal, work.transaction.opening.at);
      }),
    );
  }

  private async close(caller: Caller, name: string, status: string, may: MayDecide) {
    return await whileAlone(this.engine, caller, async (opened) => {
      const proposal = { name, input: {} };
      const work = await writeProposal(
        this.engine,
        caller,
        opened,
        'update',
        proposal,
        async (work) => {
          may(work, storedIn(work));
          return decision(work, status);
        },
      );
      return maskDocument(work, work.after);
    });
  }

  /** Whoever may not write it leaves it unmarked: its time is over all the same. */
  private async expire(caller: Caller, name: string): Promise<void> {
    // What was asked for is refused, and would be no answer to the same request.
    const { once: _, ...alone } = caller;
    await this.close(alone, name, 'Expired', (_, { status }) => {
      if (status !== 'Proposed') throw new Refusal('version_conflict', 'It was decided meanwhile.');
    }).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }

  /** Records refusals, and marks a proposal whose time is over when somebody comes upon it. */
  private async decided<Value>(
    caller: Caller,
    action: string,
    name: string,
    work: () => Promise<Value>,
  ): Promise<Value> {
    return await recordRefusal(
      this.engine.store,
      caller,
      action,
      { ...SUBJECT, name },
      async () => {
        try {
          return await work();
        } catch (error) {
          if (error instanceof ProposalExpired) await this.expire(caller, name);
          throw error;
        }
      },
    );
  }
}

const SUBJECT = { doctype: PERMISSION_CHANGE };

function decision({ caller, transaction }: WriteWork, status: string) {
  return { status, decided_by: caller.principal.id, decided_at: transaction.opening.at };
}

function otherEffect(): Refusal {
  return new Refusal(
    'version_conflict',
    'This does something else by now than what was approved. Look at it again, and name its digest.',
  );
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** As Datetime values are written. */
function expiryAfter(now: number): string {
  const text = new Date(now + LIMITS.proposalDays * DAY_MS).toISOString();
  return `${text.slice(0, 23).replace('T', ' ')}000`;
}
