/** Every route there is. */
import type { Route } from '../route.ts';
import { ACCESS_ROUTES } from './access.ts';
import { AGGREGATE_ROUTES } from './aggregate.ts';
import { AUTHZEN_ROUTES } from './authzen.ts';
import { BELONGING_ROUTES } from './belongings.ts';
import { BULK_ROUTES } from './bulk.ts';
import { FRAPPE_CLIENT_ROUTES } from './frappe-client.ts';
import { HISTORY_ROUTES } from './history.ts';
import { INVENTORY_ROUTES } from './inventory.ts';
import { OPERATION_ROUTES } from './operation.ts';
import { PERMISSION_CHANGE_ROUTES } from './permission-changes.ts';
import { RESOURCE_ROUTES } from './resource.ts';
import { SEARCH_ROUTES } from './search.ts';
import { SIGN_IN_ROUTES } from './sign-in.ts';

export const ROUTES: readonly Route[] = [
  ...SIGN_IN_ROUTES,
  ...RESOURCE_ROUTES,
  ...BULK_ROUTES,
  ...HISTORY_ROUTES,
  ...BELONGING_ROUTES,
  ...AGGREGATE_ROUTES,
  ...SEARCH_ROUTES,
  ...FRAPPE_CLIENT_ROUTES,
  ...ACCESS_ROUTES,
  ...PERMISSION_CHANGE_ROUTES,
  ...AUTHZEN_ROUTES,
  ...OPERATION_ROUTES,
  ...INVENTORY_ROUTES,
];
