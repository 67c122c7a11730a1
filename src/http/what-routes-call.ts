/** What the routes may call. Built by the composition root. */
import type { Access } from '../access/access.ts';
import type { Authzen } from '../access/authzen/authzen.ts';
import type { PermissionChanges } from '../access/permission-changes/permission-changes.ts';
import type { Measure } from '../base/measures.ts';
import type { RequestKeys } from '../base/request-keys.ts';
import type { Batches } from '../documents/batches.ts';
import type { Documents } from '../documents/documents.ts';
import type { Identity } from '../identity/sign-in.ts';
import type { RequestMeasures } from './request-measures.ts';

export type Services = {
  readonly documents: Documents;
  readonly batches: Batches;
  readonly identity: Identity;
  readonly access: Access;
  readonly changes: PermissionChanges;
  readonly authzen: Authzen;
  /** Makes what a request is known by when it is sent again. */
  readonly requestKeys: RequestKeys;
  /** Answers whether the database can be reached. */
  readonly isReady: () => Promise<boolean>;
  /** Counts the requests that are answered. */
  readonly requests: RequestMeasures;
  /** What else of this process is measured, now. */
  readonly measures: () => readonly Measure[];
  readonly inventory: () => Promise<unknown>;
  readonly openapi: () => Promise<unknown>;
  /** The demo's people, where this is the demo. */
  readonly personas: readonly PersonaCard[] | null;
};

/** One person of the demo, as the sign-in page offers them. */
export type PersonaCard = {
  readonly user: string;
  readonly full_name: string;
  readonly holds: string;
};
