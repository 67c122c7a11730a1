/** What this system answers to, derived from its declarations and compared with a known copy. */
import type { Route } from './route.ts';

export type Inventory = {
  readonly routes: readonly {
    readonly method: string;
    readonly path: string;
    readonly action: string;
    readonly guest: boolean;
    readonly rate_limit: string;
    readonly audit: string;
  }[];
  readonly tools: readonly never[];
  readonly jobs: readonly never[];
  readonly webhooks: readonly never[];
  readonly roles: readonly string[];
};

/** The inventory of these routes and of the roles that the apps bring. */
export function inventoryOf(routes: readonly Route[], roles: readonly string[]): Inventory {
  return {
    routes: routes
      .map(({ method, path, action, guest, rateLimit, audit }) => ({
        method,
        path,
        action,
        guest,
        rate_limit: `${rateLimit.perMinute} ${rateLimit.counts ?? 'requests'} per minute`,
        audit,
      }))
      .sort((a, b) => (a.path + a.method < b.path + b.method ? -1 : 1)),
    tools: [],
    jobs: [],
    webhooks: [],
    roles: [...roles].sort(),
  };
}
