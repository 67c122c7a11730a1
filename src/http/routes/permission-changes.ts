/** Changes of permissions that one person proposes and another approves. */
import { Type } from 'typebox';
import type { ProposalRequest } from '../../access/permission-changes/permission-changes.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Route } from '../route.ts';
import { DATA_AGAIN } from './resource.ts';

const RECORDS = Type.Array(Type.Record(Type.String(), Type.Unknown()));

const PROPOSAL = Type.Object(
  { add: Type.Optional(RECORDS), remove: Type.Optional(RECORDS), reason: Type.String() },
  { additionalProperties: false },
);

const APPROVAL = Type.Object({ digest: Type.String() }, { additionalProperties: false });

const BASE = {
  guest: false,
  rateLimit: { perMinute: LIMITS.proposalsPerMinute },
} as const;

export const PERMISSION_CHANGE_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/access/changes',
    summary:
      'Propose a change of permissions, in the words of a preview and with a reason, for another ' +
      'person to approve; for whoever could make it by themself, were it smaller',
    action: 'create',
    ...BASE,
    audit: 'writes and refusals',
    again: DATA_AGAIN,
    body: PROPOSAL,
    handle: async ({ services, caller, body }) => ({
      data: await services.changes.propose(caller, body as ProposalRequest),
    }),
  },
  {
    method: 'GET',
    path: '/api/access/changes/:name',
    summary: 'A proposed change, what it would do now, and the digest of that for an approval',
    action: 'read',
    ...BASE,
    audit: 'refusals',
    handle: async ({ services, caller, params }) => {
      const { proposal, now } = await services.changes.show(caller, params['name'] ?? '');
      return { data: proposal, now };
    },
  },
  {
    method: 'POST',
    path: '/api/access/changes/:name/approve',
    summary:
      'Approve what another person proposed, by which it is made; needs an authority that covers ' +
      'it, and the digest of what it does now',
    action: 'submit',
    ...BASE,
    audit: 'writes and refusals',
    again: DATA_AGAIN,
    body: APPROVAL,
    handle: async ({ services, caller, params, body }) => {
      const { digest } = body as { digest: string };
      return { data: await services.changes.approve(caller, params['name'] ?? '', digest) };
    },
  },
  {
    method: 'POST',
    path: '/api/access/changes/:name/reject',
    summary: 'Reject what another person proposed',
    action: 'submit',
    ...BASE,
    audit: 'writes and refusals',
    again: DATA_AGAIN,
    handle: async ({ services, caller, params }) => ({
      data: await services.changes.reject(caller, params['name'] ?? ''),
    }),
  },
  {
    method: 'POST',
    path: '/api/access/changes/:name/withdraw',
    summary: 'Withdraw what one has proposed oneself',
    action: 'write',
    ...BASE,
    audit: 'writes and refusals',
    again: DATA_AGAIN,
    handle: async ({ services, caller, params }) => ({
      data: await services.changes.withdraw(caller, params['name'] ?? ''),
    }),
  },
];
