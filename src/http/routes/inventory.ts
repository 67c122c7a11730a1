/** The inventory and the API's description: made from the declarations themselves. */
import { LIMITS } from '../../base/limits.ts';
import type { Route } from '../route.ts';

const base = {
  method: 'GET',
  action: 'none',
  rateLimit: { perMinute: LIMITS.requestsPerMinute },
  audit: 'none',
} as const;

export const INVENTORY_ROUTES: readonly Route[] = [
  {
    ...base,
    path: '/api/inventory',
    summary: 'Every route with what it needs: for whoever signed in',
    guest: false,
    handle: async ({ services }) => await services.inventory(),
  },
  {
    ...base,
    path: '/openapi.json',
    summary: 'The description of this API: anybody may read it',
    guest: true,
    handle: async ({ services }) => await services.openapi(),
  },
];
