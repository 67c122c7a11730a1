/** What operators ask: is it alive, is it ready, what is there. */
import { Refusal } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Route } from '../route.ts';

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
];
