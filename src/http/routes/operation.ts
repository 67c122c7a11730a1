/** What operators ask: is it alive, is it ready, what is there. */
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { EXPOSITION_TYPE, exposition } from '../exposition.ts';
import type { Route } from '../route.ts';
import { isFromThisMachine } from '../this-machine.ts';

const base = {
  method: 'GET',
  action: 'none',
  guest: true,
  rateLimit: { perMinute: LIMITS.requestsPerMinute },
  audit: 'none',
  isAlwaysAnswered: true,
} as const;

export const OPERATION_ROUTES: readonly Route[] = [
  {
    ...base,
    path: '/healthz',
    summary: 'The process is alive: anybody may ask',
    handle: async () => ({ status: 'ok' }),
  },
  {
    ...base,
    path: '/readyz',
    summary: 'Requests can be answered: anybody may ask',
    handle: async ({ services }) => {
      if (await services.isReady()) return { status: 'ready' };
      throw new Refusal('unavailable', 'Requests cannot be answered now. Try again shortly.');
    },
  },
  {
    ...base,
    path: '/metrics',
    summary: 'What this process measures of itself: on this machine anybody, else with a token',
    produces: EXPOSITION_TYPE,
    handle: async ({ services, caller, reply }) => {
      if (!isFromThisMachine(caller.address, reply.request.headers)) {
        if (caller.credential.kind !== 'token') {
          const detail = 'Send an API token, or ask on the machine itself.';
          throw new Refusal('unauthenticated', detail);
        }
        // At a route for guests nothing else has asked the database yet whether it still is one.
        await services.identity.requireValid(caller);
      }
      reply.type(EXPOSITION_TYPE);
      return exposition([...services.requests.measures(), ...services.measures()]);
    },
  },
];
